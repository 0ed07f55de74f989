"""Verdicts: what each expectation needs to be supported, what refutes it, what stays open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.analysis.claims import ALPHA, judge, test, verdict
from ablate.analysis.model import CellResult, Contrast, SeedScore, Verdict
from ablate.stats import estimate, holm, paired_difference, seeds_needed
from ablate.study.schema import Claim

EXPECTATIONS = ("lower", "higher", "not_lower", "not_higher", "equivalent")
SUPPORTED, REFUTED, UNDECIDED = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.UNDECIDED
NOISE = (-0.2, -0.1, 0.0, 0.1, 0.2)


def cell(name: str, differences: tuple[float, ...]) -> CellResult:
    zeros = [0.0] * len(differences)
    contrast = Contrast(
        difference=paired_difference(differences, zeros),
        p_holm=None,
        pairs=tuple(SeedScore(seed=i, score=d) for i, d in enumerate(differences)),
        published=None,
    )
    return CellResult(
        name=name,
        model="m",
        model_label="M",
        architecture="vit",
        is_baseline=False,
        levels={},
        changes={"a": 1},
        asked_variant="deit-s",
        trained_variant="deit-8px",
        parameters=1,
        estimate=estimate(differences),
        scores=(),
        missing=(),
        contrast=contrast if differences else None,
        published=None,
        train_s=None,
        curve=(),
    )


def judged(expect: str, differences: tuple[float, ...], margin: float | None = 1.0):
    claim = Claim(says="so", contrast="m[a=1]", expect=expect)
    return judge([claim], [cell("m[a=1]", differences)], margin)[0]


def around(centre: float) -> tuple[float, ...]:
    return tuple(centre + noise for noise in NOISE)


@pytest.mark.parametrize(
    ("expect", "far_below", "just_below", "at_zero", "just_above", "far_above"),
    [
        ("lower", SUPPORTED, SUPPORTED, REFUTED, REFUTED, REFUTED),
        ("higher", REFUTED, REFUTED, REFUTED, SUPPORTED, SUPPORTED),
        ("not_lower", REFUTED, SUPPORTED, SUPPORTED, SUPPORTED, SUPPORTED),
        ("not_higher", SUPPORTED, SUPPORTED, SUPPORTED, SUPPORTED, REFUTED),
        ("equivalent", REFUTED, SUPPORTED, SUPPORTED, SUPPORTED, REFUTED),
    ],
)
def test_the_table_of_the_module(expect, far_below, just_below, at_zero, just_above, far_above):
    found = [judged(expect, around(centre)).verdict for centre in (-5, -0.5, 0, 0.5, 5)]
    assert found == [far_below, just_below, at_zero, just_above, far_above]


@pytest.mark.parametrize("expect", EXPECTATIONS)
def test_noise_decides_nothing_and_says_what_would(expect):
    result = judged(expect, (-9.0, 8.0, -7.0, 9.0, 0.5))
    assert result.verdict is UNDECIDED
    assert result.detectable is not None
    assert result.detectable > 5


@pytest.mark.parametrize("expect", EXPECTATIONS)
@pytest.mark.parametrize("differences", [(), (-3.0,), (-3.0, -3.0, -3.0), (0.0, 0.0)])
def test_where_no_test_exists_nothing_is_decided(expect, differences):
    result = judged(expect, differences)
    assert result.verdict is UNDECIDED
    assert (result.p_support, result.p_refute) == (None, None)
    assert (result.detectable, result.seeds_needed) == (None, None)


def test_seeds_needed_counts_only_what_the_observed_side_can_show():
    # Observed higher: it will never be shown lower, only not lower by the margin.
    higher = (1.5, -1.5, 2.0, 0.4)
    sd, mean = estimate(higher).sd, estimate(higher).mean
    assert judged("lower", higher).seeds_needed == seeds_needed(mean + 1.0, sd)
    assert judged("higher", higher).seeds_needed == min(
        seeds_needed(mean, sd), seeds_needed(1.0 - mean, sd)
    )


def test_holm_spans_the_claims_of_a_study():
    pairs = {"m[a=1]": around(-5.0), "m[a=2]": (-1.0, -0.2, -0.8, 0.1, -0.1)}
    claims = [Claim(says=n, contrast=n, expect="lower") for n in pairs]
    cells = [cell(name, differences) for name, differences in pairs.items()]
    alone = [judge([claim], cells, None)[0].p_support for claim in claims]
    together = [result.p_support for result in judge(claims, cells, None)]
    assert together == list(holm(alone))
    assert together[0] == pytest.approx(2 * alone[0])


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=8), st.floats(0.1, 5))
def test_turning_all_differences_round_turns_the_expectation_round(differences, margin):
    mirror = {"lower": "higher", "not_lower": "not_higher", "equivalent": "equivalent"}
    for expect, turned in mirror.items():
        ours = test(expect, differences, margin)
        theirs = test(turned, [-d for d in differences], margin)
        assert (ours.support is None) == (theirs.support is None)
        if ours.support is not None:
            assert ours.support == pytest.approx(theirs.support, abs=1e-9)
            assert ours.refute == pytest.approx(theirs.refute, abs=1e-9)


@pytest.mark.parametrize(
    ("expect", "truth"),
    [
        ("lower", 0.0),
        ("higher", 0.0),
        ("not_lower", -1.0),
        ("not_higher", 1.0),
        ("equivalent", 1.0),
        ("equivalent", -1.0),
    ],
)
def test_a_false_claim_is_supported_in_at_most_five_of_a_hundred_studies(expect, truth):
    rng = np.random.default_rng(7)
    studies = rng.normal(truth, 0.4, size=(4000, 5))
    supported = sum(
        verdict(test(expect, list(study), 1.0)) is SUPPORTED for study in studies.tolist()
    )
    # Three standard errors of a proportion of 5 % over 4,000 studies are one point.
    assert supported / 4000 <= ALPHA + 0.0105


@pytest.mark.parametrize(
    ("expect", "truth"),
    [
        ("lower", -1.0),
        ("higher", 1.0),
        ("not_lower", 0.0),
        ("not_higher", 0.0),
        ("equivalent", 1.0),
    ],
)
def test_a_true_claim_is_refuted_in_at_most_five_of_a_hundred_studies(expect, truth):
    rng = np.random.default_rng(8)
    studies = rng.normal(truth, 0.4, size=(4000, 5))
    refuted = sum(verdict(test(expect, list(s), 1.0)) is REFUTED for s in studies.tolist())
    assert refuted / 4000 <= ALPHA + 0.0105


def test_a_reference_in_another_order_finds_its_cell():
    claim = Claim(says="so", contrast="m[b=2, a=1]", expect="lower")
    target = replace(cell("m[a=1,b=2]", around(-5.0)))
    assert judge([claim], [target], 1.0)[0].cell == "m[a=1,b=2]"


test.__test__ = False  # a function of the package, not one of pytest's

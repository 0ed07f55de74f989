"""Contrasts: adjusted, exact, and over other test images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ablate.analysis.contrasts import with_contrasts
from ablate.stats import crossed, dunnett, holm, sign_flip
from tests.analysis.test_claims import cell

RNG = np.random.default_rng(4)
ANSWERS = {
    (name, seed): RNG.random(200) < share
    for name, share in (("m", 0.9), ("m[a=1]", 0.7), ("m[a=2]", 0.88))
    for seed in range(6)
}


def scores_of(name, seeds=6):
    return tuple(100 * float(ANSWERS[name, seed].mean()) for seed in range(seeds))


def cells(seeds=6):
    return [
        cell("m", scores_of("m", seeds), changes={}),
        cell("m[a=1]", scores_of("m[a=1]", seeds), {"a": 1}),
        cell("m[a=2]", scores_of("m[a=2]", seeds), {"a": 2}),
    ]


def kept(name, seed):
    return ANSWERS[name, seed]


def test_a_baseline_has_none_and_holm_spans_the_others():
    baseline, *others = with_contrasts(cells())
    assert baseline.contrast is None
    assert [one.contrast.p_adjusted for one in others] == list(
        holm([one.contrast.difference.p for one in others])
    )


def test_the_exact_test_stands_beside_from_six_seeds_on():
    *_, last = with_contrasts(cells())
    assert last.contrast.p_exact == sign_flip([pair.score for pair in last.contrast.pairs])
    *_, fewer = with_contrasts(cells(5))
    assert fewer.contrast.p_exact is None


def test_over_other_images_the_interval_is_that_of_the_answers():
    *_, last = with_contrasts(cells(), answers=kept)
    ours, theirs = ([kept(name, seed) for seed in range(6)] for name in ("m[a=2]", "m"))
    found = crossed(ours, theirs)
    assert last.contrast.test_set.images == 200
    assert last.contrast.test_set.over_images == pytest.approx(
        tuple(100 * end for end in found.over_images)
    )
    low, high = last.contrast.test_set.over_both
    assert low <= last.contrast.difference.low
    assert high >= last.contrast.difference.high


@pytest.mark.parametrize("lost", [None, np.ones(199, dtype=bool)])
def test_without_all_answers_there_is_no_such_interval(lost):
    *_, last = with_contrasts(
        cells(), answers=lambda name, seed: lost if (name, seed) == ("m", 3) else kept(name, seed)
    )
    assert last.contrast.test_set is None


def test_dunnett_is_taken_in_each_model_and_counts_the_models():
    ours = cells()
    own = with_contrasts(ours, "dunnett")
    pvalues = dunnett([scores_of("m[a=1]"), scores_of("m[a=2]")], scores_of("m"))
    assert [one.contrast.p_adjusted for one in own[1:]] == pytest.approx(pvalues)
    twice = [replace(one, model="n", name=one.name.replace("m", "n")) for one in ours]
    both = with_contrasts([*ours, *twice], "dunnett")
    assert both[2].contrast.p_adjusted == pytest.approx(min(1.0, 2 * pvalues[1]))


def test_dunnett_uses_all_seeds_of_cells_that_share_them_and_groups_share_the_error():
    baseline, first, second = cells()
    lacking = replace(second, scores=second.scores[1:])
    third = replace(first, name="m[a=3]", changes={"a": 3})
    own = with_contrasts([baseline, first, lacking, third], "dunnett")
    (whole, _) = dunnett([scores_of("m[a=1]")] * 2, scores_of("m"))
    (short,) = dunnett([scores_of("m[a=2]")[1:]], scores_of("m")[1:])
    assert [one.contrast.p_adjusted for one in own[1:]] == pytest.approx(
        [3 / 2 * whole, min(1.0, 3 * short), 3 / 2 * whole]
    )


def test_a_cell_without_a_test_costs_the_others_nothing():
    baseline, first, second = cells()
    single = replace(second, scores=second.scores[:1])
    own = with_contrasts([baseline, first, single], "dunnett")
    (alone,) = dunnett([scores_of("m[a=1]")], scores_of("m"))
    assert [one.contrast.p_adjusted for one in own[1:]] == [pytest.approx(alone), None]


def test_with_dunnett_a_cell_on_other_seeds_has_welchs_p_value():
    baseline, first, second = cells()
    other = replace(second, scores=tuple(replace(s, seed=s.seed + 9) for s in second.scores))
    own = with_contrasts([baseline, first, other], "dunnett")
    welch = own[2].contrast.difference
    assert welch.others == 6
    assert own[2].contrast.p_adjusted == pytest.approx(min(1.0, 2 * welch.p))

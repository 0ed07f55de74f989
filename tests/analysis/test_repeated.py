"""Tables of studies with adaptive seeds: bold and intervals that hold at whatever look they end."""

from __future__ import annotations

import numpy as np
import pytest

from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.effects import effects
from ablate.analysis.findings import MoreMetric, MoreScore
from ablate.analysis.looks import limit
from ablate.analysis.repeated import repeated_effects, repeated_metric, with_repeated
from ablate.study.schema import Adaptive, Claim
from tests.analysis.test_claims import SCALE, cell

RULE = Adaptive(min=3, max=8)
CLAIM = Claim(says="so", contrast="m[a=1]", expect="lower")


def cells(differences, others=(0.3, -0.2, 0.1)):
    start = cell("m", tuple(70.0 + 0.1 * i for i in range(8)), {})
    rows = {"m[a=1]": differences, "m[a=2]": others}
    moved = [
        cell(name, tuple(70.0 + 0.1 * i + d for i, d in enumerate(own)), {"a": int(name[4])})
        for name, own in rows.items()
    ]
    return with_contrasts([start, *moved])


def test_a_row_that_may_grow_is_as_strict_as_its_look():
    plain = cells((-1.0, -1.3, -0.8, -1.4))
    _, grown, fixed = with_repeated(plain, RULE, [CLAIM])
    _, before, unwatched = plain
    assert before.contrast.clear
    d = before.contrast.difference
    factor = 0.05 / (2 * limit(4, RULE, 0.0125))
    assert grown.contrast.p_adjusted == pytest.approx(d.p * factor)
    assert grown.contrast.difference.low < d.low
    assert fixed.contrast.difference == unwatched.contrast.difference
    assert fixed.contrast.p_adjusted == min(1.0, 2 * unwatched.contrast.difference.p)


def test_without_a_rule_everything_stays():
    plain = cells((-1.0, -1.3, -0.8))
    assert with_repeated(plain, None, [CLAIM]) == plain
    assert repeated_effects((), None) == ()


def test_what_is_not_clear_does_not_become_so():
    plain = cells((-1.0, 1.3, -0.8))
    assert not any(one.contrast.clear for one in with_repeated(plain, RULE, [CLAIM])[1:])


def test_further_metrics_and_effects_go_along():
    _, one, _ = cells((-1.0, -1.3, -0.8, -1.4))
    score = MoreScore(
        cell=one.name,
        estimate=one.estimate,
        difference=one.contrast.difference,
        p_adjusted=one.contrast.p_adjusted,
        clear=True,
    )
    metric = repeated_metric(MoreMetric(metric=SCALE, scores=(score,)), RULE)
    assert metric.scores[0].p_adjusted > score.p_adjusted
    assert metric.scores[0].difference.high > score.difference.high
    two = [cell("m", (70.0, 71.0, 72.0), {}), cell("m[a=1]", (71.0, 72.2, 72.9), {"a": 1})]
    found = effects(two, "full_factorial", ("a",))
    assert repeated_effects(found, RULE)[0].p_adjusted > found[0].p_adjusted


@pytest.mark.slow
def test_after_the_looks_of_a_claim_bold_is_false_in_at_most_five_of_a_hundred_studies():
    """Seeds stop as soon as a fixed-sample test would be content, which looks for false finds."""
    rng, wrong, naive = np.random.default_rng(5), 0, 0
    for _ in range(1500):
        differences = rng.normal(0, 1, 8).tolist()
        for n in range(RULE.min, RULE.max + 1):
            plain = cells(differences[:n])
            if plain[1].contrast.clear:
                break
        naive += plain[1].contrast.clear
        wrong += with_repeated(plain, RULE, [CLAIM])[1].contrast.clear
    assert wrong / 1500 <= 0.05 + 3 * (0.05 * 0.95 / 1500) ** 0.5
    assert naive > wrong

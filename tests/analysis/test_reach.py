"""What a claim could show before it was tested, and what would decide it."""

from __future__ import annotations

from typing import Any

import pytest

from ablate.analysis.claims import judge
from ablate.analysis.model import Verdict
from ablate.analysis.reach import Terms, levels, seeds_to_decide, unrefutable, unsupportable
from ablate.stats import detectable, seeds_needed
from ablate.study.metrics import METRICS
from ablate.study.schema import Adaptive, Claim
from tests.analysis.test_claims import SCALE, cell

TOP1 = METRICS["top1"]
EXPECTATIONS = ("lower", "higher", "not_lower", "not_higher", "equivalent")


def claim(expect: Any, name: str = "m[a=1]", **more: Any) -> Claim:
    return Claim(says=f"{name} {expect}", contrast=name, expect=expect, **more)


def terms(**changed: Any) -> Terms:
    return Terms(
        **{"n": 5, "sd": 0.5, "base": 70.0, "m": 1.5, "sided": 0.05, "small": 0.05} | changed
    )


@pytest.mark.parametrize("expect", EXPECTATIONS)
def test_where_there_is_room_every_claim_can_go_either_way(expect):
    asked = claim(expect)
    assert unsupportable(asked, terms(), TOP1) is None
    assert unrefutable(asked, terms(), TOP1) is None


def test_beside_the_best_score_nothing_rises_by_the_margin():
    """A baseline of 98.8 %: 1.2 points are left, and the margin is 1.5."""
    near = terms(base=98.8)
    gap = unrefutable(claim("not_higher"), near, TOP1)
    assert gap.room == pytest.approx(1.2)
    assert gap.needs == pytest.approx(1.5 + detectable(5, sd=0.5))
    assert unsupportable(claim("not_higher"), near, TOP1) is None
    assert unrefutable(claim("not_lower"), near, TOP1) is None
    assert unrefutable(claim("not_higher"), near, SCALE) is None
    assert unrefutable(claim("not_higher"), terms(base=98.8, sd=None), TOP1).needs == 1.5


def test_a_claim_can_be_out_of_reach_of_its_support():
    assert unsupportable(claim("higher"), terms(base=99.9), TOP1).room == pytest.approx(0.1)
    assert unsupportable(claim("higher", by=">= 2"), terms(base=98.5), TOP1) is not None
    assert unsupportable(claim("not_higher"), terms(sd=90.0, base=2.0), TOP1).needs < -2.0


def test_a_loss_ends_at_zero():
    gap = unsupportable(claim("lower"), terms(base=0.02, m=0.01), METRICS["loss"])
    assert gap.room == pytest.approx(-0.02)
    assert unsupportable(claim("higher"), terms(base=0.02, m=0.01), METRICS["loss"]) is None


def test_seeds_that_scatter_show_no_equivalence():
    assert unsupportable(claim("equivalent"), terms(sd=3.0), TOP1).room == 1.5
    both = terms(base=0.5, m=99.7)
    assert unrefutable(claim("equivalent"), both, TOP1).room == pytest.approx(99.5)


def test_a_direction_that_could_not_be_refuted_could_have_been_negligible():
    assert unrefutable(claim("lower"), terms(base=99.9), TOP1) is None


def test_claims_are_tested_at_the_level_of_their_family():
    asked = [claim("lower"), claim("not_lower"), claim("equivalent")]
    assert levels(asked[0], asked, 1.0) == {"sided": 0.025, "small": 0.025}
    assert levels(asked[2], asked, 1.0) == {"sided": 0.025, "small": 0.025}
    assert levels(asked[0], asked[:2], 0.0) == {"sided": 0.025, "small": 0.05}
    last = levels(asked[0], asked, 1.0, Adaptive(min=3, max=8))
    assert 0.005 < last["sided"] < 0.025


def test_seeds_that_decide_are_counted_at_that_level():
    assert seeds_to_decide(claim("lower"), -1.0, terms(sd=1.0)) == seeds_needed(1.0, 1.0, sides=2)
    eight = terms(sd=1.0, sided=0.05 / 8, small=0.05 / 8)
    assert seeds_to_decide(claim("lower"), -1.0, eight) == seeds_needed(
        1.0, 1.0, alpha=0.05 / 8, sides=2
    )
    # Near 0 it is sooner shown to be small; beyond the margin it never is.
    tied = terms(sd=1.0, m=1.0)
    assert seeds_to_decide(claim("lower"), 0.0, tied) == seeds_needed(1.0, 1.0, power=0.9)
    assert seeds_to_decide(claim("not_higher"), 1.0, tied) is None
    assert seeds_to_decide(claim("equivalent"), 2.0, tied) == seeds_needed(1.0, 1.0, sides=2)


def test_more_claims_need_more_seeds():
    cells = [cell("m", (0.0,) * 4, {})]
    cells += [cell(f"m[a={i}]", (1.5, -1.5, 2.0, 0.4 + i), {"a": i}) for i in range(8)]
    claims = [claim("higher", f"m[a={i}]") for i in range(8)]
    (alone,) = judge(claims[:1], cells, None, metric=SCALE)
    first, *_ = judge(claims, cells, None, metric=SCALE)
    assert {alone.verdict, first.verdict} == {Verdict.UNDECIDED}
    assert first.seeds_needed > alone.seeds_needed
    assert first.detectable > alone.detectable


def test_the_verdict_carries_what_was_out_of_reach():
    start = (98.9, 98.6, 98.9, 98.6, 99.0)
    cells = [
        cell("m", start, {}),
        cell("m[a=1]", tuple(s - e for s, e in zip(start, (0.2, 0.1, 0, 0.3, 0.1), strict=True))),
    ]
    (found,) = judge([claim("not_higher")], cells, 1.5, metric=TOP1)
    assert found.verdict is Verdict.SUPPORTED
    assert found.unrefutable.room == pytest.approx(1.2)
    assert found.unsupportable is None

"""Lost runs: awaited ones judge nothing, and what a cell lost may have scored anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ablate.analysis.claims import judge
from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.effects import effects, together
from ablate.analysis.lost import with_lost
from ablate.analysis.model import CellResult, Missing, Verdict
from ablate.analysis.pairs import Pair, compared, pair_of
from ablate.stats import p_above, p_below
from ablate.study.metrics import METRICS
from ablate.study.schema import Claim
from tests.analysis.test_claims import cell
from tests.analysis.test_effects import additive, made

TOP1, LOSS = METRICS["top1"], METRICS["loss"]
BASE = (90.0, 91.0, 90.5, 90.2, 90.8)
LOWER = (70.1, 71.0, 70.4, 70.3, 70.6)
RISES = Claim(says="so", contrast="m[a=1]", expect="higher")
FALLS = Claim(says="so", contrast="m[a=1]", expect="lower")


def gappy(name: str, scores, changes=None, state: str = "failed") -> CellResult:
    """A cell; `None` among its scores is a run that ended in that state."""
    whole = cell(name, tuple(score or 0.0 for score in scores), changes)
    there = tuple(one for one, score in zip(whole.scores, scores, strict=True) if score is not None)
    missing = tuple(
        Missing(seed=seed, state=state, cause=None)
        for seed, score in enumerate(scores)
        if score is None
    )
    known = cell(name, tuple(one.score for one in there), changes).estimate
    return replace(whole, scores=there, missing=missing, estimate=known)


def study(*rows, state: str = "failed", metric=TOP1):
    """A baseline and cells `m[a=1]`, …, with what their lost runs could have scored."""
    base, *others = rows
    cells = [gappy("m", base, {}, state)]
    cells += [gappy(f"m[a={i}]", row, {"a": i}, state) for i, row in enumerate(others, 1)]
    return with_contrasts(with_lost(cells, metric))


@pytest.mark.parametrize("state", ["failed", "diverged", "timed_out"])
def test_survivors_alone_decide_nothing_and_are_never_bold(state):
    cells = study(BASE, (95.0, None, 95.6, None, 95.9), state=state)
    assert not cells[1].contrast.clear
    assert cells[1].contrast.p_adjusted == 1.0
    (found,) = judge([RISES], cells, None, metric=TOP1)
    assert found.verdict is Verdict.UNDECIDED
    assert found.lost == ("m[a=1]",)
    assert found.detectable is found.seeds_needed is None


def test_a_verdict_holds_if_whatever_was_lost_could_not_change_it():
    cells = study((*BASE, *BASE), (*(10.0 + x / 10 for x in range(9)), None))
    assert judge([FALLS], cells, None, metric=TOP1)[0].verdict is Verdict.SUPPORTED
    assert not cells[1].contrast.clear  # a mean of survivors all the same


def test_the_p_value_is_the_largest_over_all_scores_that_a_lost_run_could_have_had():
    cells = study(BASE, (*LOWER[:4], None))
    pair = pair_of(cells[1], cells[0])
    whole = [
        [*(a - b for a, b in zip(LOWER[:4], BASE[:4], strict=True)), score - BASE[4]]
        for score in np.linspace(0, 100, 2001)
    ]
    assert pair.below(0.0) == pytest.approx(max(p_below(row, 0.0) for row in whole))
    assert pair.below(-5.0) == pytest.approx(max(p_below(row, -5.0) for row in whole), abs=1e-9)
    assert pair.above(0.0) >= max(p_above(row, 0.0) for row in whole)
    assert pair.difference.p == pytest.approx(2 * pair.below(0.0))
    assert pair.only(range(4)).below(0.0) == p_below(whole[0][:4], 0.0)


def test_a_baselines_lost_run_counts_for_every_comparison():
    cells = study((*BASE[:4], None), LOWER, BASE)
    assert [one.contrast.lost for one in cells[1:]] == [(4,), (4,)]
    assert not any(one.contrast.clear for one in cells[1:])


def test_without_a_bound_the_range_is_that_of_the_study():
    cells = study((0.5, 0.6, 0.7), (0.9, 0.8, None), metric=LOSS)
    assert cells[1].lost == {2: (0.0, 0.9)}
    assert study(BASE, (*LOWER[:4], None))[1].lost == {4: (0.0, 100.0)}


@pytest.mark.parametrize("state", ["killed", "interrupted", "running", "not run", "unmeasured"])
def test_before_the_planned_seeds_have_ended_there_is_no_p_and_no_verdict(state):
    cells = study(BASE, (*LOWER[:4], None), LOWER, state=state)
    waiting, whole = cells[1].contrast, cells[2].contrast
    assert (waiting.p_adjusted, waiting.difference.p, waiting.awaited) == (None, None, (4,))
    assert not waiting.clear
    assert waiting.difference.n == 4
    assert whole.clear
    (found,) = judge([FALLS], cells, None, metric=TOP1)
    assert (found.verdict, found.awaited) == (Verdict.UNDECIDED, (4,))
    assert found.p_support is found.p_refute is None


def test_an_interaction_and_an_order_reckon_with_every_cell_they_need():
    changes = [{}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}]
    names = ["m", "m[a=1]", "m[b=1]", "m[a=1,b=1]"]
    rows = [BASE, LOWER, (*LOWER[:4], None), tuple(x - 40 for x in LOWER)]
    cells = with_lost([gappy(*one) for one in zip(names, rows, changes, strict=True)], TOP1)
    both = Claim(says="so", interaction="m[a=1,b=1]", expect="lower")
    (pair,) = compared(both, cells)
    assert pair.seeds == (0, 1, 2, 3)
    # 30.6 less what adds up, 70.6 + (0 … 100) − 90.8.
    ((low, high),) = pair._lost_differences()
    assert (low, high) == pytest.approx((30.6 - 79.8, 30.6 + 20.2))
    order = Claim(says="so", order="m > m[a=1] > m[b=1]")
    assert [one.lost for one in compared(order, cells)] == [(), (4,)]


def test_unpaired_a_lost_run_could_have_led_to_anything():
    pair = Pair(
        treated={0: 1.0, 1: 1.1}, base={5: 9.0, 6: 9.1, 7: 9.2}, treated_lost={2: (0.0, 100.0)}
    )
    assert pair.below(0.0) == pair.above(0.0) == pair.difference.p == 1.0


def test_effects_leave_out_settings_with_lost_runs_and_else_have_no_p():
    ablate = {"a": (1,), "b": (1,)}
    whole = made("full_factorial", additive, ablate)
    *others, last = whole
    short = replace(
        last, scores=last.scores[:-1], missing=(Missing(seed=3, state="failed", cause=None),)
    )
    cells = with_lost([*others, short], TOP1)
    found = {tuple(e.changes): e for e in effects(cells, "full_factorial", "ab")}
    assert [found[names].settings for names in (("a",), ("b",))] == [1, 1]
    assert found["a",].difference.n == 4
    assert found["a", "b"].difference.n == 3
    assert found["a", "b"].p_adjusted is None
    assert not any(one.clear for one in together(cells, "full_factorial"))
    fraction = made("fractional", additive, {**ablate, "c": (1,)}, resolution=3)
    lacking = replace(fraction[0], missing=short.missing)
    assert {e.p_adjusted for e in effects([lacking, *fraction[1:]], "fractional", "abc")} == {None}


def test_completion_is_a_result_of_its_own():
    cells = study(BASE, (None,) * 5, LOWER, (90.0, None, None, None, None))
    told = [one.completion for one in cells]
    assert told[0] is told[2] is None
    assert (told[1].completed, told[1].of, told[1].baseline_completed) == (0, 5, 5)
    assert told[1].p == pytest.approx(2 / 252)  # of the 252 ways to choose 5 of 10, two as far
    assert told[1].p_adjusted == pytest.approx(3 * 2 / 252)
    assert told[1].clear
    assert not told[3].clear


def test_runs_that_are_awaited_have_not_failed_to_complete():
    assert study(BASE, (*LOWER[:3], None, None), state="killed")[1].completion is None


@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_completion_errs_no_more_where_cells_fail_on_the_same_seeds(shared):
    rng, found, studies = np.random.default_rng(3), 0, 1500
    for _ in range(studies):
        same = rng.random(8) < shared
        ours, theirs = rng.random(8) < 0.4, rng.random(8) < 0.4
        theirs = np.where(same, ours, theirs)
        rows = [[None if lost else 90.0 for lost in row] for row in (theirs, ours)]
        one = study(*rows)[1].completion
        found += one is not None and one.clear
    assert found / studies <= 0.05 + 3 * (0.05 * 0.95 / studies) ** 0.5


@pytest.mark.parametrize("bad", [0.3, 0.5])
def test_a_cell_that_loses_its_bad_seeds_is_neither_bold_nor_called_better(bad):
    """Without a difference, whatever scores below its luck fails."""
    rng, claims = np.random.default_rng(5), [RISES, FALLS]
    for _ in range(60):
        luck = rng.normal(70, 3, 8)
        base, own = luck + rng.normal(0, 1, (2, 8))
        cut = np.quantile(own - base, bad)
        kept = [
            float(score) if score - other > cut else None
            for score, other in zip(own, base, strict=True)
        ]
        cells = study(base.tolist(), kept)
        assert not cells[1].contrast.clear
        assert {one.verdict for one in judge(claims, cells, None, metric=TOP1)} == {
            Verdict.UNDECIDED
        }

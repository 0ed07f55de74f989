"""Steps of a ladder: against scipy, and that they lead from the baseline to the last row."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ablate.analysis.ladder import with_steps
from ablate.stats import holm
from tests.analysis.test_claims import cell

ROWS = ((80.0, 81.0, 79.5), (82.0, 82.5, 82.1), (81.0, 82.6, 81.9))
CHANGES: tuple[dict[str, int], ...] = ({}, {"a": 1}, {"a": 1, "b": 2})


def rungs(rows=ROWS, changes=CHANGES):
    names = ["m", *(f"m[{n}]" for n in range(1, len(rows)))]
    return [cell(name, row, c) for name, row, c in zip(names, rows, changes, strict=True)]


def test_each_step_is_the_paired_difference_from_the_row_before():
    base, *steps = with_steps(rungs(), "cumulative")
    assert base.step is None
    assert base.added == {}
    for before, after, found in zip(ROWS, ROWS[1:], steps, strict=False):
        theirs = stats.ttest_rel(after, before)
        assert found.step.difference.p == pytest.approx(theirs.pvalue)
        interval = theirs.confidence_interval(0.95)
        assert found.step.difference.low == pytest.approx(interval.low)
        assert found.step.difference.high == pytest.approx(interval.high)
        assert [pair.seed for pair in found.step.pairs] == [0, 1, 2]
    assert [found.added for found in steps] == [{"a": 1}, {"b": 2}]
    raw = [found.step.difference.p for found in steps]
    assert [found.step.p_adjusted for found in steps] == list(holm(raw))


@given(st.lists(st.tuples(*[st.floats(0, 100)] * 3), min_size=2, max_size=6))
def test_steps_add_up_to_the_difference_from_the_baseline(rows):
    changes = [{f"f{n}": 1 for n in range(size)} for size in range(len(rows))]
    found = with_steps(rungs(rows, changes), "from_to")
    total = sum(one.step.difference.mean for one in found[1:])
    whole = found[-1].estimate.mean - found[0].estimate.mean
    assert total == pytest.approx(whole, abs=1e-9)
    assert all(len(one.added) == 1 for one in found[1:])


def test_only_seeds_that_both_rows_have_count():
    first, second, third = rungs()
    second = replace(second, scores=second.scores[1:])
    third = replace(third, scores=third.scores[:1])
    _, second, third = with_steps([first, second, third], "cumulative")
    assert second.step.difference.n == 2
    assert [pair.seed for pair in second.step.pairs] == [1, 2]
    assert third.step is None
    assert third.added == {"b": 2}


def test_a_level_that_is_changed_again_is_what_is_added():
    found = with_steps(rungs(changes=({}, {"a": 1}, {"a": 2})), "cumulative")
    assert [one.added for one in found] == [{}, {"a": 1}, {"a": 2}]


def test_each_model_begins_anew():
    again = [replace(one, model="n", is_baseline=one.is_baseline) for one in rungs()]
    found = with_steps([*rungs(), *again], "cumulative")
    assert [one.step is None for one in found] == [True, False, False] * 2


def test_the_papers_step_needs_both_of_its_rows():
    published = (79.0, 80.5, None)
    rows = [replace(one, published=p) for one, p in zip(rungs(), published, strict=True)]
    _, second, third = with_steps(rows, "cumulative")
    assert second.step.published == pytest.approx(1.5)
    assert third.step.published is None


@pytest.mark.parametrize("design", ["one_factor", "full_factorial", "listed", "leave_one_out"])
def test_other_designs_have_no_steps(design):
    assert list(with_steps(rungs(), design)) == rungs()


def test_nothing_gives_nothing():
    assert with_steps([], "cumulative") == ()

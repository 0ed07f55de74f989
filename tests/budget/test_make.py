"""When the last run ends, for durations made by hand and for any others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.budget.make import finishing_s
from ablate.plan.trial import Trial
from tests.budget.examples import plan

TRIAL = plan().trials[0]


def trial(name: str, teacher: str = "") -> Trial:
    return replace(TRIAL, cell=name, signature=name, teacher=teacher)


def finishing(workers: int, **seconds: float) -> float:
    return finishing_s([trial(name) for name in seconds], seconds, workers)


def test_nothing_to_run_takes_no_time():
    assert finishing(2) == 0


@pytest.mark.parametrize(("workers", "ends"), [(1, 10), (2, 5), (3, 4), (4, 4)])
def test_the_longest_comes_first(workers, ends):
    # In the order of the study, two workers would need six: 1+2 beside 3, then 4.
    assert finishing(workers, a=1, b=2, c=3, d=4) == ends


def test_trials_of_a_cell_take_the_same():
    trials = [replace(trial("a"), seed=seed, signature=f"a{seed}") for seed in range(5)]
    assert finishing_s(trials, {"a": 3.0}, 2) == 9.0


def test_a_teacher_comes_first_and_is_waited_for():
    trials = [trial("long"), trial("taught", "teacher"), trial("teacher")]
    seconds = {"long": 5.0, "taught": 4.0, "teacher": 2.0}
    assert finishing_s(trials, seconds, 1) == 11.0
    assert finishing_s(trials, seconds, 2) == 6.0  # the teacher, then its pupil, beside the long
    assert finishing_s(trials[:2], seconds, 2) == 5.0  # a teacher that has been trained


@given(st.lists(st.floats(0.1, 1e5), min_size=1, max_size=30), st.integers(1, 8), st.data())
def test_it_lies_between_a_fair_share_and_all_one_after_the_other(seconds, workers, data):
    names = [str(i) for i in range(len(seconds))]
    teachers = [data.draw(st.sampled_from(["", *names[:i]])) for i in range(len(names))]
    trials = [trial(name, teacher) for name, teacher in zip(names, teachers, strict=True)]
    durations = dict(zip(names, seconds, strict=True))
    ends, total = finishing_s(trials, durations, workers), sum(seconds)
    rounding = 1e-9 * total
    assert max(total / workers, *seconds, 0.0) - rounding <= ends <= total + rounding
    assert finishing_s(trials, durations, 1) == pytest.approx(total)

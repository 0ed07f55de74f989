"""The learning rate over a run: each schedule against its formula, and the edges of a run."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from ablate.train.schedules import make_factor
from tests.train.loop import with_fields


def rates(steps: int, **fields: object) -> list[float]:
    factor = make_factor(with_fields(**fields), steps)
    return [factor(step) for step in range(steps)]


def test_the_learning_rate_climbs_then_falls_along_a_cosine():
    found = rates(20, epochs=5, warmup_epochs=1)
    assert found[:4] == [0.25, 0.5, 0.75, 1.0]
    assert found[4] == 1.0
    assert found[12] == pytest.approx(0.5)
    assert all(a >= b for a, b in pairwise(found[4:]))
    assert 0 < found[-1] < 0.02


@pytest.mark.parametrize(("epochs", "batches", "warmup"), [(20, 17, 2), (2, 5, 1), (3, 7, 0.5)])
def test_the_cosine_is_that_of_the_first_release_to_the_last_bit(epochs, batches, warmup):
    steps, first = epochs * batches, round(epochs * batches * warmup / epochs)
    expected = [
        (s + 1) / first
        if s < first
        else 0.5 * (1 + math.cos(math.pi * (s - first) / max(1, steps - first)))
        for s in range(steps + 1)
    ]
    factor = make_factor(with_fields(epochs=epochs, warmup_epochs=warmup), steps)
    assert [factor(step) for step in range(steps + 1)] == expected


def test_linear_falls_by_equal_steps_after_the_warm_up():
    assert rates(8, epochs=4, schedule="linear", warmup_epochs=2) == pytest.approx(
        [0.25, 0.5, 0.75, 1.0, 1.0, 0.75, 0.5, 0.25]
    )


def test_constant_stays():
    assert rates(5, epochs=5, schedule="constant") == [1.0] * 5


def test_one_cycle_is_convmixers_piecewise_line():
    steps = 1000
    expected = np.interp(np.arange(steps), [0, 400, 800, 1000], [0, 1, 1 / 20, 0])
    found = np.array(rates(steps, epochs=10, schedule="one_cycle"))
    assert np.abs(found - expected).max() < 2.6e-3  # one step of the steepest piece
    assert found.argmax() in (399, 400)
    assert found[800] == pytest.approx(1 / 20)


def test_the_warm_up_of_one_cycle_is_its_climb():
    found = rates(100, epochs=10, schedule="one_cycle", warmup_epochs=1)
    assert found[9] == found[10] == 1.0
    assert found[70] == pytest.approx(1 / 20)  # two thirds of what is left


@pytest.mark.parametrize("schedule", ["cosine", "linear", "one_cycle"])
def test_a_schedule_ends_at_the_lowest_rate(schedule):
    factor = make_factor(with_fields(schedule=schedule, lr=0.1, min_lr=0.02), 50)
    assert factor(50) == pytest.approx(0.2)
    assert min(factor(step) for step in range(25, 50)) >= 0.2


@pytest.mark.parametrize("schedule", ["cosine", "linear", "one_cycle", "constant"])
def test_the_cool_down_stays_at_the_lowest_rate_to_the_end(schedule):
    found = rates(50, epochs=10, schedule=schedule, lr=0.1, min_lr=0.02, cooldown_epochs=3)
    assert found[35:] == [0.02 / 0.1] * 15
    assert min(found[20:35]) > 0.2
    assert schedule == "constant" or found[34] < 0.23  # the schedule has run its course


@pytest.mark.parametrize("fields", [{"warmup_epochs": 9}, {"cooldown_epochs": 9}])
def test_a_part_that_is_longer_than_the_run_takes_all_of_it(fields):
    assert all(0 <= rate <= 1 for rate in rates(6, epochs=2, **fields))

"""The largest p-value over what lost runs could have scored: against a search of all of it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from ablate.stats import largest_p_above, largest_p_below, p_above
from ablate.stats.lost import MOST

SCORES = st.integers(-200, 200).map(lambda tenths: tenths / 10)
VALUES = st.lists(SCORES, min_size=2, max_size=5)
RANGES = st.lists(
    st.tuples(SCORES, st.integers(1, 40)).map(lambda pair: (pair[0], sum(pair))),
    min_size=1,
    max_size=2,
)


def searched(known, lost, bound):
    """The largest p-value on a fine grid of the box."""
    axes = [np.linspace(low, high, 41) for low, high in lost]
    table = np.array([[*known, *point] for point in product(*axes)])
    table = table[table.std(1) > 1e-6]
    if not len(table):
        return 0.0
    return float(ttest_1samp(table, bound, axis=1, alternative="greater").pvalue.max())


@given(known=VALUES, lost=RANGES, bound=SCORES)
def test_no_value_within_the_ranges_gives_a_larger_p_and_one_gives_this(known, lost, bound):
    found, best = largest_p_above(known, lost, bound), searched(known, lost, bound)
    assert found >= best - 1e-9
    smallest = sum(known) + sum(low for low, _ in lost)
    if smallest > (len(known) + len(lost)) * bound:  # else it is a half or more, and told as 1
        assert found == pytest.approx(best, rel=1e-6)


@given(known=VALUES, lost=RANGES, bound=SCORES)
def test_below_is_the_mirror_of_above(known, lost, bound):
    mirrored = [(-high, -low) for low, high in lost]
    above = largest_p_above([-value for value in known], mirrored, -bound)
    assert largest_p_below(known, lost, bound) == above


def test_the_p_value_is_not_monotonic_in_a_lost_value():
    known = [5.0, 5.2, 4.8, 5.1]
    (low, inside, high) = (p_above([*known, value], 0.0) for value in (1.0, 5.0, 30.0))
    assert inside < min(low, high)
    assert largest_p_above(known, [(1.0, 30.0)]) == pytest.approx(max(low, high))
    assert largest_p_above(known, [(4.9, 30.0)]) == pytest.approx(high)


def test_where_the_sign_could_turn_nothing_is_shown():
    assert largest_p_above([20.0, 21.0, 22.0], [(-80.0, 20.0)]) == 1.0
    assert largest_p_above([1.0, 2.0], [(1.0, 2.0)] * (MOST + 1)) == 1.0


def test_without_a_known_value_there_is_no_test():
    assert largest_p_above([], [(1.0, 2.0)]) is None

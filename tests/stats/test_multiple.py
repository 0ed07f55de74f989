import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from ablate.stats import holm

pytestmark = pytest.mark.usefixtures("no_garbage_collection")
pure = settings(deadline=None)
probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=6)
with_gaps = st.lists(st.none() | st.floats(0, 1), max_size=6)


def closed_bonferroni(pvalues):
    """Holm by its definition: a hypothesis falls if every family that contains it falls.

    A family falls by Bonferroni, at its size times its smallest p-value.
    """
    positions = range(len(pvalues))
    families = [f for size in positions for f in combinations(positions, size + 1)]
    falls = {family: len(family) * min(pvalues[i] for i in family) for family in families}
    return [min(1.0, max(falls[f] for f in families if i in f)) for i in positions]


# --- against textbooks and other implementations ---


@pytest.mark.parametrize(
    ("raw", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.01, 0.02, 0.03], [0.03, 0.04, 0.04]),
        ([0.2, 0.2], [0.4, 0.4]),
        ([0.7, 0.6], [1.0, 1.0]),
        ([0.03], [0.03]),
        ([], []),
    ],
)
def test_worked_by_hand(raw, adjusted):
    assert holm(raw) == pytest.approx(adjusted)


@pure
@given(probabilities)
def test_it_is_the_closed_test_of_bonferroni(pvalues):
    assert holm(pvalues) == pytest.approx(closed_bonferroni(pvalues))


@pure
@given(probabilities)
def test_it_agrees_with_statsmodels(pvalues):
    assert holm(pvalues) == pytest.approx(multipletests(pvalues, method="holm")[1])


# --- contrasts without a test ---


@pure
@given(with_gaps)
def test_none_stays_in_place_and_does_not_count(pvalues):
    adjusted = holm(pvalues)
    assert [p is None for p in adjusted] == [p is None for p in pvalues]
    family = [p for p in pvalues if p is not None]
    assert [p for p in adjusted if p is not None] == list(holm(family))


def test_a_family_without_tests_is_no_family():
    assert holm([None, None]) == (None, None)
    assert holm([None, 0.02, None]) == (None, 0.02, None)


# --- properties ---


@pure
@given(probabilities)
def test_adjusted_is_at_least_raw_and_at_most_bonferroni(pvalues):
    bonferroni = [min(1.0, p * len(pvalues)) for p in pvalues]
    for raw, adjusted, limit in zip(pvalues, holm(pvalues), bonferroni, strict=True):
        assert raw <= adjusted <= limit + 1e-12


@pure
@given(probabilities)
def test_adjusting_keeps_the_order(pvalues):
    by_raw = sorted(zip(pvalues, holm(pvalues), strict=True))
    adjusted = [p for _, p in by_raw]
    assert adjusted == sorted(adjusted)


@pure
@given(probabilities, st.randoms(use_true_random=False))
def test_each_p_keeps_its_answer_in_any_order(pvalues, random):
    order = random.sample(range(len(pvalues)), len(pvalues))
    adjusted = holm(pvalues)
    assert holm([pvalues[i] for i in order]) == tuple(adjusted[i] for i in order)


@pure
@given(probabilities, st.floats(0, 1))
def test_one_more_contrast_never_helps_the_others(pvalues, another):
    before, after = holm(pvalues), holm([*pvalues, another])
    assert all(a >= b - 1e-12 for a, b in zip(after, before, strict=False))


def test_numbers_are_plain_floats():
    assert {type(p) for p in holm([0.01, 1, 0])} == {float}


# --- bad input ---


@pytest.mark.parametrize("p", [-0.01, 1.5, math.nan, math.inf])
def test_a_p_value_is_a_probability(p):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        holm([0.5, p])
    assert str(error.value) == (
        f"p-value is {p}, expected a number from 0 to 1, or None without a test"
    )

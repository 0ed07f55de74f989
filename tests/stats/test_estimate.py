import math
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from ablate.stats import Estimate, estimate

# The first example of a property pays for importing SciPy, so no example has a deadline.
pure = settings(deadline=None)
# Two decimals, so that the spread of a sample is either zero or far above rounding.
scores = st.lists(st.integers(-10_000, 10_000).map(lambda k: k / 100), min_size=2, max_size=12)
spread_scores = scores.filter(lambda values: len(set(values)) > 1)


# --- against textbooks and other implementations ---


def test_the_interval_of_three_scores_is_the_textbooks():
    # mean 2, s = 1, t(2, 0.975) = 4.30265, half width 4.30265 / sqrt(3)
    result = estimate([1.0, 2.0, 3.0])
    assert (result.n, result.mean, result.sd, result.confidence) == (3, 2.0, 1.0, 0.95)
    assert result.low == pytest.approx(-0.484138, abs=1e-6)
    assert result.high == pytest.approx(4.484138, abs=1e-6)


@pytest.mark.parametrize(
    ("n", "factor"),
    [(2, 12.7062), (3, 4.3027), (4, 3.1824), (5, 2.7764), (10, 2.2622), (30, 2.0452)],
)
def test_the_factor_on_the_standard_error_is_students_table(n, factor):
    # The normal factor would be 1.9600 in every row.
    result = estimate(range(n))
    standard_error = result.sd / math.sqrt(n)
    assert (result.high - result.mean) / standard_error == pytest.approx(factor, abs=5e-5)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("n", [2, 3, 5, 10, 100])
def test_it_agrees_with_scipy_and_statsmodels(n, confidence):
    values = np.random.default_rng(n).normal(75, 3, n)
    result = estimate(values, confidence)
    interval = stats.ttest_1samp(values, 0).confidence_interval(confidence)
    reference = DescrStatsW(values).tconfint_mean(alpha=1 - confidence)
    assert result.mean == pytest.approx(np.mean(values), rel=1e-12)
    assert result.sd == pytest.approx(np.std(values, ddof=1), rel=1e-12)
    assert (result.low, result.high) == pytest.approx((interval.low, interval.high), rel=1e-10)
    assert (result.low, result.high) == pytest.approx(reference, rel=1e-10)


# --- too few seeds, and seeds that agree ---


def test_no_value_says_nothing():
    assert estimate([]) == Estimate(n=0, mean=None, sd=None, low=None, high=None, confidence=0.95)


def test_one_value_has_a_mean_and_no_spread():
    assert estimate([81.6], confidence=0.9) == Estimate(
        n=1, mean=81.6, sd=None, low=None, high=None, confidence=0.9
    )


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.0],
        [80.1, 80.1, 80.1],
        [0.1 + 0.2, 0.3, 0.3],  # not the same float
        [80.0, 80.0 + 4e-6, 80.0 - 4e-6],  # what float32 makes of 80
        [-0.3, -0.3, -(0.1 + 0.2)],
    ],
)
def test_identical_values_have_zero_spread_and_no_interval(values):
    result = estimate(values)
    assert result.n == len(values)
    assert result.mean == pytest.approx(values[0], rel=1e-6)
    assert result.sd == 0.0
    assert (result.low, result.high) == (None, None)


def test_one_image_in_a_million_is_not_rounding():
    result = estimate([0.999998, 0.999999])
    assert result.sd == pytest.approx(1e-6 / math.sqrt(2))
    assert result.low is not None


# --- properties ---


@pure
@given(spread_scores, st.integers(-100, 100))
def test_a_shift_moves_the_estimate_and_keeps_its_width(values, shift):
    before, after = estimate(values), estimate([value + shift for value in values])
    assert after.sd == pytest.approx(before.sd)
    assert after.mean == pytest.approx(before.mean + shift)
    assert after.low == pytest.approx(before.low + shift, abs=1e-6)
    assert after.high == pytest.approx(before.high + shift, abs=1e-6)


@pure
@given(spread_scores, st.floats(1e-3, 1e3))
def test_a_change_of_unit_scales_everything(values, unit):
    before, after = estimate(values), estimate([value * unit for value in values])
    for field in ("mean", "sd", "low", "high"):
        expected = getattr(before, field) * unit
        assert getattr(after, field) == pytest.approx(expected, abs=1e-9 * unit)


@pure
@given(spread_scores)
def test_a_change_of_sign_mirrors_the_interval(values):
    result, mirrored = estimate(values), estimate([-value for value in values])
    assert mirrored.mean == -result.mean
    assert (mirrored.low, mirrored.high) == pytest.approx((-result.high, -result.low))


@pure
@given(scores, st.randoms(use_true_random=False))
def test_the_order_of_seeds_is_irrelevant(values, random):
    shuffled = random.sample(values, len(values))
    before, after = estimate(values), estimate(shuffled)
    assert (after.mean, after.low is None) == (before.mean, before.low is None)
    assert after.sd == pytest.approx(before.sd, rel=1e-12)


@pure
@given(spread_scores, st.floats(0.5, 0.9), st.floats(0.91, 0.999))
def test_more_confidence_is_a_wider_interval_around_the_same_mean(values, some, more):
    narrow, wide = estimate(values, some), estimate(values, more)
    assert wide.low < narrow.low < narrow.mean == wide.mean < narrow.high < wide.high


# --- what a result is made of ---


def test_numbers_are_plain_floats_whatever_came_in():
    numbers: Any = np.array([1, 2, 4], dtype=np.float32)
    result = estimate(numbers)
    assert {type(getattr(result, field)) for field in ("mean", "sd", "low", "high")} == {float}


def test_a_result_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        estimate([1.0, 2.0]).mean = 3.0  # type: ignore[misc]


# --- bad input ---


@pytest.mark.parametrize(
    ("value", "shown"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")]
)
def test_a_value_that_is_no_number_is_named(value, shown):
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the whole message is compared)
        estimate([1.0, value, 3.0])
    assert str(error.value) == (
        f"values: value 2 of 3 is {shown}, expected a finite number; leave missing scores out"
    )


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95, -0.1, math.nan])
def test_confidence_is_a_fraction(confidence):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        estimate([1.0, 2.0], confidence)
    assert str(error.value) == f"confidence is {confidence}, expected a number between 0 and 1"

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ablate.stats import band, estimate

pure = settings(deadline=None)
score = st.integers(0, 10_000).map(lambda k: k / 100)
ragged = st.lists(st.lists(score, max_size=6), max_size=6)


def test_curves_of_one_length_agree_with_scipy():
    curves = np.random.default_rng(0).normal(70, 5, (5, 20))
    interval = stats.ttest_1samp(curves, 0, axis=0).confidence_interval(0.9)
    result = band(curves.tolist(), confidence=0.9)
    assert [point.mean for point in result] == pytest.approx(curves.mean(axis=0))
    assert [point.low for point in result] == pytest.approx(interval.low)
    assert [point.high for point in result] == pytest.approx(interval.high)
    assert {(point.n, point.confidence) for point in result} == {(5, 0.9)}


def test_curves_that_stop_early_leave_the_others():
    result = band([[1.0, 2.0, 3.0], [3.0, 4.0], [5.0]])
    assert [point.n for point in result] == [3, 2, 1]
    assert [point.mean for point in result] == [3.0, 3.0, 3.0]
    assert [point.low is None for point in result] == [False, False, True]


@pure
@given(ragged)
def test_each_point_is_the_estimate_of_the_scores_there(curves):
    result = band(curves)
    assert len(result) == max([len(curve) for curve in curves], default=0)
    for epoch, point in enumerate(result):
        assert point == estimate([curve[epoch] for curve in curves if len(curve) > epoch])


@pure
@given(ragged)
def test_n_never_rises_along_the_band(curves):
    counts = [point.n for point in band(curves)]
    assert counts == sorted(counts, reverse=True)
    assert all(counts)


@pytest.mark.parametrize("curves", [[], [[]], [[], []]])
def test_nothing_logged_is_no_band(curves):
    assert band(curves) == ()


def test_a_score_that_is_no_number_is_named_by_curve_and_epoch():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        band([[1.0, 2.0], [1.0, 2.0, math.nan]])
    assert str(error.value) == (
        "curve 2: value 3 of 3 is nan, expected a finite number; leave missing scores out"
    )


def test_confidence_is_a_fraction_even_without_curves():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        band([], confidence=1.0)
    assert str(error.value) == "confidence is 1.0, expected a number between 0 and 1"

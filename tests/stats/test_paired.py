import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from ablate.stats import Difference, p_above, p_below, paired_difference, seed_differences

pure = settings(deadline=None)
score = st.integers(-10_000, 10_000).map(lambda k: k / 100)
pairs = st.lists(st.tuples(score, score), min_size=2, max_size=12)


def compared(pairs):
    treatment, baseline = zip(*pairs, strict=True)
    return paired_difference(treatment, baseline)


def exact_differences(pairs):
    return {round(100 * treatment) - round(100 * baseline) for treatment, baseline in pairs}


spread_pairs = pairs.filter(lambda pairs: len(exact_differences(pairs)) > 1)
spread_lists = st.lists(score, min_size=2, max_size=12).filter(lambda d: len(set(d)) > 1)

# Student (1908), hours of sleep gained with two drugs, ten patients.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


# --- against textbooks and other implementations ---


def test_students_sleep_data():
    result = paired_difference(DRUG_1, DRUG_2)
    assert result.n == 10
    assert result.mean == pytest.approx(-1.58)
    assert result.sd == pytest.approx(1.229995, abs=1e-6)
    assert (result.low, result.high) == pytest.approx((-2.459886, -0.700114), abs=1e-6)
    assert result.p == pytest.approx(0.002833, abs=1e-6)


@pytest.mark.parametrize("n", [2, 3, 5, 10, 100])
def test_it_agrees_with_scipy_and_statsmodels(n):
    rng = np.random.default_rng(n)
    treatment, baseline = rng.normal(80, 2, n), rng.normal(79, 2, n)
    result = paired_difference(treatment, baseline, confidence=0.9)
    reference = stats.ttest_rel(treatment, baseline)
    interval = reference.confidence_interval(0.9)
    assert result.p == pytest.approx(reference.pvalue, rel=1e-10)
    assert (result.low, result.high) == pytest.approx((interval.low, interval.high), rel=1e-10)
    other = DescrStatsW(treatment - baseline)
    assert result.p == pytest.approx(other.ttest_mean()[1], rel=1e-10)
    assert (result.low, result.high) == pytest.approx(other.tconfint_mean(0.1), rel=1e-10)


@pytest.mark.parametrize("bound", [-3.0, 0.0, 0.5, 3.0])
@pytest.mark.parametrize("n", [2, 3, 5, 10])
def test_the_one_sided_tests_agree_with_scipy(n, bound):
    differences = np.random.default_rng(n).normal(0.3, 1, n)
    below = stats.ttest_1samp(differences, bound, alternative="less").pvalue
    above = stats.ttest_1samp(differences, bound, alternative="greater").pvalue
    assert p_below(differences, bound) == pytest.approx(below, rel=1e-9)
    assert p_above(differences, bound) == pytest.approx(above, rel=1e-9)


def test_the_larger_of_two_one_sided_tests_is_the_equivalence_test():
    differences = np.random.default_rng(0).normal(0.1, 0.3, 6).tolist()
    equivalence = DescrStatsW(differences).ttost_mean(-0.5, 0.5)[0]
    ours = max(p_above(differences, -0.5), p_below(differences, 0.5))
    assert ours == pytest.approx(equivalence, rel=1e-10)


# --- too few seeds, and differences that agree ---


def test_no_pair_says_nothing():
    assert paired_difference([], []) == Difference(
        n=0, mean=None, sd=None, low=None, high=None, confidence=0.95, p=None
    )


def test_one_pair_has_a_difference_and_no_test():
    assert paired_difference([80.0], [79.5]) == Difference(
        n=1, mean=0.5, sd=None, low=None, high=None, confidence=0.95, p=None
    )


CONSTANT: dict[str, Any] = {
    "the same scores": ([80.0, 81.0, 82.0], [80.0, 81.0, 82.0], 0.0),
    "one apart": ([81.0, 82.0, 83.0], [80.0, 81.0, 82.0], 1.0),
    "two seeds": ([81.0, 82.0], [80.0, 81.0], 1.0),
    "decimal fractions": ([80.1, 79.9, 0.3], [79.1, 78.9, -0.7], 1.0),
    "a small step of large scores": ([80.001, 79.901, 80.3], [80.0, 79.9, 80.299], 0.001),
    "averaged in float32": (
        np.array([350, 345, 341], np.float32) / np.float32(360),
        np.array([340, 335, 331], np.float32) / np.float32(360),
        10 / 360,
    ),
}


@pytest.mark.parametrize(("treatment", "baseline", "mean"), CONSTANT.values(), ids=CONSTANT)
def test_identical_differences_have_no_interval_and_no_p(treatment, baseline, mean):
    result = paired_difference(treatment, baseline)
    assert result.mean == pytest.approx(mean, rel=1e-5)
    assert (result.n, result.sd) == (len(treatment), 0.0)
    assert (result.low, result.high, result.p) == (None, None, None)
    differences = seed_differences(treatment, baseline)
    assert len(differences) == len(treatment)
    assert len(set(differences)) == 1
    assert p_below(differences, 5.0) is None
    assert p_above(differences, -5.0) is None


def test_the_guard_is_needed():
    # Without it, rounding alone is a finding: these differences are all 10 / 360.
    treatment, baseline, _ = CONSTANT["averaged in float32"]
    differences = [float(t) - float(b) for t, b in zip(treatment, baseline, strict=True)]
    assert len(set(differences)) > 1
    assert stats.ttest_1samp(differences, 0).pvalue < 1e-10


@pytest.mark.parametrize("differences", [[], [1.0], [0.5, 0.5], [0.1 + 0.2, 0.3, 0.3]])
def test_without_spread_there_is_no_one_sided_test(differences):
    assert p_below(differences, 1.0) is None
    assert p_above(differences, 1.0) is None


def test_one_image_of_a_large_test_set_is_a_difference():
    # 50,000 images; one of them differs in one of three seeds.
    baseline = [81.600, 81.602, 81.604]
    assert paired_difference([81.600, 81.602, 81.606], baseline).p == pytest.approx(
        0.42265, abs=1e-5
    )


# --- properties ---


@pure
@given(spread_pairs, st.randoms(use_true_random=False))
def test_the_order_of_seeds_is_irrelevant(pairs, random):
    before, after = compared(pairs), compared(random.sample(pairs, len(pairs)))
    assert after.mean == pytest.approx(before.mean, rel=1e-12)
    assert after.p == pytest.approx(before.p, rel=1e-6)


def test_the_pairing_of_seeds_is_not():
    baseline, treatment = [70.0, 75.0, 80.0], [71.0, 76.1, 80.9]
    assert paired_difference(treatment, baseline).p < 0.01
    assert paired_difference(treatment[::-1], baseline).p > 0.5


@pure
@given(spread_pairs, st.lists(st.integers(-100, 100), min_size=12, max_size=12))
def test_what_a_seed_does_to_both_cells_cancels(pairs, effects):
    treatment, baseline = zip(*pairs, strict=True)
    moved, base = (
        [score + effect for score, effect in zip(scores, effects, strict=False)]
        for scores in (treatment, baseline)
    )
    before, after = paired_difference(treatment, baseline), paired_difference(moved, base)
    assert after.mean == pytest.approx(before.mean, abs=1e-9)
    assert after.p == pytest.approx(before.p, rel=1e-6)


@pure
@given(spread_pairs, st.floats(1e-3, 1e3))
def test_a_change_of_unit_scales_the_interval_and_keeps_p(pairs, unit):
    treatment, baseline = zip(*pairs, strict=True)
    before = paired_difference(treatment, baseline)
    after = paired_difference([t * unit for t in treatment], [b * unit for b in baseline])
    for field in ("mean", "sd", "low", "high"):
        expected = getattr(before, field) * unit
        assert getattr(after, field) == pytest.approx(expected, abs=1e-9 * unit)
    assert after.p == pytest.approx(before.p, rel=1e-6)


@pure
@given(spread_pairs)
def test_exchanging_the_cells_mirrors_the_interval_and_keeps_p(pairs):
    treatment, baseline = zip(*pairs, strict=True)
    one, other = paired_difference(treatment, baseline), paired_difference(baseline, treatment)
    assert other.mean == -one.mean
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
    assert other.p == pytest.approx(one.p)


@pure
@given(pairs)
def test_p_exists_exactly_where_the_exact_differences_vary(pairs):
    result = compared(pairs)
    varies = len(exact_differences(pairs)) > 1
    assert (result.p is not None, result.low is not None, result.sd != 0) == (varies,) * 3
    assert result.p is None or 0 < result.p <= 1


@pure
@given(spread_lists, score)
def test_below_and_above_are_complements(differences, bound):
    below, above = p_below(differences, bound), p_above(differences, bound)
    assert below + above == pytest.approx(1)
    assert 0 < below < 1


@pure
@given(spread_lists, score)
def test_a_change_of_sign_turns_below_into_above(differences, bound):
    mirrored = p_above([-difference for difference in differences], -bound)
    assert mirrored == pytest.approx(p_below(differences, bound))


@pure
@given(spread_lists, score, st.floats(0, 100))
def test_a_higher_bound_is_easier_to_stay_below(differences, bound, step):
    assert p_below(differences, bound + step) <= p_below(differences, bound)
    assert p_above(differences, bound + step) >= p_above(differences, bound)


@pure
@given(spread_pairs)
def test_the_two_sided_p_is_twice_the_smaller_one_sided(pairs):
    treatment, baseline = zip(*pairs, strict=True)
    differences = seed_differences(treatment, baseline)
    smaller = min(p_below(differences, 0.0), p_above(differences, 0.0))
    assert paired_difference(treatment, baseline).p == pytest.approx(2 * smaller)


@pure
@given(spread_lists, score, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_interval_excludes_a_bound_exactly_if_a_test_rejects_it(differences, bound, confidence):
    result = paired_difference(differences, [0.0] * len(differences), confidence)
    assume(min(abs(result.low - bound), abs(result.high - bound)) > 1e-6)
    alpha = (1 - confidence) / 2
    assert (result.high < bound) == (p_below(differences, bound) < alpha)
    assert (result.low > bound) == (p_above(differences, bound) < alpha)


@pure
@given(pairs)
def test_differences_stay_within_rounding_of_the_exact_ones(pairs):
    treatment, baseline = zip(*pairs, strict=True)
    for t, b, difference in zip(
        treatment, baseline, seed_differences(treatment, baseline), strict=True
    ):
        assert difference == pytest.approx(float(Fraction(t) - Fraction(b)), abs=1e-11)


# --- bad input ---


def test_cells_of_different_length_are_not_paired():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        paired_difference([1.0, 2.0, 3.0], [1.0, 2.0])
    assert str(error.value) == (
        "treatment has 3 values and baseline has 2, expected one of each per seed"
    )


@pytest.mark.parametrize("cell", ["treatment", "baseline"])
def test_a_score_that_is_no_number_is_named(cell):
    scores = {"treatment": [1.0, 2.0], "baseline": [1.0, 2.0], cell: [1.0, math.nan]}
    with pytest.raises(ValueError) as error:  # noqa: PT011
        paired_difference(scores["treatment"], scores["baseline"])
    assert str(error.value) == (
        f"{cell}: value 2 of 2 is nan, expected a finite number; leave missing scores out"
    )


@pytest.mark.parametrize("p_one_sided", [p_below, p_above])
def test_a_one_sided_test_refuses_what_is_no_number(p_one_sided):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        p_one_sided([math.inf, 1.0], 0.0)
    assert str(error.value) == (
        "differences: value 1 of 2 is inf, expected a finite number; leave missing scores out"
    )
    with pytest.raises(ValueError) as error:  # noqa: PT011
        p_one_sided([0.0, 1.0], math.nan)
    assert str(error.value) == "bound is nan, expected a finite number"


def test_confidence_is_a_fraction():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        paired_difference([1.0, 2.0], [2.0, 2.0], confidence=95)
    assert str(error.value) == "confidence is 95, expected a number between 0 and 1"

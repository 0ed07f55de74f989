import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from ablate.stats import unpaired_difference, unpaired_p_above, unpaired_p_below


@pytest.mark.parametrize(("n", "m"), [(2, 2), (4, 6), (12, 3)])
def test_it_is_welchs_test_of_scipy(n, m):
    rng = np.random.default_rng(n)
    treatment, baseline = rng.normal(1, 1, n), rng.normal(0, 3, m)
    theirs = ttest_ind(treatment, baseline, equal_var=False)
    ours = unpaired_difference(treatment.tolist(), baseline.tolist(), confidence=0.9)
    interval = theirs.confidence_interval(0.9)
    assert (ours.n, ours.others) == (n, m)
    assert ours.mean == pytest.approx(treatment.mean() - baseline.mean())
    assert ours.p == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("bound", [-2.0, 0.0, 1.5])
def test_one_sided_tests_are_those_of_scipy_from_any_bound(bound):
    rng = np.random.default_rng(3)
    treatment, baseline = rng.normal(1, 1, 4), rng.normal(0, 3, 6)
    for ours, way in ((unpaired_p_below, "less"), (unpaired_p_above, "greater")):
        theirs = ttest_ind(treatment - bound, baseline, equal_var=False, alternative=way)
        assert ours(treatment.tolist(), baseline.tolist(), bound) == pytest.approx(theirs.pvalue)


def test_a_cell_without_a_spread_leaves_the_other_ones():
    ours = unpaired_difference([1.0, 1.0], [2.0, 3.0, 4.0])
    alone = ttest_1samp([2.0, 3.0, 4.0], 1.0)
    assert ours.p == pytest.approx(alone.pvalue)


@pytest.mark.parametrize(
    ("treatment", "baseline", "mean"),
    [([1.0], [2.0, 3.0], -1.5), ([], [1.0], None), ([1.0, 1.0], [3.0, 3.0], -2.0)],
)
def test_what_so_few_cannot_say_is_none(treatment, baseline, mean):
    ours = unpaired_difference(treatment, baseline)
    assert ours.mean == mean
    assert (ours.low, ours.high, ours.p) == (None,) * 3
    assert unpaired_p_below(treatment, baseline, 0.0) is None


def test_it_holds_five_percent_where_spreads_and_sizes_differ():
    rng = np.random.default_rng(0)
    found = [
        unpaired_difference(rng.normal(0, 1, 10).tolist(), rng.normal(0, 4, 5).tolist()).p <= 0.05
        for _ in range(10_000)
    ]
    assert np.mean(found) == pytest.approx(0.05, abs=0.01)

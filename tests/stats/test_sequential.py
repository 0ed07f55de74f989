import numpy as np
import pytest
from scipy.stats import ttest_1samp

from ablate.stats import paired_difference, repeated, thresholds, unpaired_difference


def ends(samples, looks, limits):
    """Whether each sample is ever found above 0, and after how many seeds it is left."""
    found, used = np.zeros(len(samples), dtype=bool), np.full(len(samples), looks[-1])
    for n, limit in zip(looks, limits, strict=True):
        p = ttest_1samp(samples[:, :n], 0, axis=1, alternative="greater").pvalue
        now = ~found & (p <= limit)
        used[now] = n
        found |= now
    return found, used


@pytest.mark.parametrize(
    ("looks", "alpha"), [((3, 4, 5, 6, 7, 8), 0.05), ((3, 6, 12), 0.025), ((5, 10), 0.005)]
)
def test_all_looks_together_err_as_often_as_one(looks, alpha):
    samples = np.random.default_rng(7).normal(0, 1, (200_000, looks[-1]))
    found, _ = ends(samples, looks, thresholds(looks, alpha))
    assert np.mean(found) == pytest.approx(alpha, rel=0.06)


def test_looking_again_without_being_stricter_would_err_more():
    looks = (3, 4, 5, 6, 7, 8)
    samples = np.random.default_rng(7).normal(0, 1, (50_000, looks[-1]))
    found, _ = ends(samples, looks, [0.05] * len(looks))
    assert np.mean(found) > 0.1


def test_a_clear_effect_is_found_early_and_hardly_any_is_lost():
    looks = tuple(range(3, 13))
    samples = np.random.default_rng(8).normal(2.5, 1, (20_000, looks[-1]))
    found, used = ends(samples, looks, thresholds(looks, 0.025))
    assert np.mean(found) > 0.99
    assert np.mean(used) < 7


def test_one_look_is_one_test():
    assert thresholds((5,), 0.05) == pytest.approx((0.05,), rel=0.01)
    assert thresholds(range(3, 6), 0.05) == thresholds((3, 4, 5), 0.05)


@pytest.mark.parametrize("looks", [(), (1, 2), (4, 4), (5, 3)])
def test_looks_must_grow(looks):
    with pytest.raises(ValueError, match=r"expected growing numbers of seeds from 2"):
        thresholds(looks, 0.05)


def test_repeated_intervals_hold_the_truth_wherever_looking_ends():
    looks, truth = (3, 4, 5, 6, 7, 8), 0.8
    limits, open_ends = thresholds(looks, 0.025), thresholds(looks, 0.05)
    samples = np.random.default_rng(9).normal(truth, 1, (3000, looks[-1]))
    _, used = ends(samples, looks, open_ends)
    missed = plain = 0
    for sample, n in zip(samples.tolist(), used, strict=True):
        d = paired_difference(sample[:n], [0.0] * n)
        held = repeated(d, limits[n - looks[0]])
        missed += not held.low <= truth <= held.high
        plain += not d.low <= truth <= d.high
    assert missed / 3000 <= 0.05 + 3 * (0.05 * 0.95 / 3000) ** 0.5
    assert plain > 1.2 * missed


def test_what_has_no_interval_keeps_none():
    same = paired_difference([1.0, 1.0], [0.0, 0.0])
    unpaired = unpaired_difference([1.0, 2.0], [0.0, 1.5])
    assert repeated(same, 0.01) == same
    assert repeated(unpaired, 0.01) == unpaired

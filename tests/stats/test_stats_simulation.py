"""The promises of `ablate.stats`, kept on made-up studies whose truth is known.

A share of 20,000 replications near 5 % has a standard error of 0.15 points, one of 10,000 has 0.22:
"within 1 point" is 6.5 and 4.6 standard errors, so a method that keeps its promise passes and one
that is off by 2 points fails. Power near 80 % has 0.4 points at 10,000, a fifth of the 2 allowed.
"""

import math

import numpy as np
import pytest

from ablate.stats import (
    detectable,
    estimate,
    holm,
    p_above,
    p_below,
    paired_difference,
    seed_differences,
)

MANY, ENOUGH = 20_000, 10_000
TRUTH = 75.0


def within(value, margin):
    return pytest.approx(value, abs=margin)


# --- coverage of the interval ---


def coverage(interval, n, replications=MANY):
    """How often the interval of n scores contains the true mean."""
    samples = np.random.default_rng(n).normal(TRUTH, 2.0, (replications, n))
    bounds = [interval(sample) for sample in samples]
    return np.mean([low <= TRUTH <= high for low, high in bounds])


def ours(sample):
    result = estimate(sample.tolist())
    return result.low, result.high


def normal(sample):
    half = 1.96 * np.std(sample, ddof=1) / math.sqrt(len(sample))
    return np.mean(sample) - half, np.mean(sample) + half


RESAMPLES = np.random.default_rng(0).random((1_000, 10))


def percentile_bootstrap(sample):
    drawn = (RESAMPLES[:, : len(sample)] * len(sample)).astype(int)
    return np.quantile(sample[drawn].mean(axis=1), [0.025, 0.975])


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_interval_covers_the_truth_in_95_percent(n):
    assert coverage(ours, n) == within(0.95, 0.01)


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_normal_interval_would_not(n):
    assert coverage(normal, n) < 0.93


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_percentile_bootstrap_would_not(n):
    assert coverage(percentile_bootstrap, n, replications=2_000) < 0.92


def test_how_far_off_they_are_at_three_seeds():
    assert coverage(normal, 3) == within(0.81, 0.01)
    # 2,000 replications: a standard error of 1 point
    assert coverage(percentile_bootstrap, 3, replications=2_000) == within(0.74, 0.03)


# --- error rates of the paired tests ---


def paired_scores(n, effect=0.0, replications=MANY):
    """Replications × (treatment, baseline) × seeds; the seeds move both cells together."""
    rng = np.random.default_rng(n)
    seeds = rng.normal(TRUTH, 5.0, (replications, 1, n))
    # Noise of sqrt(1/2) in each cell, so that the differences have an SD of 1.
    cells = seeds + rng.normal(0.0, math.sqrt(0.5), (replications, 2, n))
    cells[:, 0] += effect
    return cells.tolist()


@pytest.mark.parametrize("n", [3, 5, 10])
def test_one_sided_tests_are_wrong_in_5_percent(n):
    differences = [seed_differences(*cells) for cells in paired_scores(n)]
    assert np.mean([p_below(d, 0.0) < 0.05 for d in differences]) == within(0.05, 0.01)
    assert np.mean([p_above(d, 0.0) < 0.05 for d in differences]) == within(0.05, 0.01)


@pytest.mark.parametrize("n", [3, 5, 10])
def test_one_sided_tests_at_a_margin_are_wrong_in_5_percent(n):
    scores = paired_scores(n, effect=-0.5)
    pvalues = [p_above(seed_differences(*cells), -0.5) for cells in scores]
    assert np.mean([p < 0.05 for p in pvalues]) == within(0.05, 0.01)


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_two_sided_test_is_wrong_in_5_percent(n):
    pvalues = [paired_difference(*cells).p for cells in paired_scores(n)]
    assert np.mean([p < 0.05 for p in pvalues]) == within(0.05, 0.01)


# --- power ---


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_detectable_difference_is_found_in_80_percent_one_sided(n):
    scores = paired_scores(n, detectable(n, sides=1), ENOUGH)
    found = [p_above(seed_differences(*cells), 0.0) < 0.05 for cells in scores]
    assert np.mean(found) == within(0.80, 0.02)


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_detectable_difference_is_found_in_80_percent_two_sided(n):
    scores = paired_scores(n, detectable(n, sides=2), ENOUGH)
    found = [paired_difference(*cells).low > 0 for cells in scores]
    assert np.mean(found) == within(0.80, 0.02)


# --- many contrasts ---


def family_pvalues(baselines, n=5, contrasts=5, real=0):
    """Replications × contrasts; the first `real` contrasts have an effect, the others have none."""
    rng = np.random.default_rng(n)
    treatments = rng.normal(TRUTH, 1.0, (ENOUGH, contrasts, n))
    treatments[:, :real] += 5.0
    baseline = rng.normal(TRUTH, 1.0, (ENOUGH, baselines, n))
    differences = (treatments - baseline).tolist()
    return [[2 * min(p_below(d, 0.0), p_above(d, 0.0)) for d in family] for family in differences]


def any_below(families, start=0):
    return np.mean([min(family[start:]) < 0.05 for family in families])


def test_holm_makes_one_false_finding_in_5_percent_of_studies():
    # Five independent contrasts, none real: 1 - (1 - 0.05 / 5)^5 = 4.9 %, unadjusted 22.6 %.
    families = family_pvalues(baselines=5)
    assert any_below([holm(family) for family in families]) == within(0.049, 0.01)
    assert any_below(families) == within(0.226, 0.02)


def test_holm_holds_where_the_contrasts_share_a_baseline():
    families = family_pvalues(baselines=1)
    assert 0.01 < any_below([holm(family) for family in families]) < 0.06
    assert any_below(families) > 0.12


def test_holm_holds_beside_real_effects():
    families = family_pvalues(baselines=5, real=2)
    adjusted = [holm(family) for family in families]
    assert any_below(adjusted, start=2) < 0.06
    assert any_below(families, start=2) > 0.12
    assert any_below(adjusted) > 0.9

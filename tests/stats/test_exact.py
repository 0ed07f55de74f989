import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from ablate.stats import sign_flip


def by_hand(differences):
    """Every pattern of signs, one by one."""
    seen = abs(math.fsum(differences))
    flips = [
        abs(math.fsum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(flip >= seen - 1e-9 for flip in flips) / len(flips)


@given(st.lists(st.integers(-20, 20), min_size=6, max_size=8))
@settings(deadline=None, max_examples=50)
def test_every_pattern_of_signs_counts_once(differences):
    expected = None if len(set(differences)) == 1 else pytest.approx(by_hand(differences))
    assert sign_flip(differences) == expected


def test_it_is_the_permutation_test_of_scipy():
    differences = np.random.default_rng(0).normal(0.5, 1, 9)
    theirs = permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert sign_flip(differences.tolist()) == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("n", [0, 1, 5, 21])
def test_too_few_or_too_many_seeds_have_no_such_test(n):
    assert sign_flip(list(range(n))) is None


def test_the_smallest_p_value_is_two_patterns_of_all():
    assert sign_flip([1, 2, 3, 4, 5, 6]) == 2 / 64
    assert sign_flip([2.0] * 6) is None


def test_without_an_effect_it_finds_one_in_at_most_five_percent():
    # Skewed in both directions alike: symmetry is all that the test asks for.
    samples = np.random.default_rng(1).laplace(0, 1, (5_000, 8)) ** 3
    found = np.mean([sign_flip(sample.tolist()) <= 0.05 for sample in samples])
    assert found == pytest.approx(0.05, abs=0.013)  # 12 / 256 is the largest below 0.05

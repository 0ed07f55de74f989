"""Pairs of rows: which test they get, and what no order or label of seeds may change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind, ttest_rel

from ablate.analysis.pairs import Pair

OURS = {0: 71.0, 1: 72.5, 2: 70.0, 5: 73.0}
THEIRS = {0: 69.0, 2: 69.5, 5: 70.0, 7: 68.0}
ELSEWHERE = {10: 69.0, 11: 69.5, 12: 70.5}


def test_shared_seeds_are_paired_and_the_others_left_out():
    pair = Pair(treated=OURS, base=THEIRS)
    theirs = ttest_rel([71.0, 70.0, 73.0], [69.0, 69.5, 70.0])
    assert (pair.seeds, pair.difference.n, pair.difference.others) == ((0, 2, 5), 3, None)
    assert pair.difference.p == pytest.approx(theirs.pvalue)
    assert pair.above(0.0) == pytest.approx(theirs.pvalue / 2)


@pytest.mark.parametrize("base", [ELSEWHERE, {0: 69.0, **ELSEWHERE}])
def test_with_fewer_than_two_in_common_it_is_welchs_test(base):
    pair = Pair(treated=OURS, base=base)
    theirs = ttest_ind(list(OURS.values()), list(base.values()), equal_var=False)
    assert (pair.difference.n, pair.difference.others) == (4, len(base))
    assert pair.difference.p == pytest.approx(theirs.pvalue)
    assert pair.below(0.0) == pytest.approx(1 - theirs.pvalue / 2)


def test_one_seed_on_one_side_has_no_test():
    alone = Pair(treated={0: 71.0}, base={0: 70.0, **ELSEWHERE})
    assert (alone.difference.mean, alone.difference.p) == (1.0, None)
    assert Pair(treated={3: 71.0}, base=ELSEWHERE).difference is None


def test_of_some_seeds_only():
    pair = Pair(treated=OURS, base=THEIRS).only([0, 1, 2])
    assert pair == Pair(treated={0: 71.0, 1: 72.5, 2: 70.0}, base={0: 69.0, 2: 69.5})


rows = st.dictionaries(st.integers(0, 9), st.integers(0, 360).map(float), max_size=8)


@given(rows, rows, st.integers(-50, 50), st.permutations(range(10)))
def test_only_the_differences_of_seeds_matter(ours, theirs, shift, names):
    pair = Pair(treated=ours, base=theirs)
    moved = Pair(
        treated={seed: score + shift for seed, score in ours.items()},
        base={seed: score + shift for seed, score in theirs.items()},
    )
    renamed = Pair(
        treated={names[seed]: score for seed, score in reversed(ours.items())},
        base={names[seed]: score for seed, score in theirs.items()},
    )
    for other in (moved, renamed):
        assert _numbers(other) == pytest.approx(_numbers(pair), abs=1e-9)
    turned = Pair(treated=theirs, base=ours)
    assert turned.below(0.0) == pytest.approx(pair.above(0.0), abs=1e-9)


def _numbers(pair):
    d = pair.difference
    found = [d.n, d.mean, d.low, d.high, d.p] if d else []
    return [-1.0 if value is None else value for value in (*found, pair.below(1.0))]

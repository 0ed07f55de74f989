import numpy as np
import pytest
from scipy import stats

from ablate.stats import dunnett
from ablate.stats.dunnett import exceeds


# Two-sided 5 % and 1 % points: Dunnett, "New Tables for Multiple Comparisons with a Control", 1964.
@pytest.mark.parametrize(
    ("critical", "count", "df", "alpha"),
    [
        (2.57, 1, 5, 0.05),
        (3.03, 2, 5, 0.05),
        (3.29, 3, 5, 0.05),
        (2.57, 2, 10, 0.05),
        (2.54, 3, 20, 0.05),
        (2.90, 9, 24, 0.05),
        (4.63, 2, 5, 0.01),
        (3.22, 3, 24, 0.01),
    ],
)
def test_the_published_tables(critical, count, df, alpha):
    assert exceeds(critical, count, df) == pytest.approx(alpha, rel=0.015)


def test_with_one_treatment_it_is_students_t():
    for t, df in [(0.3, 2), (2.1, 7), (6.0, 40)]:
        assert exceeds(t, 1, df) == pytest.approx(2 * stats.t.sf(t, df), abs=1e-6)


@pytest.mark.parametrize("t", [20.0, 100.0, 1e4])
def test_no_difference_is_so_large_that_it_cannot_be_chance(t):
    alone = 2 * stats.t.sf(t, 8)
    assert 0 < alone <= exceeds(t, 3, 8) <= 3 * alone


def test_it_is_scipys_test_where_that_applies():
    rng = np.random.default_rng(0)
    control, *treatments = rng.normal(0, 1, (4, 8)) + np.array([[0], [0.4], [1.2], [2.0]])
    theirs = stats.dunnett(*treatments, control=control, rng=1)
    ours = [exceeds(abs(t), 3, 28) for t in theirs.statistic]
    assert ours == pytest.approx(theirs.pvalue.tolist(), abs=2e-3)


def test_seeds_are_blocks():
    rng = np.random.default_rng(3)
    luck = rng.normal(0, 50, 6)
    table = rng.normal(0, 1, (4, 6)) + np.array([[0], [0], [0], [3]])
    calm = dunnett(table[1:].tolist(), table[0].tolist())
    stormy = dunnett((table[1:] + luck).tolist(), (table[0] + luck).tolist())
    assert stormy == pytest.approx(calm, abs=1e-9)
    assert calm[2] < 0.01 < min(calm[:2])


@pytest.mark.slow
def test_without_any_effect_one_is_found_in_five_percent_of_studies():
    rng = np.random.default_rng(4)
    tables = rng.normal(0, 1, (4_000, 4, 5)) + rng.normal(0, 3, (4_000, 1, 5))
    found = [min(dunnett(t[1:].tolist(), t[0].tolist())) <= 0.05 for t in tables]
    assert np.mean(found) == pytest.approx(0.05, abs=0.012)


def test_what_cannot_be_tested_is_none():
    assert dunnett([[1.0]], [2.0]) == (None,)
    assert dunnett([[1.0, 2.0], [5.0, 6.0]], [3.0, 4.0]) == (None, None)
    assert dunnett([], [1.0, 2.0]) == ()
    with pytest.raises(ValueError, match=r"scores per cell are \[2, 1\], expected one per seed"):
        dunnett([[1.0]], [1.0, 2.0])

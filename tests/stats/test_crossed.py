import numpy as np
import pytest
from scipy.stats import ttest_1samp

from ablate.stats import crossed

TRUTH = 2.0


def table(rng, seeds, images, by_seed, by_image, rest):
    """Differences with a known truth and three sources of spread."""
    return (
        TRUTH
        + rng.normal(0, by_seed, (seeds, 1))
        + rng.normal(0, by_image, (1, images))
        + rng.normal(0, rest, (seeds, images))
    )


def covers(interval):
    return interval[0] <= TRUTH <= interval[1]


@pytest.mark.parametrize(
    ("seeds", "images", "spreads"),
    [(3, 40, (1, 0.1, 3)), (5, 30, (1, 6, 1)), (10, 20, (0.0, 2, 4)), (4, 50, (0.5, 3, 3))],
)
def test_the_interval_over_both_covers_the_truth(seeds, images, spreads):
    rng = np.random.default_rng(seeds)
    tables = [table(rng, seeds, images, *spreads) for _ in range(2_000)]
    covered = np.mean([covers(crossed(t, np.zeros_like(t)).over_both) for t in tables])
    assert covered > 0.935  # by one and a half points below 95 %: 3 standard errors
    assert covered < 0.995


def test_over_images_alone_it_is_the_paired_t_interval_of_the_images():
    rng = np.random.default_rng(0)
    ours, theirs = rng.integers(0, 2, (2, 5, 60)).astype(float)
    found = crossed(ours, theirs, confidence=0.9)
    by_image = ttest_1samp((ours - theirs).mean(0), 0).confidence_interval(0.9)
    assert found.over_images == pytest.approx((by_image.low, by_image.high))
    assert (found.seeds, found.images) == (5, 60)
    assert found.mean == pytest.approx((ours - theirs).mean())


@pytest.mark.parametrize("seed", range(20))
def test_over_both_is_never_narrower_than_over_one_of_them(seed):
    rng = np.random.default_rng(seed)
    ours = table(rng, 4, 60, *rng.uniform(0, 2, 3))
    found = crossed(ours, np.zeros_like(ours))
    over_seeds = ttest_1samp(ours.mean(1), 0).confidence_interval(0.95)
    half = (found.over_both[1] - found.over_both[0]) / 2
    assert half >= (over_seeds.high - over_seeds.low) / 2 - 1e-9
    assert half >= (found.over_images[1] - found.over_images[0]) / 2 - 1e-9


def test_seeds_that_all_agree_leave_the_images():
    ours = np.tile([1.0, 0.0, 1.0, 1.0], (3, 1))
    found = crossed(ours, np.zeros_like(ours))
    assert found.over_both == pytest.approx(found.over_images)


def test_a_table_without_a_spread_has_no_interval():
    same = [[1.0, 0.0], [1.0, 0.0]]
    assert crossed(same, same).over_both is None
    assert crossed([[1.0, 0.0]], [[0.0, 0.0]]).over_both is None
    assert crossed([[1.0]], [[0.0]]).over_images is None


@pytest.mark.parametrize("other", [[[1.0]], [[]], [1.0, 2.0]])
def test_tables_must_be_alike(other):
    with pytest.raises(ValueError, match="expected seeds × images for both"):
        crossed([[1.0, 2.0]], other)


def test_it_does_not_explode_where_the_residual_eats_the_margins():
    """Few degrees of freedom are left if the sum is less than its parts; then the parts speak."""
    widest = 0.0
    for seed in range(300):
        ours = np.random.default_rng(seed).normal(0, 1, (5, 40))
        found = crossed(ours, np.zeros_like(ours))
        over_seeds = ttest_1samp(ours.mean(1), 0).confidence_interval(0.95)
        single = max(over_seeds.high - over_seeds.low, found.over_images[1] - found.over_images[0])
        widest = max(widest, (found.over_both[1] - found.over_both[0]) / single)
    assert widest < 2

"""Intervals that account for the choice of test images as well as of seeds.

The scores of a cell form a table, seeds × images, and both are samples. What each adds to the
variance of a mean difference is taken from the table's two-way analysis of variance (Searle,
Casella & McCulloch, "Variance Components", 4.7), with degrees of freedom after Satterthwaite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ablate.stats._student import t_quantile
from ablate.stats._values import fraction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    Table = np.ndarray[tuple[int, int], np.dtype[np.float64]]

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """Intervals of a mean difference. One is None where the table has no such variance."""

    seeds: int
    images: int
    mean: float
    over_images: Interval | None
    """These networks, another test set."""
    over_both: Interval | None
    """Other seeds and another test set."""
    confidence: float


def crossed(
    treatment: ArrayLike,
    baseline: ArrayLike,
    confidence: float = 0.95,
) -> Crossed:
    """Intervals of the mean of treatment − baseline, each seeds × images in the same order.

    Raises ValueError for tables that are empty or not of one shape.
    """
    import numpy as np

    fraction(confidence, "confidence")
    ours, theirs = np.asarray(treatment, dtype=float), np.asarray(baseline, dtype=float)
    if ours.shape != theirs.shape or ours.ndim != 2 or 0 in ours.shape:
        shapes = f"treatment is {ours.shape} and baseline {theirs.shape}"
        raise ValueError(f"{shapes}, expected seeds × images for both")
    table = ours - theirs
    seeds, images = table.shape
    mean = float(table.mean())
    by_images = _half([(_by_images(table), images - 1)], confidence)
    parts = _parts(table)
    # More degrees of freedom could make the whole narrower than one part: it never is.
    halves = [_half(some, confidence) for some in (parts, parts[:1], parts[1:2])]
    return Crossed(
        seeds=seeds,
        images=images,
        mean=mean,
        over_images=_around(mean, by_images),
        over_both=_around(mean, max(halves)),
        confidence=confidence,
    )


def _by_images(table: Table) -> float:
    """The variance of the mean over all seeds due to the choice of images."""
    images = table.shape[1]
    return float(table.mean(0).var(ddof=1)) / images if images > 1 else 0.0


def _parts(table: Table) -> list[tuple[float, int]]:
    """The components of the variance of the mean, each with its degrees of freedom.

    The residual is in both margins and is subtracted once. None where one margin is a single value.
    """
    seeds, images = table.shape
    if seeds < 2 or images < 2:
        return []
    by_seeds = float(table.mean(1).var(ddof=1)) / seeds
    left = table - table.mean(0) - table.mean(1)[:, None] + table.mean()
    df = (seeds - 1) * (images - 1)
    residual = float((left**2).sum()) / df / (seeds * images)
    return [(by_seeds, seeds - 1), (_by_images(table), images - 1), (-residual, df)]


def _half(parts: list[tuple[float, int]], confidence: float) -> float:
    """Half the width of the interval whose variance is the sum of the parts; 0 if there are none.

    The sum is never taken to be less than its largest part: the subtracted part is an estimate too.
    """
    variance = max([sum(part for part, _ in parts), *(part for part, _ in parts)], default=0.0)
    if variance <= 0:
        return 0.0
    df = variance**2 / sum(part**2 / df for part, df in parts)
    return t_quantile((1 + confidence) / 2, df) * math.sqrt(variance)


def _around(mean: float, half: float) -> Interval | None:
    return (mean - half, mean + half) if half > 0 else None

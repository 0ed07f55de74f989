"""Significance thresholds for a test that is repeated as seeds are added.

Repeated testing inflates the error far beyond 5 %. Here each look spends a part of the
error (Lan & DeMets, "Discrete Sequential Boundaries for Clinical Trials", 1983): by look k the
fraction of the planned seeds that have been run. Under the null hypothesis the sequence of
t-statistics of a growing normal sample has one distribution, whatever its mean and variance, so the
thresholds come from simulating it: with heavy tails at the smallest samples, and with the
dependence between looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ablate.stats._student import t_quantile
from ablate.stats._values import fraction
from ablate.stats.paired import Difference

if TYPE_CHECKING:
    import numpy as np

PATHS = 1_000_000
CHUNK = 100_000


def thresholds(looks: Sequence[int], alpha: float) -> tuple[float, ...]:
    """The one-sided p-value below which the test ends, for each look after so many seeds.

    The probability of ever ending under the null hypothesis is `alpha`. Raises ValueError unless
    the looks grow from two seeds or more.
    """
    looks = tuple(looks)
    if not looks or looks[0] < 2 or any(a >= b for a, b in pairwise(looks)):
        raise ValueError(f"looks are {looks}, expected growing numbers of seeds from 2")
    return _thresholds(looks, fraction(alpha, "alpha"))


def repeated(difference: Difference, limit: float) -> Difference:
    """The difference with its repeated interval: what the test of a look does not exclude.

    With the looks' thresholds at half of 1 − confidence as limits, the intervals of all looks
    together hold the truth with that confidence, whenever and why ever looking ends (Jennison &
    Turnbull, "Group Sequential Methods", 2000, chapter 9). An unpaired
    difference keeps its own.
    """
    if difference.mean is None or not difference.sd or difference.others is not None:
        return difference
    half = t_quantile(1 - fraction(limit, "limit"), difference.n - 1) * difference.sd
    half /= math.sqrt(difference.n)
    return replace(difference, low=difference.mean - half, high=difference.mean + half)


@cache
def _thresholds(looks: tuple[int, ...], alpha: float) -> tuple[float, ...]:
    import numpy as np
    from scipy.special import stdtr

    statistics = _paths(looks)
    going = np.ones(PATHS, dtype=bool)
    spent, found = 0, []
    for n, t in zip(looks, statistics, strict=True):
        ends = round(alpha * n / looks[-1] * PATHS) - spent
        spent += ends
        largest = np.partition(t[going], -ends)[-ends]
        found.append(float(stdtr(n - 1, -largest)))
        going &= t < largest
    return tuple(found)


@cache
def _paths(looks: tuple[int, ...]) -> list[np.ndarray]:
    """Simulated t-statistics under the null hypothesis: for each look, one per path."""
    import numpy as np

    rng = np.random.default_rng(0)
    parts = [_t(rng.standard_normal((CHUNK, looks[-1])), looks) for _ in range(PATHS // CHUNK)]
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def _t(sample: np.ndarray, looks: tuple[int, ...]) -> list[np.ndarray]:
    """The statistic of the first n values, for each n."""
    import numpy as np

    ns = np.asarray(looks)
    sums, squares = sample.cumsum(1)[:, ns - 1], (sample**2).cumsum(1)[:, ns - 1]
    variance = (squares - sums**2 / ns) / (ns - 1)
    return list((sums / np.sqrt(ns * variance)).T.astype(np.float32))

"""The mean of a cell over its seeds, with an interval that holds even at three seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ablate.stats._student import t_quantile
from ablate.stats._values import deviation, finite, fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The mean of n values and its uncertainty. A field is None where n values cannot tell it.

    One value has a mean and no spread. Identical values have `sd == 0.0` and no interval: they do
    not show that the next seed would agree, which an interval of width zero would claim.
    """

    n: int
    mean: float | None
    sd: float | None  # of the sample (n - 1)
    low: float | None
    high: float | None
    confidence: float  # of the interval from low to high


def estimate(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Mean, standard deviation and Student's t interval of the values."""
    values = finite(values, "values")
    fraction(confidence, "confidence")
    n = len(values)
    mean = fmean(values) if n else None
    sd = deviation(values)
    low, high = _interval(mean, sd, n, confidence)
    return Estimate(n=n, mean=mean, sd=sd, low=low, high=high, confidence=confidence)


def _interval(
    mean: float | None, sd: float | None, n: int, confidence: float
) -> tuple[float, float] | tuple[None, None]:
    if mean is None or not sd:
        return None, None
    half = t_quantile((1 + confidence) / 2, df=n - 1) * sd / math.sqrt(n)
    return mean - half, mean + half

"""Welch's t-test, for two cells that share no seeds; their variances may differ."""

import math
from collections.abc import Sequence
from statistics import fmean

from ablate.stats._student import t_below, t_quantile
from ablate.stats._values import deviation, finite, finite_number, fraction
from ablate.stats.paired import Difference


def unpaired_difference(
    treatment: Sequence[float], baseline: Sequence[float], confidence: float = 0.95
) -> Difference:
    """The difference of the means, with Welch's interval (degrees after Satterthwaite).

    No interval and no p-value where a cell has fewer than two values, or both are constant.
    """
    treatment, baseline = finite(treatment, "treatment"), finite(baseline, "baseline")
    fraction(confidence, "confidence")
    mean = fmean(treatment) - fmean(baseline) if treatment and baseline else None
    error, df = _error(treatment, baseline)
    low = high = p = None
    if mean is not None and error and df:
        half = t_quantile((1 + confidence) / 2, df) * error
        low, high, p = mean - half, mean + half, 2 * t_below(-abs(mean / error), df)
    return Difference(
        n=len(treatment),
        others=len(baseline),
        mean=mean,
        sd=None,
        low=low,
        high=high,
        confidence=confidence,
        p=p,
    )


def unpaired_p_below(
    treatment: Sequence[float], baseline: Sequence[float], bound: float
) -> float | None:
    """One-sided p-value for "the true difference is below the bound"; None where no test exists."""
    finite_number(bound, "bound")
    error, df = _error(finite(treatment, "treatment"), finite(baseline, "baseline"))
    if not error or not df:
        return None
    return t_below((fmean(treatment) - fmean(baseline) - bound) / error, df)


def unpaired_p_above(
    treatment: Sequence[float], baseline: Sequence[float], bound: float
) -> float | None:
    """One-sided p-value for "the true difference is above the bound"."""
    return unpaired_p_below(baseline, treatment, -bound)


def _error(
    treatment: Sequence[float], baseline: Sequence[float]
) -> tuple[float, float] | tuple[None, None]:
    """The standard error of the difference, and its degrees of freedom."""
    spreads = deviation(treatment), deviation(baseline)
    if None in spreads or not any(spreads):
        return None, None
    sizes = len(treatment), len(baseline)
    parts = [(sd or 0.0) ** 2 / n for sd, n in zip(spreads, sizes, strict=True)]
    total = sum(parts)
    df = total**2 / sum(part**2 / (n - 1) for part, n in zip(parts, sizes, strict=True))
    return math.sqrt(total), df

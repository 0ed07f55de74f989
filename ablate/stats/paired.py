"""The paired t-test: two cells compared seed by seed.

Cells of a study share their seeds, so what a seed does to both cancels in the difference.
All tests are paired t-tests. Differences that are the same in every seed have no test: their
p-value would be 0, which no number of seeds can justify.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from ablate.stats._student import t_below
from ablate.stats._values import constant, deviation, finite, finite_number
from ablate.stats.estimate import estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Treatment minus baseline over n shared seeds; fields as in `Estimate`."""

    n: int
    others: int | None = None  # seeds of the baseline if none are shared; n is then the treatment's
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    confidence: float
    p: float | None  # two-sided, for H0: the true mean difference is 0


def paired_difference(
    treatment: Sequence[float], baseline: Sequence[float], confidence: float = 0.95
) -> Difference:
    """Treatment minus baseline, where both list the same seeds in the same order."""
    differences = seed_differences(treatment, baseline)
    spread = estimate(differences, confidence)
    t = _statistic(differences, bound=0.0)
    p = None if t is None else 2 * t_below(-abs(t), df=spread.n - 1)
    return Difference(**asdict(spread), p=p)


def seed_differences(treatment: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    """The difference at each seed, for `p_below` and `p_above`.

    Differences that agree up to the rounding of the scores are returned as identical. Only here is
    the magnitude of the scores known: 80.1 - 79.1 and 79.9 - 78.9 are both 1, but not the same
    float.
    """
    treatment, baseline = finite(treatment, "treatment"), finite(baseline, "baseline")
    if len(treatment) != len(baseline):
        sizes = f"treatment has {len(treatment)} values and baseline has {len(baseline)}"
        raise ValueError(f"{sizes}, expected one of each per seed")
    differences = tuple(t - b for t, b in zip(treatment, baseline, strict=True))
    if differences and constant(differences, scale=max(map(abs, treatment + baseline))):
        return (fmean(differences),) * len(differences)
    return differences


def p_below(differences: Sequence[float], bound: float) -> float | None:
    """One-sided p-value for "the true mean is below the bound" (H0: it is not).

    None where no test exists: fewer than two differences, or no spread among them.
    """
    t = _statistic(differences, bound)
    return None if t is None else t_below(t, df=len(differences) - 1)


def p_above(differences: Sequence[float], bound: float) -> float | None:
    """One-sided p-value for "the true mean is above the bound"; the mirror of `p_below`."""
    t = _statistic(differences, bound)
    return None if t is None else t_below(-t, df=len(differences) - 1)


def _statistic(differences: Sequence[float], bound: float) -> float | None:
    """The distance of the mean above the bound, in standard errors."""
    differences = finite(differences, "differences")
    finite_number(bound, "bound")
    sd = deviation(differences)
    if not sd:
        return None
    return (fmean(differences) - bound) / (sd / math.sqrt(len(differences)))

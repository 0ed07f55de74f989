"""Dunnett's test of several cells against one baseline, for cells that share seeds.

Dunnett, "A Multiple Comparison Procedure for Comparing Several Treatments with a Control", 1955.
The differences from one baseline share its noise and are therefore correlated, which Holm ignores.
Seeds are blocks: the error variance is that of the residuals after the effects of cell and seed,
assumed equal in all cells.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from ablate.stats._student import t_below
from ablate.stats._values import finite


def dunnett(
    treatments: Sequence[Sequence[float]], baseline: Sequence[float]
) -> tuple[float | None, ...]:
    """Adjusted two-sided p-values, one per treatment; scores are in the order of the seeds.

    None for fewer than two seeds, and where the residuals are zero. Raises ValueError unless
    all have a score for every seed of the baseline.
    """
    import numpy as np

    rows = [finite(baseline, "baseline"), *(finite(row, "treatment") for row in treatments)]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"scores per cell are {[len(row) for row in rows]}, expected one per seed")
    count, seeds = len(treatments), len(baseline)
    table = np.asarray(rows)
    left = table - table.mean(0) - table.mean(1)[:, None] + table.mean()
    df = count * (seeds - 1)
    if df < 1 or (left**2).sum() <= (1e-6 * abs(table).max()) ** 2 * df:
        return (None,) * count
    error = math.sqrt(2 * (left**2).sum() / df / seeds)
    return tuple(
        exceeds(abs(float(mean - table[0].mean())) / error, count, df) for mean in table[1:].mean(1)
    )


def exceeds(t: float, count: int, df: int) -> float:
    """The probability that the largest of `count` |t|, pairwise correlated by ½, exceeds t.

    Given the baseline's deviate z and the standard deviation s, the treatments are independent;
    the two remaining integrals are done by Gaussian quadrature. Far out, where that sees nothing,
    the probability is at least that of one t alone.
    """
    from scipy.special import ndtr

    z, z_weights = _normal_nodes()
    s, s_weights = _spread_nodes(df)
    reach = math.sqrt(2) * t * s[:, None]
    inside = (ndtr(z + reach) - ndtr(z - reach)) ** count
    alone = 2 * t_below(-t, df)
    return float(min(1.0, max(alone, 1 - s_weights @ (inside @ z_weights))))


@cache
def _normal_nodes() -> tuple[Any, Any]:
    import numpy as np

    x, weights = np.polynomial.hermite_e.hermegauss(64)
    return x, weights / weights.sum()


@cache
def _spread_nodes(df: int) -> tuple[Any, Any]:
    """√(χ² / df) at quadrature nodes of its quantiles."""
    import numpy as np
    from scipy.special import gammaincinv

    x, weights = np.polynomial.legendre.leggauss(256)
    return np.sqrt(2 * gammaincinv(df / 2, (x + 1) / 2) / df), weights / 2

"""The largest p-value over all values that lost runs could have had.

t = √n · mean / sd grows with the cosine Σx / (√n ‖x‖). For c ≥ 0 the points with Σx ≥ c ‖x‖ form
a convex cone. So where the mean lies beyond the bound whatever the lost values are, t is smallest
at a corner of the box of their ranges; nothing inside gives a larger p-value. Where the mean could
lie on the bound or on its other side, the largest p-value is a half or more, which shows nothing:
it is told as 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ablate.stats._student import t_below
from ablate.stats._values import ROUNDING, finite, finite_number

Range = tuple[float, float]
MOST = 12
"""With more lost values, and twice as many corners for each, the p-value is 1."""


def largest_p_above(
    known: Sequence[float], lost: Sequence[Range], bound: float = 0.0
) -> float | None:
    """One-sided p-value for "the true mean is above the bound", the largest within the ranges.

    None where no value is known, or there is no spread. Raises ValueError for NaN and infinity.
    """
    values = [value - finite_number(bound, "bound") for value in finite(known, "known")]
    if not values:
        return None
    ends = [(low - bound, high - bound) for low, high in lost]
    if sum(values) + sum(low for low, _ in ends) <= 0 or len(ends) > MOST:
        return 1.0
    corners = [(sum(values), sum(value * value for value in values))]
    for pair in ends:
        corners = [(s + end, squares + end * end) for s, squares in corners for end in pair]
    n = len(values) + len(ends)
    cosine = min(s / math.sqrt(n * squares) for s, squares in corners)
    if cosine**2 >= 1 - ROUNDING**2:
        return None
    return t_below(-math.sqrt((n - 1) / (1 - cosine**2)) * cosine, n - 1)


def largest_p_below(
    known: Sequence[float], lost: Sequence[Range], bound: float = 0.0
) -> float | None:
    """One-sided p-value for "the true mean is below the bound"; the mirror of the other."""
    mirrored = [(-high, -low) for low, high in lost]
    return largest_p_above([-value for value in known], mirrored, -bound)

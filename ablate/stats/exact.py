"""The exact sign-flip test: without an effect, both signs of a difference are equally likely."""

from collections.abc import Sequence

from ablate.stats._values import constant, finite

FEWEST = 6
"""Below, the smallest p-value possible, 2 / 2ⁿ, is above 0.05."""
MOST = 20
"""Above, there are more than a million sign patterns, and t is as good."""


def sign_flip(differences: Sequence[float]) -> float | None:
    """Two-sided p-value of the mean difference among all 2ⁿ patterns of signs.

    None for fewer than 6 seeds or more than 20, and where all differences are the same.
    """
    values = finite(differences, "differences")
    n = len(values)
    if not FEWEST <= n <= MOST or constant(values, scale=max(map(abs, values))):
        return None
    import numpy as np

    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    seen = abs(sum(values))
    slack = 1e-9 * sum(map(abs, values))  # sums of the same values in another order
    return float(np.mean(np.abs(sums) >= seen - slack))

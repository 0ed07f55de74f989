"""Multiple comparisons: Holm keeps the chance of any false finding at the level of one test."""

from collections.abc import Sequence


def holm(pvalues: Sequence[float | None]) -> tuple[float | None, ...]:
    """Holm's adjusted p-values, in the given order.

    A contrast without a test is None; it stays None and does not count in the family.
    """
    family = [_probability(p) for p in pvalues if p is not None]
    adjusted = iter(_adjust(family))
    return tuple(None if p is None else next(adjusted) for p in pvalues)


def _probability(p: float) -> float:
    if not 0 <= p <= 1:
        raise ValueError(f"p-value is {p}, expected a number from 0 to 1, or None without a test")
    return float(p)


def _adjust(family: list[float]) -> list[float]:
    """The smallest p times all, the next times one fewer, …; none is below its predecessor."""
    adjusted, floor = [0.0] * len(family), 0.0
    by_size = sorted(range(len(family)), key=family.__getitem__)
    for rank, index in enumerate(by_size):
        floor = min(1.0, max(floor, (len(family) - rank) * family[index]))
        adjusted[index] = floor
    return adjusted

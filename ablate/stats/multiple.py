"""Many contrasts in one study: the chance of one false finding stays at the level of one test."""

from collections.abc import Sequence


def holm(pvalues: Sequence[float | None]) -> tuple[float | None, ...]:
    """Holm's adjusted p-values, in the given order.

    None is a contrast without a test: it stays None and is not counted in the family.
    """
    family = [_probability(p) for p in pvalues if p is not None]
    adjusted = iter(_adjust(family))
    return tuple(None if p is None else next(adjusted) for p in pvalues)


def _probability(p: float) -> float:
    if not 0 <= p <= 1:
        raise ValueError(f"p-value is {p}, expected a number from 0 to 1, or None without a test")
    return float(p)


def _adjust(family: list[float]) -> list[float]:
    """The smallest counts for all, the next for one fewer, …; none is below one before it."""
    adjusted, floor = [0.0] * len(family), 0.0
    by_size = sorted(range(len(family)), key=family.__getitem__)
    for rank, index in enumerate(by_size):
        floor = min(1.0, max(floor, (len(family) - rank) * family[index]))
        adjusted[index] = floor
    return adjusted

"""Learning curves of several seeds, summarized epoch by epoch."""

from collections.abc import Sequence

from ablate.stats._values import finite, fraction
from ablate.stats.estimate import Estimate, estimate


def band(curves: Sequence[Sequence[float]], confidence: float = 0.95) -> tuple[Estimate, ...]:
    """One estimate per position of the longest curve, over the curves that reach it.

    Curves are seeds × epochs and may differ in length, so n may fall along the band. Intervals
    hold for each position alone, not for the whole curve at once.
    """
    fraction(confidence, "confidence")
    checked = [finite(curve, f"curve {seed}") for seed, curve in enumerate(curves, start=1)]
    length = max(map(len, checked), default=0)
    return tuple(
        estimate([curve[position] for curve in checked if position < len(curve)], confidence)
        for position in range(length)
    )

"""Learning curves averaged over seeds, epoch by epoch."""

from collections.abc import Sequence

from ablate.stats._values import finite, fraction
from ablate.stats.estimate import Estimate, estimate


def band(curves: Sequence[Sequence[float]], confidence: float = 0.95) -> tuple[Estimate, ...]:
    """One estimate per epoch of the longest curve, over the curves that reach that epoch.

    Curves are seeds × epochs and may differ in length, so n may decrease along the band. Intervals
    are pointwise, not simultaneous.
    """
    fraction(confidence, "confidence")
    checked = [finite(curve, f"curve {seed}") for seed, curve in enumerate(curves, start=1)]
    length = max(map(len, checked), default=0)
    return tuple(
        estimate([curve[position] for curve in checked if position < len(curve)], confidence)
        for position in range(length)
    )

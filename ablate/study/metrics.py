"""The metrics, each with its unit, direction, split, and the epoch that counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named measure. Its scores are always in `unit`."""

    name: str
    label: str
    unit: str
    direction: Literal["higher", "lower"]
    """The better direction."""
    lowest: float | None = None
    highest: float | None = None
    """The bounds of its scores; None where there is none."""
    split: str = "test"
    epoch: str = "the epoch that was best on validation"

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest score that there can be, infinite where there is no bound."""
        return (
            -math.inf if self.lowest is None else self.lowest,
            math.inf if self.highest is None else self.highest,
        )

    def merit(self, score: float) -> float:
        """The score, turned so that more is better."""
        return score if self.direction == "higher" else -score


METRICS = {
    metric.name: metric
    for metric in (
        Metric(name="top1", label="Top-1", unit="%", direction="higher", lowest=0.0, highest=100.0),
        Metric(name="loss", label="Cross-entropy", unit="nats", direction="lower", lowest=0.0),
    )
}

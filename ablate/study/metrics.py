"""What can be measured: each metric with its unit, direction, split, and the epoch that counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named measure. Its scores are always in `unit`."""

    name: str
    label: str
    unit: str
    direction: Literal["higher", "lower"]
    """Which way is better."""
    split: str
    epoch: str


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            name="top1",
            label="Top-1",
            unit="%",
            direction="higher",
            split="test",
            epoch="the epoch that was best on validation",
        ),
        Metric(
            name="loss",
            label="Cross-entropy",
            unit="nats",
            direction="lower",
            split="test",
            epoch="the epoch that was best on validation",
        ),
    )
}

"""What figures share: models, axes, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ablate.analysis.model import Analysis, CellResult
from ablate.stats import Estimate
from ablate.study.metrics import Metric

AIR = 0.06
"""Share of the axis that stays free beyond the outermost mark."""


def models(analysis: Analysis) -> list[tuple[CellResult, ...]]:
    """The cells of each model."""
    return [tuple(cells) for _, cells in groupby(analysis.cells, key=lambda cell: cell.model)]


def possible(
    low: float | None, high: float | None, metric: Metric
) -> tuple[float | None, float | None]:
    """The interval as far as scores can go: no accuracy below 0 % or above 100 %."""
    if low is None or high is None:
        return low, high
    return max(low, 0.0), min(high, 100.0) if metric.unit == "%" else high


def with_air(values: Iterable[float]) -> tuple[float, float]:
    """An axis from the lowest to the highest and a little more."""
    values = list(values)
    low, high = min(values), max(values)
    air = AIR * ((high - low) or 1.0)
    return low - air, high + air


def ends(estimate: Estimate, metric: Metric) -> Iterator[float]:
    """The mean and the ends of its interval, as far as there are any."""
    marks = (estimate.mean, *possible(estimate.low, estimate.high, metric))
    return (mark for mark in marks if mark is not None)


def score_axis(analysis: Analysis) -> str:
    """`Top-1 (%), test`."""
    return f"{analysis.metric.label} ({analysis.metric.unit}), {analysis.metric.split}"


def position(cells: Sequence[CellResult], analysis: Analysis) -> int:
    """The model's number from 1: a file name that no user text can reach."""
    return 1 + list(dict.fromkeys(c.model for c in analysis.cells)).index(cells[0].model)


def told(pairs: Iterable[tuple[str, str]]) -> str:
    """A figure in words, for those who cannot see it."""
    return "; ".join(f"{label}: {text}" for label, text in pairs) + "."

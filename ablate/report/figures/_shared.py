"""Selection of cells, axes, and figures told in words."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ablate.analysis.model import Analysis, CellResult
from ablate.stats import Estimate
from ablate.study.metrics import Metric

MOST_ROWS = 40
"""Of more cells of a model a figure shows those that differ most; the table has them all."""
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
    least, largest = metric.bounds
    return max(low, least), min(high, largest)


def with_air(values: Iterable[float], air: float = AIR) -> tuple[float, float]:
    """An axis from the lowest to the highest and a little more."""
    values = list(values)
    low, high = min(values), max(values)
    free = air * ((high - low) or 1.0)
    return low - free, high + free


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


def shown(cells: Sequence[CellResult]) -> list[CellResult]:
    """The cells of a model in order; of very many the baseline and those that differ most."""
    ranked = sorted(cells, key=_reach, reverse=True)
    kept = {cell.name for cell in ranked[:MOST_ROWS]}
    return [cell for cell in cells if cell.is_baseline or cell.name in kept]


def _reach(cell: CellResult) -> float:
    mean = cell.contrast.difference.mean if cell.contrast else None
    return abs(mean or 0.0)


def how_many(analysis: Analysis) -> str:
    """The sentence of a caption where not all cells are drawn; else nothing."""
    if all(len(cells) - 1 <= MOST_ROWS for cells in models(analysis)):
        return ""
    return f" Of a model's cells the {MOST_ROWS} that differ most are drawn."

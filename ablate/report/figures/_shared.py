"""Selection of cells, axes, and figures told in words."""

import hashlib
import json
import re
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


def file_name(kind: str, *shown: str) -> str:
    """`seeds-cvt-13-3fa9c1`: the name of a panel by what it shows, whatever else there is.

    The words of a user are in it, and a hash of the very text, but no sign that a path could have.
    """
    words = re.findall(r"[A-Za-z0-9]+", " ".join(shown)[:60])
    mark = hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:6]
    return "-".join((kind, *words, mark))


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

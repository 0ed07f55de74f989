"""Every run as a dot, joined to the baseline's run with the same seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._panel import Panel
from ablate.report.figures._shared import (
    how_many,
    models,
    position,
    possible,
    score_axis,
    shown,
    told,
)
from ablate.report.formatting import score_of_cell, share
from ablate.report.labels import cell_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 47.0
LABEL, START, RUNS, MEAN = 39.0, 27.0, 15.0, 5.0
"""Heights above the lower edge of a row: words, baseline's scores, the runs, their mean."""
DOT = 4.6
LANES = (0.0, 3.4, -3.4)
"""Where dots go that would hide each other."""
AIR = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One run: its score, and its baseline's with the same seed."""

    score: float
    paired: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """A cell: its runs, their mean and its interval."""

    label: str
    text: str
    baseline: bool
    dots: tuple[Dot, ...]
    mean: float | None
    low: float | None
    high: float | None


def seeds(analysis: Analysis) -> Figure | None:
    """Every run as a dot, a panel per model."""
    panels = tuple(_dots(cells, analysis) for cells in models(analysis))
    if not any(row.dots for panel in panels for row in panel.rows):
        return None
    rows = [(f"{panel.title} {row.label}", row.text) for panel in panels for row in panel.rows]
    return Figure(
        name="seeds",
        caption=_seeds_caption(analysis),
        alt=f"Every run as a dot. {told(rows)}",
        panels=panels,
    )


def _seeds_caption(analysis: Analysis) -> str:
    parts = ["Every run is a dot; the bar is the mean"]
    several = len(analysis.seeds) > 1
    parts.append(f" with its {share(analysis.confidence)} interval." if several else ".")
    if any(cell.contrast for cell in analysis.cells):
        parts.append(" Thin lines lead from the baseline's score with the same seed.")
    if len(models(analysis)) > 1:
        parts.append(" Each model has its own axis.")
    return "".join(parts) + how_many(analysis)


def _dots(cells: Sequence[CellResult], analysis: Analysis) -> Dots:
    baseline = {pair.seed: pair.score for cell in cells if cell.is_baseline for pair in cell.scores}
    return Dots(
        name=f"seeds-{position(cells, analysis)}",
        title=cells[0].model_label,
        axis=score_axis(analysis),
        rows=tuple(_dot_row(cell, baseline, analysis) for cell in shown(cells)),
    )


def _dot_row(cell: CellResult, baseline: dict[int, float], analysis: Analysis) -> DotRow:
    low, high = possible(cell.estimate.low, cell.estimate.high, analysis.metric)
    return DotRow(
        label=cell_label(cell, analysis),
        text=score_of_cell(cell.estimate, cell.planned, analysis.metric),
        baseline=cell.is_baseline,
        dots=tuple(
            Dot(
                score=pair.score,
                paired=None if cell.is_baseline else baseline.get(pair.seed),
            )
            for pair in cell.scores
        ),
        mean=cell.estimate.mean,
        low=low,
        high=high,
    )


@dataclass(frozen=True, kw_only=True)
class Dots(Panel):
    """Every run of a model, cell by cell."""

    axis: str
    rows: tuple[DotRow, ...]

    def draw(self) -> Axes:
        axes, height = _style.row_axes(len(self.rows), ROW, *self._limits())
        labels = _style.row_labels([(row.label, row.text) for row in self.rows])
        for number, (row, label) in enumerate(zip(self.rows, labels, strict=True), start=1):
            _draw_row(axes, row, label, ROW * (len(self.rows) - number))
        _style.marks_across(axes, _style.ticks(*axes.get_xlim()))
        axes.set_xlabel(self.axis, color=_style.MUTED, fontsize=_style.SMALL, labelpad=3)
        for number in range(1, len(self.rows)):
            _style.rule(axes, ROW * number)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        return axes

    def _limits(self) -> tuple[float, float]:
        values = [dot.score for row in self.rows for dot in row.dots]
        values += [v for row in self.rows for v in (row.low, row.high) if v is not None]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        air = AIR * ((high - low) or 1.0)
        return low - air, high + air


def _draw_row(axes: Axes, row: DotRow, label: str, foot: float) -> None:
    _style.row_words(axes, label, row.text, foot + LABEL)
    color = _style.INK if row.baseline else _style.BLUE
    heights = [foot + RUNS + lane for lane in _lanes(axes, row)]
    _pairs(axes, row, heights, foot + START)
    runs = [dot.score for dot in row.dots]
    axes.plot(runs, heights, "o", color=color, ms=DOT, mew=0, alpha=0.8, gid="runs")
    if row.low is not None and row.high is not None:
        ends = [row.low, row.high]
        axes.plot(ends, [foot + MEAN] * 2, color=color, lw=1.6, gid="interval")
    if row.mean is not None:
        axes.plot([row.mean], [foot + MEAN], "|", color=color, ms=7, mew=1.6, gid="mean")


def _pairs(axes: Axes, row: DotRow, heights: list[float], start: float) -> None:
    """A tick for each score of the baseline, and a line from it to the run with its seed."""
    pairs = [(d.paired, d.score, y) for d, y in zip(row.dots, heights, strict=True)]
    known = [(paired, score, y) for paired, score, y in pairs if paired is not None]
    x = [value for paired, score, _ in known for value in (paired, score, math.nan)]
    y = [value for _, _, height in known for value in (start, height, math.nan)]
    axes.plot(x, y, color=_style.MUTED, lw=0.5, alpha=0.6, gid="pairs")
    ticks = [paired for paired, _, _ in known]
    axes.plot(ticks, [start] * len(ticks), "|", color=_style.INK, ms=3.5, mew=0.8, gid="ticks")


def _lanes(axes: Axes, row: DotRow) -> list[float]:
    """A lane for each run: the first in which no earlier dot is in the way."""
    low, high = axes.get_xlim()
    width = _style.WIDTH - 2 * _style.EDGE
    ends = [-width] * len(LANES)
    chosen = [0.0] * len(row.dots)
    for index in sorted(range(len(row.dots)), key=lambda i: row.dots[i].score):
        x = (row.dots[index].score - low) / (high - low) * width
        free = [lane for lane, end in enumerate(ends) if x - end >= DOT - 1]
        lane = free[0] if free else ends.index(min(ends))
        ends[lane] = x
        chosen[index] = LANES[lane]
    return chosen

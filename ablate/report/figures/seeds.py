"""Every run as a dot, joined to the baseline's run with the same seed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._rows import Dot, Row, RowPanel
from ablate.report.figures._shared import (
    file_name,
    how_many,
    models,
    possible,
    score_axis,
    shown,
    told,
    with_air,
)
from ablate.report.figures._style import Axes
from ablate.report.formatting import score_of_cell, share
from ablate.report.labels import cell_label

START, RUNS, MEAN = 27.0, 15.0, 5.0
"""Heights above the lower edge of a row: the baseline's scores, the runs, their mean."""
DOT = 4.6
LANES = (0.0, 3.4, -3.4)
"""Where dots go that would hide each other."""
AIR = 0.05


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
    rows = tuple(_dot_row(cell, baseline, analysis) for cell in shown(cells))
    low, high = _limits(rows)
    return Dots(
        name=file_name("seeds", cells[0].model),
        title=cells[0].model_label,
        axis=score_axis(analysis),
        rows=rows,
        low=low,
        high=high,
    )


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    values = [dot.score for row in rows for dot in row.dots]
    values += [v for row in rows for v in (row.low, row.high) if v is not None]
    return with_air(values or (0.0, 1.0), AIR)


def _dot_row(cell: CellResult, baseline: dict[int, float], analysis: Analysis) -> Row:
    low, high = possible(cell.estimate.low, cell.estimate.high, analysis.metric)
    return Row(
        label=cell_label(cell, analysis),
        text=score_of_cell(cell.estimate, cell.planned, analysis.metric),
        baseline=cell.is_baseline,
        dots=tuple(
            Dot(score=pair.score, paired=None if cell.is_baseline else baseline.get(pair.seed))
            for pair in cell.scores
        ),
        mean=cell.estimate.mean,
        low=low,
        high=high,
    )


class Dots(RowPanel):
    """Every run of a model, cell by cell."""

    ROW, LABEL = 47.0, 39.0

    def draw_row(self, axes: Axes, row: Row, foot: float) -> None:
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

    def draw_rest(self, axes: Axes, y: float) -> None:  # noqa: ARG002
        for foot in self.feet[:-1]:
            _style.rule(axes, foot)


def _pairs(axes: Axes, row: Row, heights: list[float], start: float) -> None:
    """A tick for each score of the baseline, and a line from it to the run with its seed."""
    pairs = [(d.paired, d.score, y) for d, y in zip(row.dots, heights, strict=True)]
    known = [(paired, score, y) for paired, score, y in pairs if paired is not None]
    x = [value for paired, score, _ in known for value in (paired, score, math.nan)]
    y = [value for _, _, height in known for value in (start, height, math.nan)]
    axes.plot(x, y, color=_style.MUTED, lw=0.5, alpha=0.6, gid="pairs")
    ticks = [paired for paired, _, _ in known]
    axes.plot(ticks, [start] * len(ticks), "|", color=_style.INK, ms=3.5, mew=0.8, gid="ticks")


def _lanes(axes: Axes, row: Row) -> list[float]:
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

"""Every run as a dot, joined to the baseline's run with the same seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ablate.report.panels import DotRow, Dots
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 47.0
TOP, BOTTOM = 20.0, 32.0
LABEL, START, RUNS, MEAN = 39.0, 27.0, 15.0, 5.0
"""Heights above the lower edge of a row: words, baseline's scores, the runs, their mean."""
DOT = 4.6
LANES = (0.0, 3.4, -3.4)
"""Where dots go that would hide each other."""
AIR = 0.05


def dots(panel: Dots) -> Axes:
    """A row per cell; the rows are `ROW` points apart."""
    height = TOP + ROW * len(panel.rows) + BOTTOM
    axes = style.panel(height, left=style.EDGE, right=style.EDGE, top=TOP, bottom=BOTTOM)
    axes.set_xlim(*_limits(panel))
    axes.set_ylim(0, ROW * len(panel.rows))
    labels = style.row_labels([(row.label, row.text) for row in panel.rows])
    for position, (row, label) in enumerate(zip(panel.rows, labels, strict=True), start=1):
        _row(axes, row, label, ROW * (len(panel.rows) - position))
    _axis(axes, panel)
    style.title(axes, panel.title, style.SIDE, height - 10)
    return axes


def _limits(panel: Dots) -> tuple[float, float]:
    values = [dot.score for row in panel.rows for dot in row.dots]
    values += [v for row in panel.rows for v in (row.low, row.high) if v is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    air = AIR * ((high - low) or 1.0)
    return low - air, high + air


def _row(axes: Axes, row: DotRow, label: str, foot: float) -> None:
    style.row_words(axes, label, row.text, foot + LABEL)
    color = style.INK if row.baseline else style.BLUE
    heights = [foot + RUNS + lane for lane in _lanes(axes, row)]
    _pairs(axes, row, heights, foot + START)
    runs = [dot.score for dot in row.dots]
    axes.plot(runs, heights, "o", color=color, ms=DOT, mew=0, alpha=0.8, gid="runs")
    _mean(axes, row, foot + MEAN, color)


def _pairs(axes: Axes, row: DotRow, heights: list[float], start: float) -> None:
    """A tick for each score of the baseline, and a line from it to the run with its seed."""
    pairs = [
        (d.paired, d.score, y)
        for d, y in zip(row.dots, heights, strict=True)
        if d.paired is not None
    ]
    x = [value for paired, score, _ in pairs for value in (paired, score, math.nan)]
    y = [value for _, _, height in pairs for value in (start, height, math.nan)]
    axes.plot(x, y, color=style.MUTED, lw=0.5, alpha=0.6, gid="pairs")
    ticks = [paired for paired, _, _ in pairs]
    axes.plot(ticks, [start] * len(ticks), "|", color=style.INK, ms=3.5, mew=0.8, gid="ticks")


def _lanes(axes: Axes, row: DotRow) -> list[float]:
    """A lane for each run: the first in which no earlier dot is in the way."""
    low, high = axes.get_xlim()
    width = style.WIDTH - 2 * style.EDGE
    ends = [-width] * len(LANES)
    chosen = [0.0] * len(row.dots)
    for index in sorted(range(len(row.dots)), key=lambda i: row.dots[i].score):
        x = (row.dots[index].score - low) / (high - low) * width
        free = [lane for lane, end in enumerate(ends) if x - end >= DOT - 1]
        lane = free[0] if free else ends.index(min(ends))
        ends[lane] = x
        chosen[index] = LANES[lane]
    return chosen


def _mean(axes: Axes, row: DotRow, y: float, color: str) -> None:
    if row.mean is None:
        return
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [y, y], color=color, lw=1.6, gid="interval")
    axes.plot([row.mean], [y], "|", color=color, ms=7, mew=1.6, gid="mean")


def _axis(axes: Axes, panel: Dots) -> None:
    style.quiet_axes(axes)
    style.marks_across(axes, style.ticks(*axes.get_xlim()))
    axes.set_yticks([])
    axes.set_xlabel(panel.axis, color=style.MUTED, fontsize=style.SMALL, labelpad=3)
    for position in range(1, len(panel.rows)):
        style.rule(axes, ROW * position)

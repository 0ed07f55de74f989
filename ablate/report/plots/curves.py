"""Learning curves: the mean over seeds with its band, each line named where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ablate.report.panels import Curves, Line
from ablate.report.plots import names, style
from ablate.report.plots.style import LineStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT, TOP, BOTTOM, SIDE = 188.0, 34.0, 30.0, 3.0


def curves(panel: Curves) -> Axes:
    """A line per cell, the baseline in the color of the text."""
    height = max(HEIGHT, TOP + BOTTOM + names.room(panel.lines))
    up = style.ticks(panel.low, panel.high, 5)
    left = style.room_left(up)
    axes = style.panel(height, left=left, right=names.RIGHT, top=TOP, bottom=BOTTOM)
    last = max((line.points[-1].x for line in panel.lines if line.points), default=1)
    axes.set_xlim(1, max(last, 2))
    axes.set_ylim(panel.low, panel.high)
    style.quiet_axes(axes)
    style.marks_across(axes, style.ticks(*axes.get_xlim(), 5, whole=True))
    style.marks_up(axes, up)
    axes.set_xlabel(panel.x_axis, color=style.MUTED, fontsize=style.SMALL, labelpad=2)
    for line, (color, dashes) in zip(panel.lines, names.looks(panel.lines), strict=True):
        _line(axes, line, color, dashes)
    names.beside(axes, panel.lines, BOTTOM, height - TOP - BOTTOM)
    style.title(axes, panel.title, SIDE, height - 10)
    style.aside(axes, panel.y_axis, SIDE, height - 23)
    return axes


def _line(axes: Axes, line: Line, color: str, dashes: LineStyle) -> None:
    banded = [(p.x, p.low, p.high) for p in line.points if p.low is not None and p.high is not None]
    if banded:
        epochs, lows, highs = zip(*banded, strict=True)
        axes.fill_between(epochs, lows, highs, color=color, alpha=0.14, lw=0, gid="band")
    marker = "o" if len(line.points) == 1 else ""
    axes.plot(
        [p.x for p in line.points],
        [p.mean for p in line.points],
        color=color,
        ls=dashes,
        lw=1.4,
        marker=marker,
        ms=3,
        gid="line",
    )

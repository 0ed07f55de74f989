"""The interaction plot: levels of one factor side by side, a line per level of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ablate.report.panels import Interaction, Line
from ablate.report.plots import names, style
from ablate.report.plots.words import distinct

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT, TOP, BOTTOM = 188.0, 34.0, 32.0
SIDEWAYS = 0.04
"""How far lines stand apart, in levels, so that intervals do not hide each other."""
MARGIN = 0.22
CHARACTERS = 34
"""Of all marks on the horizontal axis together."""


def interaction(panel: Interaction) -> Axes:
    """A line per level of the second factor, the baseline's in the color of the text."""
    height = max(HEIGHT, TOP + BOTTOM + names.room(panel.lines))
    up = style.ticks(panel.low, panel.high, 5)
    left = style.room_left(up)
    axes = style.panel(height, left=left, right=names.RIGHT, top=TOP, bottom=BOTTOM)
    axes.set_xlim(-MARGIN, len(panel.levels) - 1 + MARGIN)
    axes.set_ylim(panel.low, panel.high)
    style.quiet_axes(axes)
    each = max(1, CHARACTERS // len(panel.levels))
    levels = distinct(panel.levels, [each] * len(panel.levels))
    style.marks_across(axes, [float(x) for x in range(len(levels))], levels)
    style.marks_up(axes, up)
    axes.set_xlabel(panel.x_axis, color=style.MUTED, fontsize=style.SMALL, labelpad=3)
    for number, (line, look) in enumerate(zip(panel.lines, names.looks(panel.lines), strict=True)):
        _line(axes, line, look, SIDEWAYS * (number - (len(panel.lines) - 1) / 2))
    names.beside(axes, panel.lines, BOTTOM, height - TOP - BOTTOM)
    style.title(axes, panel.title, style.SIDE, height - 10)
    style.aside(axes, panel.y_axis, style.SIDE, height - 23)
    return axes


def _line(axes: Axes, line: Line, look: names.Look, aside: float) -> None:
    color, dashes = look
    x = [point.x + aside for point in line.points]
    axes.plot(x, [p.mean for p in line.points], color=color, ls=dashes, lw=1.2, gid="line")
    for place, point in zip(x, line.points, strict=True):
        if point.low is not None and point.high is not None:
            ends = [point.low, point.high]
            axes.plot([place] * 2, ends, color=color, lw=1.0, alpha=0.8, gid="interval")
    axes.plot(x, [p.mean for p in line.points], "o", color=color, ms=4.5, mew=0, gid="mean")

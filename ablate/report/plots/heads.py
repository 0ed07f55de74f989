"""Mean attention distance: every head as a dot over the depth, as in ViT's Fig. 7 (2010.11929)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ablate.report.panels import HeadRow, Heads
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, STRIP = 66.0, 42.0
"""From one row to the next; of that, the room of the dots."""
TOP, BOTTOM, LEFT, RIGHT, SIDE = 34.0, 30.0, 24.0, 6.0, 3.0
WORDS = 10.0
"""Height of a row's words above its dots."""
HALF = 0.3
"""Half the length of a layer's mark, where layers are 1 apart."""


def heads(panel: Heads) -> Axes:
    """A strip per cell. Heights are points, so that strips can lie above each other."""
    height = TOP + ROW * len(panel.rows) + BOTTOM
    axes = style.panel(height, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)
    axes.set_xlim(0.5, max(len(row.layers) for row in panel.rows) + 0.5)
    axes.set_ylim(0, ROW * len(panel.rows))
    feet = [ROW * row for row in reversed(range(len(panel.rows)))]
    for row, foot in zip(panel.rows, feet, strict=True):
        style.row_words(axes, row.label, row.text, foot + STRIP + WORDS)
        _row(axes, row, panel, foot)
    _axis(axes, panel, feet)
    style.title(axes, panel.title, SIDE, height - 10)
    style.aside(axes, panel.y_axis, SIDE, height - 23)
    return axes


def _row(axes: Axes, row: HeadRow, panel: Heads, foot: float) -> None:
    """Dots of heads, the line of their means, the baseline's, and the marks of an even gaze."""
    color = style.INK if row.baseline else style.BLUE
    for depth, layer in enumerate(row.layers, start=1):
        even, ends = _heights([layer.even] * 2, panel, foot), [depth - HALF, depth + HALF]
        axes.plot(ends, even, color=style.MUTED, lw=0.8, gid="even")
        dots = _heights(layer.dots, panel, foot)
        axes.plot([depth] * len(dots), dots, "o", color=color, ms=3.4, mew=0, alpha=0.4, gid="head")
    beside = _heights(row.beside, panel, foot)
    dotted = (0, (1.5, 1.5))
    axes.plot(_depths(beside), beside, color=style.INK, ls=dotted, lw=1.0, gid="beside")
    means = _heights([layer.mean for layer in row.layers], panel, foot)
    axes.plot(_depths(means), means, color=color, lw=1.2, gid="mean")


def _depths(layers: Sequence[float]) -> range:
    return range(1, len(layers) + 1)


def _heights(values: Sequence[float], panel: Heads, foot: float) -> list[float]:
    """Where values lie in the strip that begins at `foot`."""
    scale = STRIP / (panel.high - panel.low)
    return [foot + scale * (value - panel.low) for value in values]


def _axis(axes: Axes, panel: Heads, feet: Sequence[float]) -> None:
    style.quiet_axes(axes)
    across = style.ticks(1, max(axes.get_xlim()[1], 2), 12, whole=True)
    axes.set_xticks(across, style.tick_labels(across))
    up = style.ticks(panel.low, panel.high, 3)
    places = [y for foot in feet for y in _heights(up, panel, foot)]
    axes.set_yticks(places, style.tick_labels(up) * len(feet))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=style.LINE, lw=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(panel.x_axis, color=style.MUTED, fontsize=style.SMALL, labelpad=2)

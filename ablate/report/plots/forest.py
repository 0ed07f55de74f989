"""The forest plot: every contrast with its interval, the margin, and the paper's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ablate.report.panels import Forest, ForestRow
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

ROW = 28.0
TOP, BOTTOM, FOOT = 20.0, 32.0, 8.0
LABEL, MARK, STRIP = 20.5, 7.0, 13.0
"""Heights in a row: of the words, of the marks, and of the strip in which the marks stand."""
PAPER_AT, MARGIN_AT = 164.0, 206.0


def forest(panel: Forest) -> Axes:
    """A row per contrast; the axis is in units of the metric, the rows are `ROW` points apart."""
    height = TOP + ROW * len(panel.rows) + BOTTOM
    axes = style.panel(height, left=style.EDGE, right=style.EDGE, top=TOP, bottom=BOTTOM)
    axes.set_xlim(panel.low, panel.high)
    axes.set_ylim(0, ROW * len(panel.rows))
    labels = style.row_labels([(row.label, row.text) for row in panel.rows])
    for position, (row, label) in enumerate(zip(panel.rows, labels, strict=True), start=1):
        _row(axes, row, label, panel, ROW * (len(panel.rows) - position))
    _axis(axes, panel)
    _head(axes, panel, height)
    return axes


def _row(axes: Axes, row: ForestRow, label: str, panel: Forest, foot: float) -> None:
    style.row_words(axes, label, row.text, foot + LABEL, muted=row.mean is None)
    _background(axes, panel, foot)
    _ours(axes, row, panel, foot + MARK)
    if row.published is not None and panel.low <= row.published <= panel.high:
        axes.add_line(style.diamond(row.published, foot + MARK, size=6))


def _background(axes: Axes, panel: Forest, foot: float) -> None:
    """The margin and zero, below the words."""
    if panel.margin is not None:
        wide, high = [-panel.margin, panel.margin], foot + STRIP
        axes.fill_between(wide, foot, high, color=style.BAND, lw=0, gid="margin")
    axes.plot([0, 0], [foot, foot + STRIP], color=style.INK, lw=0.8, gid="zero")


def _ours(axes: Axes, row: ForestRow, panel: Forest, y: float) -> None:
    """Mean and interval as far as the axis goes, and an arrow where it does not."""
    if row.mean is None:
        return
    low = row.mean if row.low is None else row.low
    high = row.mean if row.high is None else row.high
    if low < min(high, panel.high) and high > panel.low:
        ends = [max(low, panel.low), min(high, panel.high)]
        axes.plot(ends, [y, y], color=style.BLUE, lw=1.6, gid="interval")
    if panel.low <= row.mean <= panel.high:
        axes.plot([row.mean], [y], "o", color=style.BLUE, ms=5, mew=0, gid="mean")
    edges = [(panel.low, "<")] * (low < panel.low) + [(panel.high, ">")] * (high > panel.high)
    for x, arrow in edges:
        axes.plot([x], [y], arrow, color=style.BLUE, ms=5, mew=0, clip_on=False, gid="beyond")


def _axis(axes: Axes, panel: Forest) -> None:
    style.quiet_axes(axes)
    marks = style.ticks(panel.low, panel.high)
    style.marks_across(axes, marks, style.tick_labels(marks, sign=True))
    axes.set_yticks([])
    style.aside(axes, "← lower", style.SIDE, FOOT)
    style.aside(axes, panel.axis, style.WIDTH / 2, FOOT, "center")
    style.aside(axes, "higher →", style.WIDTH - style.SIDE, FOOT, "right")


def _head(axes: Axes, panel: Forest, height: float) -> None:
    """The title, and what the hollow marks and the shade are."""
    y = height - 10
    style.title(axes, panel.title, style.SIDE, y)
    if any(row.published is not None for row in panel.rows):
        style.paper_key(axes, PAPER_AT, y)
    if panel.margin is not None:
        style.figure_of(axes).add_artist(_swatch(MARGIN_AT / style.WIDTH, (y + 2.6) / height))
        style.aside(axes, panel.margin_label, MARGIN_AT + 7, y)


def _swatch(x: float, y: float) -> Line2D:
    """A piece of the margin's shade."""
    from matplotlib.lines import Line2D

    return Line2D([x], [y], ls="none", marker="s", ms=7, mew=0, mfc=style.BAND)

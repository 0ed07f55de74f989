"""The forest plot: every contrast with its interval, the margin, and the paper's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ablate.report.blocks import Forest, ForestRow
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 28.0
TOP, BOTTOM, SIDE = 20.0, 32.0, 3.0
LABEL, MARK, STRIP = 20.5, 7.0, 13.0
"""Heights in a row: of the words, of the marks, and of the strip in which the marks stand."""
PAPER_AT, MARGIN_AT = 164.0, 206.0


def forest(panel: Forest) -> Axes:
    """A row per contrast; the axis is in units of the metric, the rows are `ROW` points apart."""
    height = TOP + ROW * len(panel.rows) + BOTTOM
    axes = style.panel(height, left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM)
    axes.set_xlim(panel.low, panel.high)
    axes.set_ylim(0, ROW * len(panel.rows))
    for position, row in enumerate(panel.rows, start=1):
        _row(axes, row, panel, ROW * (len(panel.rows) - position))
    _axis(axes, panel)
    _head(axes, panel, height)
    return axes


def _row(axes: Axes, row: ForestRow, panel: Forest, foot: float) -> None:
    words = {"fontsize": style.TEXT, "va": "center"}
    place = axes.get_yaxis_transform()
    axes.text(0, foot + LABEL, style.shorten(row.label, style.FITS - len(row.text)), transform=place, ha="left", **words)
    muted = style.MUTED if row.mean is None else style.INK
    axes.text(
        1, foot + LABEL, row.text, transform=place, ha="right", color=muted, **words, gid="numbers"
    )
    _background(axes, panel, foot)
    _ours(axes, row, panel, foot + MARK)
    _papers(axes, row, panel, foot + MARK)


def _background(axes: Axes, panel: Forest, foot: float) -> None:
    """The margin and zero, below the words."""
    if panel.margin is not None:
        wide, high = [-panel.margin, panel.margin], foot + STRIP
        axes.fill_between(wide, foot, high, color=style.BAND, lw=0, gid="margin")
    axes.plot([0, 0], [foot, foot + STRIP], color=style.INK, lw=0.8, gid="zero")


def _ours(axes: Axes, row: ForestRow, panel: Forest, y: float) -> None:
    if row.mean is None:
        return
    if not panel.low <= row.mean <= panel.high:
        _beyond(axes, row.mean, panel, y)
        return
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [y, y], color=style.BLUE, lw=1.6, gid="interval")
    axes.plot([row.mean], [y], "o", color=style.BLUE, ms=5, mew=0, gid="mean")


def _beyond(axes: Axes, mean: float, panel: Forest, y: float) -> None:
    """An arrow at the edge: the value is farther out."""
    at, marker = (panel.low, "<") if mean < panel.low else (panel.high, ">")
    axes.plot([at], [y], marker, color=style.BLUE, ms=5, mew=0, clip_on=False, gid="beyond")


def _papers(axes: Axes, row: ForestRow, panel: Forest, y: float) -> None:
    if row.published is not None and panel.low <= row.published <= panel.high:
        axes.plot([row.published], [y], **_DIAMOND, gid="paper")


_DIAMOND = {
    "marker": "D",
    "ms": 6,
    "mfc": "none",
    "mec": style.INK,
    "mew": 0.9,
    "ls": "none",
}


def _axis(axes: Axes, panel: Forest) -> None:
    style.quiet_axes(axes)
    marks = style.ticks(panel.low, panel.high)
    axes.set_xticks(marks, style.tick_labels(marks, sign=True))
    axes.set_yticks([])
    foot = {"y": 8, "color": style.MUTED, "size": style.SMALL}
    style.write(axes, "← lower", SIDE, **foot)
    style.write(axes, panel.axis, style.WIDTH / 2, align="center", **foot)
    style.write(axes, "higher →", style.WIDTH - SIDE, align="right", **foot)


def _head(axes: Axes, panel: Forest, height: float) -> None:
    """The title, and what the hollow marks and the shade are."""
    y = height - 10
    style.write(axes, panel.title, SIDE, y, bold=True)
    small = {"color": style.MUTED, "size": style.SMALL}
    if any(row.published is not None for row in panel.rows):
        _swatch(axes, PAPER_AT, y + 2.6, height, "D")
        style.write(axes, "paper", PAPER_AT + 7, y, **small)
    if panel.margin is not None:
        _swatch(axes, MARGIN_AT, y + 2.6, height, "s")
        style.write(axes, panel.margin_label, MARGIN_AT + 7, y, **small)


def _swatch(axes: Axes, x: float, y: float, height: float, marker: str) -> None:
    from matplotlib.lines import Line2D

    look = {**_DIAMOND, "ms": 4.5} if marker == "D" else {"marker": "s", "ms": 7, "mew": 0}
    figure = style.figure_of(axes)
    figure.add_artist(
        Line2D([x / style.WIDTH], [y / height], **{"color": style.BAND, "ls": "none", **look})
    )

"""The ladder of changes: each step from the score before to the score after, rung by rung."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ablate.report.panels import Ladder, Rung
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 36.0
TOP, BOTTOM = 20.0, 32.0
LABEL, BAR, THICK = 28.0, 11.0, 9.0
"""Heights in a row: of the words and the bar above its lower edge, and the bar's own."""
WORDS = 5.5
"""Half the height of words."""
PAPER_AT = 258.0
UP, DOWN = style.BLUE, style.SERIES[1]


def ladder(panel: Ladder) -> Axes:
    """A row per rung; the rows are `ROW` points apart."""
    height = TOP + ROW * len(panel.rows) + BOTTOM
    axes = style.panel(height, left=style.EDGE, right=style.EDGE, top=TOP, bottom=BOTTOM)
    axes.set_xlim(panel.low, panel.high)
    axes.set_ylim(0, ROW * len(panel.rows))
    feet = [ROW * (len(panel.rows) - position) for position in range(1, len(panel.rows) + 1)]
    labels = style.row_labels([(row.label, row.text) for row in panel.rows])
    for row, label, foot in zip(panel.rows, labels, feet, strict=True):
        style.row_words(axes, label, row.text, foot + LABEL, muted=row.mean is None)
        _rung(axes, row, foot + BAR)
    for (before, foot), (after, _) in pairwise(zip(panel.rows, feet, strict=True)):
        _joint(axes, before, after, foot + BAR)
    _axis(axes, panel)
    style.title(axes, panel.title, style.SIDE, height - 10)
    if any(row.published is not None for row in panel.rows):
        style.paper_key(axes, PAPER_AT, height - 10)
    return axes


def _rung(axes: Axes, row: Rung, y: float) -> None:
    """Runs behind the bar, its interval and the paper's step before it."""
    axes.plot(
        row.runs, [y] * len(row.runs), "o", color=style.MUTED, ms=4, mew=0, alpha=0.45, gid="runs"
    )
    if row.mean is None:
        return
    half = THICK / 2
    if row.start is not None:
        color = UP if row.mean >= row.start else DOWN
        ends = [min(row.start, row.mean), max(row.start, row.mean)]
        axes.fill_between(ends, y - half, y + half, color=color, alpha=0.45, lw=0, gid="step")
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [y, y], color=color, lw=1.6, gid="interval")
    axes.plot([row.mean] * 2, [y - half, y + half], color=style.INK, lw=1.6, gid="mean")
    if row.published is not None:
        axes.add_line(style.diamond(row.published, y, size=6))


def _joint(axes: Axes, before: Rung, after: Rung, y: float) -> None:
    """From a score down to where the next step starts, but not through the words."""
    if before.mean is None or after.start is None:
        return
    above = [y - THICK / 2, y - BAR - (ROW - LABEL - WORDS)]
    below = [y - BAR - (ROW - LABEL + WORDS), y - ROW + THICK / 2]
    for x, ends in ((before.mean, above), (after.start, below)):
        axes.plot([x, x], ends, color=style.MUTED, lw=0.7, gid="joint")


def _axis(axes: Axes, panel: Ladder) -> None:
    style.quiet_axes(axes)
    style.marks_across(axes, style.ticks(panel.low, panel.high))
    axes.set_yticks([])
    axes.set_xlabel(panel.axis, color=style.MUTED, fontsize=style.SMALL, labelpad=3)

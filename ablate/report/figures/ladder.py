"""The ladder of changes: each step from the score before to the score after, rung by rung."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._panel import Panel
from ablate.report.figures._shared import models, position, score_axis, told, with_air
from ablate.report.formatting import difference, mean_score, share
from ablate.report.labels import cell_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 36.0
LABEL, BAR, THICK = 28.0, 11.0, 9.0
"""Heights in a row: of the words and the bar above its lower edge, and the bar's own."""
WORDS = 5.5
"""Half the height of words."""
PAPER_AT = 258.0
UP, DOWN = _style.BLUE, _style.SERIES[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A row: where its step starts and ends, and where the paper's would end."""

    label: str
    text: str
    start: float | None
    """None for the baseline, and where no seed has both rows."""
    mean: float | None
    low: float | None
    high: float | None
    """The interval of the step, put where the step ends."""
    published: float | None
    runs: tuple[float, ...]


def ladder(analysis: Analysis) -> Figure | None:
    """A panel per model; nothing unless a study builds its cells step by step."""
    climbed = [cells for cells in models(analysis) if any(cell.step for cell in cells)]
    if not climbed:
        return None
    panels = tuple(_ladder(cells, analysis) for cells in climbed)
    rows = [(f"{panel.title} {row.label}", row.text) for panel in panels for row in panel.rows]
    return Figure(
        name="ladder",
        caption=_caption(panels, analysis),
        alt=f"Ladder of changes, each with its step and the score after it. {told(rows)}",
        panels=panels,
    )


def _caption(panels: Sequence[Ladder], analysis: Analysis) -> str:
    parts = [
        "Each change on top of those before it: the bar leads from the score before to the score"
        f" after, paired by seed, with the step's {share(analysis.confidence)} interval at its"
        " end. Bars that go up and down differ in color. Faint dots are runs."
    ]
    if any(row.published is not None for panel in panels for row in panel.rows):
        parts.append("Diamonds: where the paper's step would lead.")
    if len(panels) > 1:
        parts.append("Each model has its own axis.")
    return " ".join(parts)


def _ladder(cells: Sequence[CellResult], analysis: Analysis) -> Ladder:
    rows = tuple(_rung(cell, analysis) for cell in cells)
    low, high = with_air(_marks(rows))
    return Ladder(
        name=f"ladder-{position(cells, analysis)}",
        title=cells[0].model_label,
        axis=score_axis(analysis),
        rows=rows,
        low=low,
        high=high,
    )


def _rung(cell: CellResult, analysis: Analysis) -> Rung:
    """The step ends at the cell's score; a seed that is missing before moves only its start."""
    mean, d = cell.estimate.mean, cell.step.difference if cell.step else None
    after = mean_score(cell.estimate, analysis.metric)
    start = mean - d.mean if mean is not None and d and d.mean is not None else None

    def ends_at(step: float | None) -> float | None:
        return None if step is None or start is None else start + step

    return Rung(
        label=cell_label(cell, analysis),
        text=f"{difference(d, analysis.metric)} → {after}" if d else after,
        start=start,
        mean=mean,
        low=ends_at(d.low) if d else None,
        high=ends_at(d.high) if d else None,
        published=ends_at(cell.step.published) if cell.step else None,
        runs=tuple(pair.score for pair in cell.scores),
    )


def _marks(rows: Iterable[Rung]) -> list[float]:
    """All that must fit on the axis."""
    found = [
        mark
        for row in rows
        for mark in (row.start, row.mean, row.low, row.high, row.published, *row.runs)
    ]
    return [mark for mark in found if mark is not None]


@dataclass(frozen=True, kw_only=True)
class Ladder(Panel):
    """Changes made one on top of the other, and the score after each."""

    axis: str
    rows: tuple[Rung, ...]
    low: float
    high: float

    def draw(self) -> Axes:
        axes, height = _style.row_axes(len(self.rows), ROW, self.low, self.high)
        feet = [ROW * (len(self.rows) - position) for position in range(1, len(self.rows) + 1)]
        labels = _style.row_labels([(row.label, row.text) for row in self.rows])
        for row, label, foot in zip(self.rows, labels, feet, strict=True):
            _style.row_words(axes, label, row.text, foot + LABEL, muted=row.mean is None)
            _draw_rung(axes, row, foot + BAR)
        for (before, foot), (after, _) in pairwise(zip(self.rows, feet, strict=True)):
            _joint(axes, before, after, foot + BAR)
        _style.marks_across(axes, _style.ticks(self.low, self.high))
        axes.set_xlabel(self.axis, color=_style.MUTED, fontsize=_style.SMALL, labelpad=3)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        if any(row.published is not None for row in self.rows):
            _style.paper_key(axes, PAPER_AT, height - 10)
        return axes


def _draw_rung(axes: Axes, row: Rung, y: float) -> None:
    """Runs behind the bar, its interval and the paper's step before it."""
    runs = row.runs, [y] * len(row.runs)
    axes.plot(*runs, "o", color=_style.MUTED, ms=4, mew=0, alpha=0.45, gid="runs")
    if row.mean is None:
        return
    half = THICK / 2
    if row.start is not None:
        color = UP if row.mean >= row.start else DOWN
        ends = [min(row.start, row.mean), max(row.start, row.mean)]
        axes.fill_between(ends, y - half, y + half, color=color, alpha=0.45, lw=0, gid="step")
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [y, y], color=color, lw=1.6, gid="interval")
    axes.plot([row.mean] * 2, [y - half, y + half], color=_style.INK, lw=1.6, gid="mean")
    if row.published is not None:
        axes.add_line(_style.diamond(row.published, y, size=6))


def _joint(axes: Axes, before: Rung, after: Rung, y: float) -> None:
    """From a score down to where the next step starts, but not through the words."""
    if before.mean is None or after.start is None:
        return
    above = [y - THICK / 2, y - BAR - (ROW - LABEL - WORDS)]
    below = [y - BAR - (ROW - LABEL + WORDS), y - ROW + THICK / 2]
    for x, ends in ((before.mean, above), (after.start, below)):
        axes.plot([x, x], ends, color=_style.MUTED, lw=0.7, gid="joint")

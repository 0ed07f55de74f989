"""The ladder of changes: each step from the score before to the score after, rung by rung."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._rows import Dot, Row, RowPanel
from ablate.report.figures._shared import file_name, models, score_axis, told, with_air
from ablate.report.figures._style import Axes
from ablate.report.formatting import difference, mean_score, share
from ablate.report.labels import cell_label

BAR, THICK = 11.0, 9.0
"""Heights in a row: of the bar above its lower edge, and the bar's own."""
WORDS = 5.5
"""Half the height of words."""
PAPER_AT = 258.0
UP, DOWN = _style.BLUE, _style.SERIES[1]


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
        name=file_name("ladder", cells[0].model),
        title=cells[0].model_label,
        axis=score_axis(analysis),
        rows=rows,
        low=low,
        high=high,
    )


def _rung(cell: CellResult, analysis: Analysis) -> Row:
    """The step ends at the cell's score; a seed that is missing before moves only its start."""
    mean, d = cell.estimate.mean, cell.step.difference if cell.step else None
    after = mean_score(cell.estimate, analysis.metric)
    start = mean - d.mean if mean is not None and d and d.mean is not None else None

    is_ours = analysis.papers_metric is None

    def ends_at(step: float | None) -> float | None:
        return None if step is None or start is None else start + step

    return Row(
        label=cell_label(cell, analysis),
        text=f"{difference(d, analysis.metric)} → {after}" if d else after,
        start=start,
        mean=mean,
        low=ends_at(d.low) if d else None,
        high=ends_at(d.high) if d else None,
        published=ends_at(cell.step.published) if cell.step and is_ours else None,
        dots=tuple(Dot(score=pair.score) for pair in cell.scores),
    )


def _marks(rows: Iterable[Row]) -> list[float]:
    """All that must fit on the axis."""
    found = [
        mark
        for row in rows
        for mark in (row.start, row.mean, row.low, row.high, row.published, *_runs(row))
    ]
    return [mark for mark in found if mark is not None]


def _runs(row: Row) -> list[float]:
    return [dot.score for dot in row.dots]


class Ladder(RowPanel):
    """Changes made one on top of the other, and the score after each."""

    ROW, LABEL = 36.0, 28.0

    def draw_row(self, axes: Axes, row: Row, foot: float) -> None:
        """Runs behind the bar, its interval and the paper's step before it."""
        y, half = foot + BAR, THICK / 2
        runs = _runs(row), [y] * len(row.dots)
        axes.plot(*runs, "o", color=_style.MUTED, ms=4, mew=0, alpha=0.45, gid="runs")
        if row.mean is None:
            return
        if row.start is not None:
            color = UP if row.mean >= row.start else DOWN
            ends = [min(row.start, row.mean), max(row.start, row.mean)]
            axes.fill_between(ends, y - half, y + half, color=color, alpha=0.45, lw=0, gid="step")
            if row.low is not None and row.high is not None:
                axes.plot([row.low, row.high], [y, y], color=color, lw=1.6, gid="interval")
        axes.plot([row.mean] * 2, [y - half, y + half], color=_style.INK, lw=1.6, gid="mean")
        if row.published is not None:
            axes.add_line(_style.diamond(row.published, y, size=6))

    def draw_rest(self, axes: Axes, y: float) -> None:
        """The joints between the steps, and the legend of the hollow marks."""
        for (before, foot), (after, _) in pairwise(zip(self.rows, self.feet, strict=True)):
            self._joint(axes, before, after, foot + BAR)
        if any(row.published is not None for row in self.rows):
            _style.paper_key(axes, PAPER_AT, y)

    def _joint(self, axes: Axes, before: Row, after: Row, y: float) -> None:
        """From a score down to where the next step starts, but not through the words."""
        if before.mean is None or after.start is None:
            return
        above = [y - THICK / 2, y - BAR - (self.ROW - self.LABEL - WORDS)]
        below = [y - BAR - (self.ROW - self.LABEL + WORDS), y - self.ROW + THICK / 2]
        for x, ends in ((before.mean, above), (after.start, below)):
            axes.plot([x, x], ends, color=_style.MUTED, lw=0.7, gid="joint")

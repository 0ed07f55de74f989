"""What each change adds on top of those before it, from the baseline to the last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures.shared import models, position, score_axis, told, with_air
from ablate.report.formatting import difference, mean_score, share
from ablate.report.labels import cell_label
from ablate.report.panels import Ladder, Rung


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

"""Every run as a dot."""

from __future__ import annotations

from collections.abc import Sequence

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures.shared import (
    how_many,
    models,
    position,
    possible,
    score_axis,
    shown,
    told,
)
from ablate.report.formatting import score_of_cell, share
from ablate.report.labels import cell_label
from ablate.report.panels import Dot, DotRow, Dots


def seeds(analysis: Analysis) -> Figure | None:
    """Every run as a dot, a panel per model."""
    panels = tuple(_dots(cells, analysis) for cells in models(analysis))
    if not any(row.dots for panel in panels for row in panel.rows):
        return None
    rows = [(f"{panel.title} {row.label}", row.text) for panel in panels for row in panel.rows]
    return Figure(
        name="seeds",
        caption=_seeds_caption(analysis),
        alt=f"Every run as a dot. {told(rows)}",
        panels=panels,
    )


def _seeds_caption(analysis: Analysis) -> str:
    parts = ["Every run is a dot; the bar is the mean"]
    several = len(analysis.seeds) > 1
    parts.append(f" with its {share(analysis.confidence)} interval." if several else ".")
    if any(cell.contrast for cell in analysis.cells):
        parts.append(" Thin lines lead from the baseline's score with the same seed.")
    if len(models(analysis)) > 1:
        parts.append(" Each model has its own axis.")
    return "".join(parts) + how_many(analysis)


def _dots(cells: Sequence[CellResult], analysis: Analysis) -> Dots:
    baseline = {pair.seed: pair.score for cell in cells if cell.is_baseline for pair in cell.scores}
    return Dots(
        name=f"seeds-{position(cells, analysis)}",
        title=cells[0].model_label,
        axis=score_axis(analysis),
        rows=tuple(_dot_row(cell, baseline, analysis) for cell in shown(cells)),
    )


def _dot_row(cell: CellResult, baseline: dict[int, float], analysis: Analysis) -> DotRow:
    low, high = possible(cell.estimate.low, cell.estimate.high, analysis.metric)
    return DotRow(
        label=cell_label(cell, analysis),
        text=score_of_cell(cell.estimate, cell.planned, analysis.metric),
        baseline=cell.is_baseline,
        dots=tuple(
            Dot(
                score=pair.score,
                paired=None if cell.is_baseline else baseline.get(pair.seed),
            )
            for pair in cell.scores
        ),
        mean=cell.estimate.mean,
        low=low,
        high=high,
    )

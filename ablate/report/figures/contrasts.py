"""The differences from the baseline, with what the paper found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures.shared import AIR, how_many, models, shown, told, with_air
from ablate.report.formatting import amount, difference, share, units
from ablate.report.labels import factors_by_label, row_label
from ablate.report.panels import Forest, ForestRow

ZOOM = 5
"""A second, closer panel is drawn where a contrast would need less than 1/ZOOM of the axis."""


def contrasts(analysis: Analysis) -> Figure | None:
    """Every contrast on one axis, and those near zero again from nearby."""
    drawn = [cell for cells in models(analysis) for cell in shown(cells)]
    rows = tuple(_forest_row(cell, analysis) for cell in drawn if not cell.is_baseline)
    if all(row.mean is None for row in rows):
        return None
    return Figure(
        name="contrasts",
        caption=_contrasts_caption(analysis),
        alt=f"Forest plot. {told((row.label, row.text) for row in rows)}",
        panels=_forests(rows, analysis),
    )


def _forest_row(cell: CellResult, analysis: Analysis) -> ForestRow:
    d = cell.contrast.difference if cell.contrast else None
    none = "no seed in common" if cell.scores else "no score"
    text = difference(d, analysis.metric) if d else none
    if d and d.low is None:
        text += " (1 seed)" if d.n == 1 else " (no spread)"
    return ForestRow(
        label=row_label(cell, analysis),
        text=text,
        mean=d.mean if d else None,
        low=d.low if d else None,
        high=d.high if d else None,
        published=cell.contrast.published if cell.contrast else None,
    )


def _contrasts_caption(analysis: Analysis) -> str:
    each = "Each cell"
    labels = [*factors_by_label(analysis)]
    if len(labels) == 1:
        each = f"{labels[0]}: each level"
    interval = f", with its {share(analysis.confidence)} interval over seeds"
    parts = [f"{each} minus the model's baseline{interval if len(analysis.seeds) > 1 else ''}."]
    if analysis.margin is not None:
        shaded = f"Shaded: the margin of ±{amount(analysis.margin, analysis.metric)}"
        parts.append(f"{shaded}, within which the study calls differences irrelevant.")
    if any(cell.contrast and cell.contrast.published is not None for cell in analysis.cells):
        parts.append("Diamonds: the paper's differences.")
    return " ".join(parts) + how_many(analysis)


def _forests(rows: tuple[ForestRow, ...], analysis: Analysis) -> tuple[Forest, ...]:
    margin, metric = analysis.margin, analysis.metric
    near = _near([_reach(row, margin) for row in rows])
    low, high = _axis(rows, margin or 0.0)
    whole = Forest(
        name="contrasts",
        title="All differences",
        axis=f"difference in {metric.label} ({units(metric)})",
        rows=rows,
        margin=margin,
        margin_label=f"margin ±{amount(margin, metric)}" if margin is not None else "",
        low=low,
        high=high,
    )
    if near is None:
        return (replace(whole, title=""),)
    half = near * (1 + 2 * AIR)
    return (whole, replace(whole, name="contrasts-near", title="Near zero", low=-half, high=half))


def _marks(row: ForestRow) -> list[float]:
    return [v for v in (row.mean, row.low, row.high, row.published) if v is not None]


def _reach(row: ForestRow, margin: float | None) -> float:
    """How far from zero an axis must go to show our interval and the margin."""
    ours = [abs(v) for v in (row.mean, row.low, row.high) if v is not None]
    return max([*ours, 1.5 * (margin or 0.0)])


def _near(reaches: list[float]) -> float | None:
    """Where the small ones end and the large ones begin; None if one axis can show them all."""
    ordered = sorted(reach for reach in reaches if reach > 0)
    if not ordered or ordered[0] * ZOOM > ordered[-1]:
        return None
    return max(pairwise(ordered), key=lambda pair: pair[1] / pair[0])[0]


def _axis(rows: Iterable[ForestRow], margin: float) -> tuple[float, float]:
    """From the lowest mark to the highest; zero and the margin are always there."""
    values = [0.0, -margin, margin, *(v for row in rows for v in _marks(row))]
    return with_air(values)

"""What the figures show, as data: which marks, in which order, on which axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ablate.analysis.model import Analysis, CellResult, CurvePoint
from ablate.report.blocks import (
    Curves,
    Dot,
    DotRow,
    Dots,
    Figure,
    Forest,
    ForestRow,
    Line,
    Point,
)
from ablate.report.formatting import amount, difference, score_of_cell, share, units
from ablate.report.labels import cell_label, factor_label, listing, row_label
from ablate.study.metrics import Metric

ZOOM = 5
"""A second, closer panel is drawn where a contrast would need less than 1/ZOOM of the axis."""
AIR = 0.06
"""Share of the axis that stays free beyond the outermost mark."""
START = 0.2
"""Share of the epochs that need not fit on the axis of a learning curve."""


def figures(analysis: Analysis) -> tuple[Figure, ...]:
    """Those figures for which there is anything to show."""
    return tuple(
        figure for figure in (contrasts(analysis), seeds(analysis), curves(analysis)) if figure
    )


def contrasts(analysis: Analysis) -> Figure | None:
    """Every contrast on one axis, and those near zero again from nearby."""
    rows = tuple(_forest_row(c, analysis) for c in analysis.cells if not c.is_baseline)
    if all(row.mean is None for row in rows):
        return None
    return Figure(
        name="contrasts",
        caption=_contrasts_caption(analysis),
        alt=f"Forest plot. {_told((row.label, row.text) for row in rows)}",
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
    if len(analysis.factors) == 1:
        each = f"{factor_label(analysis.factors[0], analysis.labels)}: each level"
    interval = f"{share(analysis.confidence)} interval"
    parts = [f"{each} minus the model's baseline, with its {interval} over seeds."]
    if analysis.margin is not None:
        shaded = f"Shaded: the margin of ±{amount(analysis.margin, analysis.metric)}"
        parts.append(f"{shaded}, within which the study calls differences irrelevant.")
    if any(cell.contrast and cell.contrast.published is not None for cell in analysis.cells):
        parts.append("Diamonds: the paper's differences.")
    return " ".join(parts)


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
    low, high = min(values), max(values)
    air = AIR * ((high - low) or 1.0)
    return low - air, high + air


def seeds(analysis: Analysis) -> Figure | None:
    """Every run as a dot, a panel per model."""
    panels = tuple(_dots(cells, analysis) for cells in models(analysis))
    if not any(row.dots for panel in panels for row in panel.rows):
        return None
    rows = [(f"{panel.title} {row.label}", row.text) for panel in panels for row in panel.rows]
    return Figure(
        name="seeds",
        caption=_seeds_caption(analysis),
        alt=f"Every run as a dot. {_told(rows)}",
        panels=panels,
    )


def models(analysis: Analysis) -> list[tuple[CellResult, ...]]:
    return [tuple(cells) for _, cells in groupby(analysis.cells, key=lambda cell: cell.model)]


def _seeds_caption(analysis: Analysis) -> str:
    parts = ["Every run is a dot; the bar is the mean"]
    parts.append(f" with its {share(analysis.confidence)} interval.")
    if any(cell.contrast for cell in analysis.cells):
        parts.append(" Thin lines lead from the baseline's score with the same seed.")
    if len(models(analysis)) > 1:
        parts.append(" Each model has its own axis.")
    return "".join(parts)


def _dots(cells: Sequence[CellResult], analysis: Analysis) -> Dots:
    baseline = {pair.seed: pair.score for cell in cells if cell.is_baseline for pair in cell.scores}
    return Dots(
        name=f"seeds-{_position(cells, analysis)}",
        title=cells[0].model_label,
        axis=f"{analysis.metric.label} ({analysis.metric.unit}), {analysis.metric.split}",
        rows=tuple(_dot_row(cell, baseline, analysis) for cell in cells),
    )


def _dot_row(cell: CellResult, baseline: dict[int, float], analysis: Analysis) -> DotRow:
    low, high = possible(cell.estimate.low, cell.estimate.high, analysis.metric)
    return DotRow(
        label=cell_label(cell, analysis),
        text=score_of_cell(cell.estimate, len(analysis.seeds), analysis.metric),
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


def curves(analysis: Analysis) -> Figure | None:
    """Learning curves on the validation split, a panel per model."""
    drawn = [cells for cells in models(analysis) if any(cell.curve for cell in cells)]
    if not drawn:
        return None
    panels = tuple(_curves(cells, analysis) for cells in drawn)
    return Figure(
        name="curves",
        caption=_curves_caption(panels, analysis),
        alt="Learning curves of "
        + listing(f"{cells[0].model_label} ({_names(cells, analysis)})" for cells in drawn)
        + ".",
        panels=panels,
    )


def _curves_caption(panels: Sequence[Curves], analysis: Analysis) -> str:
    parts = [
        f"{analysis.metric.label} on the validation split after each epoch: mean over seeds,"
        f" with bands of {share(analysis.confidence)} confidence for each epoch by itself."
    ]
    if any(p.mean < panel.low for panel in panels for line in panel.lines for p in line.points):
        parts.append("The steep start lies below the frame.")
    if len(panels) > 1:
        parts.append("Each model has its own axis.")
    return " ".join(parts)


def _names(cells: Sequence[CellResult], analysis: Analysis) -> str:
    return ", ".join(cell_label(cell, analysis) for cell in cells)


def _curves(cells: Sequence[CellResult], analysis: Analysis) -> Curves:
    metric = analysis.metric
    lines = tuple(_line(cell, analysis) for cell in cells if cell.curve)
    low, high = _range(lines)
    return Curves(
        name=f"curves-{_position(cells, analysis)}",
        title=cells[0].model_label,
        x_axis="epoch",
        y_axis=f"validation {metric.label} ({metric.unit})",
        lines=lines,
        low=low,
        high=high,
    )


def _line(cell: CellResult, analysis: Analysis) -> Line:
    points = (_point(point, analysis.metric) for point in cell.curve)
    return Line(
        label=cell_label(cell, analysis),
        baseline=cell.is_baseline,
        points=tuple(point for point in points if point),
    )


def _point(point: CurvePoint, metric: Metric) -> Point | None:
    if point.estimate.mean is None:
        return None
    low, high = possible(point.estimate.low, point.estimate.high, metric)
    return Point(x=point.epoch, mean=point.estimate.mean, low=low, high=high)


def _range(lines: Iterable[Line]) -> tuple[float, float]:
    """From the lowest mean to the highest, once the steep start is over, and the bands' ends."""
    values: list[float] = []
    for line in lines:
        values += [point.mean for point in line.points[math.floor(START * len(line.points)) :]]
        values += [end for p in line.points[-1:] for end in (p.low, p.high) if end is not None]
    low, high = min(values), max(values)
    air = AIR * ((high - low) or 1.0)
    return low - air, high + air


def possible(
    low: float | None, high: float | None, metric: Metric
) -> tuple[float | None, float | None]:
    """The interval as far as scores can go: no accuracy below 0 % or above 100 %."""
    if low is None or high is None:
        return low, high
    return max(low, 0.0), min(high, 100.0) if metric.unit == "%" else high


def _position(cells: Sequence[CellResult], analysis: Analysis) -> int:
    """The model's number from 1: a file name that no user text can reach."""
    return 1 + list(dict.fromkeys(c.model for c in analysis.cells)).index(cells[0].model)


def _told(pairs: Iterable[tuple[str, str]]) -> str:
    """A figure in words, for those who cannot see it."""
    return "; ".join(f"{label}: {text}" for label, text in pairs) + "."

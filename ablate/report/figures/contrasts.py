"""The forest plot: every contrast with its interval, the margin, and the paper's value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._rows import Row, RowPanel
from ablate.report.figures._shared import AIR, how_many, models, shown, told, with_air
from ablate.report.figures._style import Axes
from ablate.report.formatting import amount, difference, share, units
from ablate.report.labels import factors_by_label, row_label

ZOOM = 5
"""A second, closer panel is drawn where a contrast would need less than 1/ZOOM of the axis."""
FOOT, MARK, STRIP = 8.0, 7.0, 13.0
"""Heights of the axis' title, and in a row of the marks and of the strip in which they stand."""
PAPER_AT, MARGIN_AT = 164.0, 206.0


def contrasts(analysis: Analysis) -> Figure | None:
    """Every contrast on one axis, and those near zero again from nearby."""
    drawn = [cell for cells in models(analysis) for cell in shown(cells)]
    rows = tuple(_forest_row(cell, analysis) for cell in drawn if not cell.is_baseline)
    if all(row.mean is None for row in rows):
        return None
    return Figure(
        name="contrasts",
        caption=_contrasts_caption(rows, analysis),
        alt=f"Forest plot. {told((row.label, row.text) for row in rows)}",
        panels=_forests(rows, analysis),
    )


def _forest_row(cell: CellResult, analysis: Analysis) -> Row:
    d = cell.contrast.difference if cell.contrast else None
    none = "no seed in common" if cell.scores else "no score"
    text = difference(d, analysis.metric) if d else none
    if d and d.low is None:
        text += " (1 seed)" if d.n == 1 else " (no spread)"
    return Row(
        label=row_label(cell, analysis),
        text=text,
        mean=d.mean if d else None,
        low=d.low if d else None,
        high=d.high if d else None,
        published=cell.contrast.published if cell.contrast and not analysis.papers_metric else None,
    )


def _contrasts_caption(rows: Sequence[Row], analysis: Analysis) -> str:
    each = "Each cell"
    labels = [*factors_by_label(analysis)]
    if len(labels) == 1:
        each = f"{labels[0]}: each level"
    interval = f", with its {share(analysis.confidence)} interval over seeds"
    parts = [f"{each} minus the model's baseline{interval if len(analysis.seeds) > 1 else ''}."]
    if analysis.margin is not None:
        shaded = f"Shaded: the margin of ±{amount(analysis.margin, analysis.metric)}"
        parts.append(f"{shaded}, within which the study calls differences irrelevant.")
    if any(row.published is not None for row in rows):
        parts.append("Diamonds: the paper's differences.")
    return " ".join(parts) + how_many(analysis)


def _forests(rows: tuple[Row, ...], analysis: Analysis) -> tuple[Forest, ...]:
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


def _marks(row: Row) -> list[float]:
    return [v for v in (row.mean, row.low, row.high, row.published) if v is not None]


def _reach(row: Row, margin: float | None) -> float:
    """The distance from zero at which an axis shows our interval and the margin."""
    ours = [abs(v) for v in (row.mean, row.low, row.high) if v is not None]
    return max([*ours, 1.5 * (margin or 0.0)])


def _near(reaches: list[float]) -> float | None:
    """Where the small ones end and the large ones begin; None if one axis can show them all."""
    ordered = sorted(reach for reach in reaches if reach > 0)
    if not ordered or ordered[0] * ZOOM > ordered[-1]:
        return None
    return max(pairwise(ordered), key=lambda pair: pair[1] / pair[0])[0]


def _axis(rows: Iterable[Row], margin: float) -> tuple[float, float]:
    """From the lowest mark to the highest; zero and the margin are always there."""
    values = [0.0, -margin, margin, *(v for row in rows for v in _marks(row))]
    return with_air(values)


@dataclass(frozen=True, kw_only=True)
class Forest(RowPanel):
    """Contrasts with their intervals, the margin and the paper's values.

    An arrow tells of what lies outside the axis.
    """

    ROW, LABEL = 28.0, 20.5
    margin: float | None
    margin_label: str

    def draw_row(self, axes: Axes, row: Row, foot: float) -> None:
        if self.margin is not None:
            wide, high = [-self.margin, self.margin], foot + STRIP
            axes.fill_between(wide, foot, high, color=_style.BAND, lw=0, gid="margin")
        axes.plot([0, 0], [foot, foot + STRIP], color=_style.INK, lw=0.8, gid="zero")
        self._ours(axes, row, foot + MARK)
        if row.published is not None and self.low <= row.published <= self.high:
            axes.add_line(_style.diamond(row.published, foot + MARK, size=6))

    def _ours(self, axes: Axes, row: Row, y: float) -> None:
        """Mean and interval as far as the axis goes, and an arrow where it does not."""
        if row.mean is None:
            return
        low = row.mean if row.low is None else row.low
        high = row.mean if row.high is None else row.high
        if low < min(high, self.high) and high > self.low:
            ends = [max(low, self.low), min(high, self.high)]
            axes.plot(ends, [y, y], color=_style.BLUE, lw=1.6, gid="interval")
        if self.low <= row.mean <= self.high:
            axes.plot([row.mean], [y], "o", color=_style.BLUE, ms=5, mew=0, gid="mean")
        edges = [(self.low, "<")] * (low < self.low) + [(self.high, ">")] * (high > self.high)
        for x, arrow in edges:
            axes.plot([x], [y], arrow, color=_style.BLUE, ms=5, mew=0, clip_on=False, gid="beyond")

    def draw_axis(self, axes: Axes) -> None:
        marks = _style.ticks(self.low, self.high)
        _style.marks_across(axes, marks, _style.tick_labels(marks, sign=True))
        _style.aside(axes, "← lower", _style.SIDE, FOOT)
        _style.aside(axes, self.axis, _style.WIDTH / 2, FOOT, "center")
        _style.aside(axes, "higher →", _style.WIDTH - _style.SIDE, FOOT, "right")

    def draw_rest(self, axes: Axes, y: float) -> None:
        """The legend of the hollow marks and the shade."""
        if any(row.published is not None for row in self.rows):
            _style.paper_key(axes, PAPER_AT, y)
        if self.margin is not None:
            _style.shade_key(axes, MARGIN_AT, y)
            _style.aside(axes, self.margin_label, MARGIN_AT + 7, y)

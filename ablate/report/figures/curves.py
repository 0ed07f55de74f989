"""Learning curves on the validation split."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._lines import ColoredStyle, Line, LineChart, line_styles, points_of
from ablate.report.figures._shared import file_name, models, with_air
from ablate.report.figures._style import Axes
from ablate.report.formatting import share
from ablate.report.labels import cell_label, join_words
from ablate.study.metrics import Metric

START = 0.2
"""Share of the epochs that need not fit on the axis of a learning curve."""
MOST_LINES = 9
"""More do not share a panel."""
MOST_DRAWN = 32
"""Of a model with more cells those that end best are drawn, besides its baseline."""


def curves(analysis: Analysis) -> Figure | None:
    """Learning curves on the validation split, a panel per model or several."""
    learned = [[cell for cell in cells if cell.curve] for cells in models(analysis)]
    drawn = [_best(cells, analysis.metric) for cells in learned if cells]
    if not drawn:
        return None
    panels = tuple(panel for cells in drawn for panel in _curves(cells, analysis))
    parts = list(_caption(panels, len(drawn), analysis))
    if sum(map(len, drawn)) < sum(map(len, learned)):
        parts.append(
            f"Of a model's cells the {MOST_DRAWN} that end best are drawn, beside its baseline."
        )
    return Figure(
        name="curves",
        caption=" ".join(parts),
        alt="Learning curves of "
        + join_words(f"{cells[0].model_label} ({_names(cells, analysis)})" for cells in drawn)
        + ".",
        panels=panels,
    )


def _best(cells: Sequence[CellResult], metric: Metric) -> list[CellResult]:
    """The cells, in order; of very many those that end best, and the baseline."""
    others = [cell for cell in cells if not cell.is_baseline]
    ranked = sorted(others, key=lambda cell: -metric.merit(cell.curve[-1].estimate.mean or 0.0))
    kept = {cell.name for cell in ranked[:MOST_DRAWN]}
    return [cell for cell in cells if cell.is_baseline or cell.name in kept]


def _caption(panels: Sequence[Curves], models: int, analysis: Analysis) -> Iterator[str]:
    bands = f"bands of {share(analysis.confidence)} confidence for each epoch by itself"
    what = f"mean over seeds, with {bands}" if len(analysis.seeds) > 1 else "one seed"
    yield f"{analysis.metric.label} on the validation split after each epoch: {what}."
    means = [(p.mean, panel) for panel in panels for line in panel.lines for p in line.points]
    if any(mean < panel.low for mean, panel in means):
        yield "The steep start lies below the frame."
    if any(mean > panel.high for mean, panel in means):
        yield "The steep start lies above the frame."
    if len(panels) > models:
        yield "Cells that do not fit in one panel have several, with the same baseline."
    if models > 1:
        yield "Each model has its own axis."


def _names(cells: Sequence[CellResult], analysis: Analysis) -> str:
    return ", ".join(cell_label(cell, analysis) for cell in cells)


def _curves(cells: Sequence[CellResult], analysis: Analysis) -> Iterator[Curves]:
    """The panels of a model, with one axis for all of them."""
    metric, name = analysis.metric, file_name("curves", cells[0].model)
    lines = tuple(_line(cell, analysis) for cell in cells)
    low, high = _range(lines)
    parts = list(_parts(lines))
    for part, shown in enumerate(parts, start=1):
        several = len(parts) > 1
        yield Curves(
            name=f"{name}-{part}" if several else name,
            title=cells[0].model_label + (f" ({part} of {len(parts)})" if several else ""),
            x_axis="epoch",
            y_axis=f"validation {metric.label} ({metric.unit})",
            lines=shown,
            low=low,
            high=high,
        )


def _parts(lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """All lines, or as many at a time as can be told apart, each time with the baseline."""
    baseline = [line for line in lines if line.baseline]
    others = [line for line in lines if not line.baseline]
    parts = max(1, math.ceil(len(others) / (MOST_LINES - 1)))
    each = max(1, math.ceil(len(others) / parts))
    for start in range(0, max(1, len(others)), each):
        yield (*baseline, *others[start : start + each])


def _line(cell: CellResult, analysis: Analysis) -> Line:
    learned = ((point.epoch, point.estimate) for point in cell.curve)
    return Line(
        label=cell_label(cell, analysis),
        baseline=cell.is_baseline,
        points=points_of(learned, analysis.metric),
    )


def _range(lines: Iterable[Line]) -> tuple[float, float]:
    """From the lowest mean to the highest, once the steep start is over, and the bands' ends."""
    values: list[float] = []
    for line in lines:
        values += [point.mean for point in line.points[math.floor(START * len(line.points)) :]]
        values += [end for p in line.points[-1:] for end in (p.low, p.high) if end is not None]
    return with_air(values)


class Curves(LineChart):
    """Learning curves of a model's cells, with bands over seeds."""

    def draw(self) -> Axes:
        last = max((line.points[-1].x for line in self.lines if line.points), default=1)
        axes = self.frame((1, max(last, 2)), bottom=30.0, pad=2)
        _style.marks_across(axes, _style.ticks(*axes.get_xlim(), 5, whole=True))
        for line, style in zip(self.lines, line_styles(self.lines), strict=True):
            _draw_line(axes, line, style)
        return axes


def _draw_line(axes: Axes, line: Line, style: ColoredStyle) -> None:
    color, dashes = style
    banded = [(p.x, p.low, p.high) for p in line.points if p.low is not None and p.high is not None]
    if banded:
        epochs, lows, highs = zip(*banded, strict=True)
        axes.fill_between(epochs, lows, highs, color=color, alpha=0.14, lw=0, gid="band")
    x, means = [p.x for p in line.points], [p.mean for p in line.points]
    marker = "o" if len(line.points) == 1 else ""
    axes.plot(x, means, color=color, ls=dashes, lw=1.4, marker=marker, ms=3, gid="line")

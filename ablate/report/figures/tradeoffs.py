"""Scores against a cost: every cell with its interval and its name, and the Pareto front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ablate.analysis.findings import Cost, Tradeoff
from ablate.analysis.model import Analysis, CellResult
from ablate.analysis.tradeoffs import cost_of
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._panel import Panel
from ablate.report.figures._placement import Box, places
from ablate.report.figures._shared import ends, models, possible, score_axis, told, with_air
from ablate.report.figures._style import Axes
from ablate.report.figures._truncate import distinct
from ablate.report.formatting import (
    macs,
    mean_score,
    parameters,
    scale,
    share,
)
from ablate.report.labels import join_words, row_label
from ablate.study.labels import number

MOST_NAMED = 12
"""Of more cells only the baselines and those on the front have names."""
HEIGHTS = (220.0, 260.0, 320.0, 420.0, 560.0)
"""The first in which all names find a place is taken."""
TOP, BOTTOM, RIGHT = 34.0, 32.0, 8.0
FITS = 30
DOT = 3.0
FAR = 7.0
"""From here on a thin line leads from a name to its dot."""
AIR, ABOVE = 0.08, 0.12
"""Shares of the axes that stay free, for names."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words for a cost on an axis, in a sentence, and of a cell."""

    axis: str
    words: str
    spell: Callable[[CellResult], str]


WORDS: dict[Cost, Words] = {
    "macs": Words("MACs", "MACs", lambda cell: f"{macs(cell.macs)} MACs"),
    "parameters": Words(
        "Parameters", "parameters", lambda cell: f"{parameters(cell.parameters)} parameters"
    ),
}


def tradeoffs(analysis: Analysis) -> Figure | None:
    """A panel per cost in which cells differ."""
    if not analysis.tradeoffs:
        return None
    return Figure(
        name="tradeoffs",
        caption=_caption(analysis),
        alt=f"Scores against costs. {told(_in_words(c, analysis) for c in _scored(analysis))}",
        panels=tuple(_panel(tradeoff, analysis) for tradeoff in analysis.tradeoffs),
    )


def _scored(analysis: Analysis) -> list[CellResult]:
    return [cell for cell in analysis.cells if cell.estimate.mean is not None]


def _in_words(cell: CellResult, analysis: Analysis) -> tuple[str, str]:
    paid = [WORDS[tradeoff.cost].spell(cell) for tradeoff in analysis.tradeoffs]
    return row_label(cell, analysis), ", ".join([mean_score(cell.estimate, analysis.metric), *paid])


def _caption(analysis: Analysis) -> str:
    costs = join_words(WORDS[tradeoff.cost].words for tradeoff in analysis.tradeoffs)
    parts = [
        f"{analysis.metric.label} against {costs}, on logarithmic axes: means with"
        f" {share(analysis.confidence)} intervals over seeds. The line joins the cells that no"
        " other beats in mean score or cost without losing in the other."
    ]
    if len(_scored(analysis)) > MOST_NAMED:
        parts.append("Named are the baselines and the cells on the line.")
    return " ".join(parts)


def _panel(tradeoff: Tradeoff, analysis: Analysis) -> Scatter:
    cells = {c.name: c for c in _scored(analysis) if cost_of(c, tradeoff.cost)}
    words = WORDS[tradeoff.cost]
    size, unit = scale(_cost(cell, tradeoff) for cell in cells.values())
    spots = {cell.name: _spot(cell, tradeoff, size, analysis) for cell in cells.values()}
    low, high = with_air(m for c in cells.values() for m in ends(c.estimate, analysis.metric))
    return Scatter(
        name=f"tradeoffs-{tradeoff.cost}",
        title=words.axis,
        x_axis=f"{words.axis} ({unit})" if unit else words.axis,
        y_axis=score_axis(analysis),
        spots=tuple(spots.values()),
        front=tuple((spots[name].x, spots[name].mean) for name in tradeoff.front),
        low=low,
        high=high,
    )


def _cost(cell: CellResult, tradeoff: Tradeoff) -> float:
    return cost_of(cell, tradeoff.cost) or 0.0


def _spot(cell: CellResult, tradeoff: Tradeoff, size: float, analysis: Analysis) -> Spot:
    low, high = possible(cell.estimate.low, cell.estimate.high, analysis.metric)
    named = cell.is_baseline or cell.name in tradeoff.front
    return Spot(
        label=row_label(cell, analysis) if named or len(_scored(analysis)) <= MOST_NAMED else "",
        model=[own[0].model for own in models(analysis)].index(cell.model),
        x=_cost(cell, tradeoff) / size,
        mean=cell.estimate.mean or 0.0,
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A cell by what it costs and how well it does; without a label where there are too many."""

    label: str
    model: int
    """The model's number, from 0."""
    x: float
    mean: float
    low: float | None
    high: float | None

    @property
    def color(self) -> str:
        return _style.SERIES[self.model % len(_style.SERIES)]

    def point(self, axes: Axes) -> tuple[float, float]:
        """In points from the lower left corner of the axes."""
        return _style.points(axes, self.x, self.mean)


@dataclass(frozen=True, kw_only=True)
class Scatter(Panel):
    """Scores against a cost, on a logarithmic axis."""

    x_axis: str
    y_axis: str
    spots: tuple[Spot, ...]
    front: tuple[tuple[float, float], ...]
    """The corners of the Pareto front, cheapest first."""
    low: float
    high: float

    def draw(self) -> Axes:
        names = distinct([spot.label for spot in self.spots], [FITS] * len(self.spots))
        for height in HEIGHTS:
            axes = self._axes(height)
            points = [spot.point(axes) for spot in self.spots]
            found = places(points, names, DOT, list(self._lines(axes)), _style.size(axes))
            if None not in found:
                break
        x, y = zip(*self.front, strict=True)
        axes.plot(x, y, drawstyle="steps-post", color=_style.MUTED, lw=0.8, gid="front")
        for spot in self.spots:
            _draw_spot(axes, spot)
        for spot, name, box in zip(self.spots, names, found, strict=True):
            if name and box:
                _draw_name(axes, spot, name, box)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        _style.aside(axes, self.y_axis, _style.SIDE, height - 23)
        return axes

    def _axes(self, height: float) -> Axes:
        up = _style.ticks(self.low, self.high, 5)
        left = _style.room_left(up)
        axes = _style.new_axes(height, left=left, right=RIGHT, top=TOP, bottom=BOTTOM)
        costs = [spot.x for spot in self.spots]
        air = (max(costs) / min(costs)) ** AIR
        axes.set_xscale("log")
        axes.set_xlim(min(costs) / air, max(costs) * air)
        above = ABOVE * (self.high - self.low)
        axes.set_ylim(self.low - above, self.high + above)
        marks = _style.log_ticks(*axes.get_xlim())
        _style.marks_across(axes, marks, [number(mark) for mark in marks])
        _style.marks_up(axes, up)
        axes.set_xlabel(self.x_axis, labelpad=3)
        return axes

    def _lines(self, axes: Axes) -> Iterator[Box]:
        """The intervals, and the steps of the front."""
        for spot in self.spots:
            if spot.low is not None and spot.high is not None:
                yield _box(axes, (spot.x, spot.low), (spot.x, spot.high))
        for (x, y), (later, higher) in pairwise(self.front):
            yield _box(axes, (x, y), (later, y))
            yield _box(axes, (later, y), (later, higher))


def _box(axes: Axes, one: tuple[float, float], other: tuple[float, float]) -> Box:
    (x, y), (u, v) = _style.points(axes, *one), _style.points(axes, *other)
    return Box(min(x, u) - 0.5, min(y, v) - 0.5, max(x, u) + 0.5, max(y, v) + 0.5)


def _draw_spot(axes: Axes, spot: Spot) -> None:
    if spot.low is not None and spot.high is not None:
        ends = [spot.low, spot.high]
        axes.plot([spot.x] * 2, ends, color=spot.color, lw=0.8, alpha=0.6, gid="interval")
    axes.plot([spot.x], [spot.mean], "o", color=spot.color, ms=2 * DOT, mew=0, gid="mean")


def _draw_name(axes: Axes, spot: Spot, name: str, box: Box) -> None:
    """The name in its box, with a thin line to the dot where that is far."""
    x, y = spot.point(axes)
    if box.distance(x, y) > FAR:
        near = (min(max(x, box.left), box.right), min(max(y, box.bottom), box.top))
        line = {"arrowstyle": "-", "lw": 0.4, "color": _style.MUTED, "shrinkA": 0, "shrinkB": DOT}
        axes.annotate(
            "",
            xy=(x, y),
            xytext=near,
            xycoords="axes points",
            textcoords="axes points",
            arrowprops=line,
        )
    left_of_it = box.right < x
    axes.annotate(
        name,
        xy=(box.right if left_of_it else box.left, (box.bottom + box.top) / 2),
        xycoords="axes points",
        ha="right" if left_of_it else "left",
        va="center",
        color=spot.color,
        fontsize=_style.SMALL,
        gid="name",
    )

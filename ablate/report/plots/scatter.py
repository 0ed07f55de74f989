"""Scores against a cost: every cell with its interval and its name, and the Pareto front."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ablate.report.formatting import number
from ablate.report.panels import Scatter, Spot
from ablate.report.plots import style
from ablate.report.plots.words import distinct

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHTS = (220.0, 260.0, 320.0, 420.0, 560.0)
"""The first in which all names find a place is taken."""
TOP, BOTTOM, RIGHT = 34.0, 32.0, 8.0
FITS = 30
LETTER, LINE = 4.7, 10.0
"""Room for a letter of a name, in a wide font, and for a line of it."""
DOT = 3.0
GAPS = (4.5, 8.0, 13.0, 19.0, 27.0, 37.0, 50.0, 66.0, 85.0)
CROSSED = 12.0
"""To cross a line is as bad as to be so much farther away."""
FAR = 7.0
"""From here on a thin line leads from a name to its dot."""
AIR, ABOVE = 0.08, 0.12
"""Shares of the axes that stay free, for names."""


@dataclass(frozen=True, slots=True)
class Box:
    """In points from the lower left corner of the axes."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def distance(self, x: float, y: float) -> float:
        """From a point to the nearest edge."""
        return math.hypot(
            max(self.left - x, 0, x - self.right), max(self.bottom - y, 0, y - self.top)
        )


def scatter(panel: Scatter) -> Axes:
    """A dot per cell in its model's color."""
    names = distinct([spot.label for spot in panel.spots], [FITS] * len(panel.spots))
    for height in HEIGHTS:
        axes = _axes(panel, height)
        places = _places(axes, panel, names)
        if None not in places:
            break
    _front(axes, panel)
    for spot in panel.spots:
        _spot(axes, spot)
    for spot, name, place in zip(panel.spots, names, places, strict=True):
        if name and place:
            _name(axes, spot, name, place)
    style.title(axes, panel.title, style.SIDE, height - 10)
    style.aside(axes, panel.y_axis, style.SIDE, height - 23)
    return axes


def _axes(panel: Scatter, height: float) -> Axes:
    up = style.ticks(panel.low, panel.high, 5)
    left = style.room_left(up)
    axes = style.panel(height, left=left, right=RIGHT, top=TOP, bottom=BOTTOM)
    costs = [spot.x for spot in panel.spots]
    air = (max(costs) / min(costs)) ** AIR
    axes.set_xscale("log")
    axes.set_xlim(min(costs) / air, max(costs) * air)
    above = ABOVE * (panel.high - panel.low)
    axes.set_ylim(panel.low - above, panel.high + above)
    style.quiet_axes(axes)
    marks = style.log_ticks(*axes.get_xlim())
    style.marks_across(axes, marks, [number(mark) for mark in marks])
    style.marks_up(axes, up)
    axes.set_xlabel(panel.x_axis, color=style.MUTED, fontsize=style.SMALL, labelpad=3)
    return axes


def _front(axes: Axes, panel: Scatter) -> None:
    x, y = zip(*panel.front, strict=True)
    axes.plot(x, y, drawstyle="steps-post", color=style.MUTED, lw=0.8, gid="front")


def _spot(axes: Axes, spot: Spot) -> None:
    color = _color(spot)
    if spot.low is not None and spot.high is not None:
        ends = [spot.low, spot.high]
        axes.plot([spot.x] * 2, ends, color=color, lw=0.8, alpha=0.6, gid="interval")
    axes.plot([spot.x], [spot.mean], "o", color=color, ms=2 * DOT, mew=0, gid="mean")


def _color(spot: Spot) -> str:
    return style.SERIES[spot.model % len(style.SERIES)]


def _name(axes: Axes, spot: Spot, name: str, box: Box) -> None:
    x, y = _point(axes, spot)
    near = (min(max(x, box.left), box.right), min(max(y, box.bottom), box.top))
    if box.distance(x, y) > FAR:
        line = {"arrowstyle": "-", "lw": 0.4, "color": style.MUTED, "shrinkA": 0, "shrinkB": DOT}
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
        color=_color(spot),
        fontsize=style.SMALL,
        gid="name",
    )


def _places(axes: Axes, panel: Scatter, names: list[str]) -> list[Box | None]:
    """Where each name goes: as near as it can without touching dots or names; None if nowhere.

    Intervals and the front are crossed only where nothing else is as near.
    """
    points = [_point(axes, spot) for spot in panel.spots]
    taken = [Box(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in points]
    lines = list(_lines(axes, panel))
    width, height = style.size(axes)
    found: list[Box | None] = []
    for (x, y), name in zip(points, names, strict=True):
        free = [
            box
            for box in _around(x, y, LETTER * len(name))
            if box.left >= 0
            and box.right <= width
            and box.bottom >= 0
            and box.top <= height
            and not any(box.meets(other) for other in taken)
        ]
        best = min(free, key=lambda box: _cost(box, x, y, lines), default=None)
        found.append(best)
        taken += [best] if best and name else []
    return found


def _cost(box: Box, x: float, y: float, lines: list[Box]) -> float:
    return box.distance(x, y) + CROSSED * sum(box.meets(line) for line in lines)


def _around(x: float, y: float, width: float) -> Iterator[Box]:
    """Boxes of that width right, left, above and below a point, near ones first."""
    for gap in GAPS:
        for shift in (0.0, gap, -gap):
            bottom = y + shift - LINE / 2
            yield Box(x + gap, bottom, x + gap + width, bottom + LINE)
            yield Box(x - gap - width, bottom, x - gap, bottom + LINE)
        for share in (0.5, 0.0, 1.0):
            left = x - share * width
            yield Box(left, y + gap, left + width, y + gap + LINE)
            yield Box(left, y - gap - LINE, left + width, y - gap)


def _lines(axes: Axes, panel: Scatter) -> Iterator[Box]:
    """The intervals, and the steps of the front."""
    for spot in panel.spots:
        if spot.low is not None and spot.high is not None:
            yield _box(axes, (spot.x, spot.low), (spot.x, spot.high))
    for (x, y), (later, higher) in pairwise(panel.front):
        yield _box(axes, (x, y), (later, y))
        yield _box(axes, (later, y), (later, higher))


def _box(axes: Axes, one: tuple[float, float], other: tuple[float, float]) -> Box:
    (x, y), (u, v) = style.points(axes, *one), style.points(axes, *other)
    return Box(min(x, u) - 0.5, min(y, v) - 0.5, max(x, u) + 0.5, max(y, v) + 0.5)


def _point(axes: Axes, spot: Spot) -> tuple[float, float]:
    return style.points(axes, spot.x, spot.mean)

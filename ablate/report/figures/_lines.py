"""Line charts: lines with intervals, each with its label right of its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ablate.report.figures import _style
from ablate.report.figures._panel import Panel
from ablate.report.figures._shared import possible
from ablate.report.figures._style import Axes, LineStyle
from ablate.report.figures._truncate import folded
from ablate.stats import Estimate
from ablate.study.metrics import Metric

HEIGHT, TOP = 188.0, 34.0
RIGHT = 112.0
"""The room of the labels, right of the axes."""
FITS = 19
APART = 10.5
"""Points from one line of words to the next."""
ColoredStyle = tuple[str, LineStyle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    x: int
    mean: float
    low: float | None
    high: float | None


def points_of(estimates: Iterable[tuple[int, Estimate]], metric: Metric) -> tuple[Point, ...]:
    """A point at each x that has a score."""
    return tuple(
        Point(x=x, mean=one.mean, low=low, high=high)
        for x, one in estimates
        if one.mean is not None
        for low, high in [possible(one.low, one.high, metric)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    baseline: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class LineChart(Panel):
    """The frame of a line chart; `low` and `high` are the range of the vertical axis."""

    x_axis: str
    y_axis: str
    lines: tuple[Line, ...]
    low: float
    high: float

    def frame(self, x: tuple[float, float], *, bottom: float, pad: float) -> Axes:
        """Axes over that range of x, as high as the labels need, with words and labels."""
        labels = [line.label for line in self.lines if line.points]
        height = max(HEIGHT, TOP + bottom + _step(folded(labels, FITS)) * len(labels))
        up = _style.ticks(self.low, self.high, 5)
        axes = _style.new_axes(
            height, left=_style.room_left(up), right=RIGHT, top=TOP, bottom=bottom
        )
        axes.set_xlim(*x)
        axes.set_ylim(self.low, self.high)
        _style.marks_up(axes, up)
        axes.set_xlabel(self.x_axis, labelpad=pad)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        _style.aside(axes, self.y_axis, _style.SIDE, height - 23)
        label_ends(axes, self.lines, bottom, height - TOP - bottom)
        return axes


def line_styles(lines: Sequence[Line]) -> list[ColoredStyle]:
    """Color and dashes of each line; the baseline has the color of the text."""
    found: list[ColoredStyle] = []
    for line in lines:
        others = sum(color != _style.INK for color, _ in found)
        color = _style.SERIES[others % len(_style.SERIES)]
        dashes = _style.DASHES[others % len(_style.DASHES)]
        found.append((_style.INK, "solid") if line.baseline else (color, dashes))
    return found


def label_ends(axes: Axes, lines: Sequence[Line], bottom: float, height: float) -> None:
    """The label of each line right of its end; the axes begin at `bottom`, `height` points high."""
    ended = [(line, color) for line, (color, _) in zip(lines, line_styles(lines), strict=True)]
    ended = [(line, color) for line, color in ended if line.points]
    low, high = axes.get_ylim()
    wanted = [(line.points[-1].mean - low) / (high - low) * height for line, _ in ended]
    words = folded([line.label for line, _ in ended], FITS)
    heights = apart(wanted, _step(words), height)
    for (line, color), text, y in zip(ended, words, heights, strict=True):
        axes.annotate(
            text,
            xy=(line.points[-1].x, line.points[-1].mean),
            xytext=(_style.WIDTH - RIGHT + 10, bottom + y),
            textcoords="figure points",
            color=color,
            va="center",
            fontsize=_style.TEXT,
            linespacing=1.0,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": color, "relpos": (0, 0.5)},
            annotation_clip=False,
        )


def _step(words: Sequence[str]) -> float:
    """The distance that keeps the tallest of them apart."""
    return APART * (2 if any("\n" in text for text in words) else 1)


def apart(heights: Sequence[float], distance: float, top: float) -> list[float]:
    """The heights, in the same order from low to high, but no two closer than the distance.

    Those that would touch become a block, around the mean of where they wanted to be and between
    0 and the top.
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    order = np.argsort(heights, kind="stable")
    steps = distance * np.arange(len(heights))
    placed = np.empty(len(heights))
    feet = isotonic_regression(np.asarray(heights)[order] - steps).x
    placed[order] = feet.clip(0, max(0, top - distance * (len(order) - 1))) + steps
    return [float(height) for height in placed]

"""Grids of small images, drawn as vectors so that they are light or dark with their page.

A number is told by how much color a square has: blue above 0, orange below. Squares of the same
color in a row are one stroke, and all strokes of a color one path, which keeps files small.
"""

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ablate.report.figures import _style
from ablate.report.figures._panel import Panel
from ablate.report.figures._style import Axes

ACROSS = 3
"""Grids beside each other."""
APART, BELOW = 12.0, 8.0
TITLE, LINE, GAP = 20.0, 9.5, 3.0
FITS, LINES = 20, 3
"""Characters in a line of a label, and lines."""
STEPS = 16
"""Steps of color."""
PLUS, MINUS = _style.BLUE, _style.SERIES[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A small image: rows of numbers, from −`top` to `top`."""

    values: tuple[tuple[float, ...], ...]
    top: float
    gray: bool = False
    """Whether it is a photograph, from black at 0 to white at `top`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageGrid:
    """Images that belong together, in so many columns."""

    label: str
    columns: int
    images: tuple[Image, ...]


@dataclass(frozen=True, kw_only=True)
class ImageGrids(Panel):
    """Grids from left to right and from top to bottom. Lengths are points."""

    grids: tuple[ImageGrid, ...]

    def draw(self) -> Axes:
        rows = [self.grids[i : i + ACROSS] for i in range(0, len(self.grids), ACROSS)]
        heads = [LINE * max(len(_label(grid)) for grid in row) + GAP for row in rows]
        bodies = [max(_height(grid) for grid in row) + BELOW for row in rows]
        height = TITLE + sum(heads) + sum(bodies)
        axes = _style.new_axes(height, left=0, right=0, top=0, bottom=0)
        axes.set_axis_off()
        axes.set_xlim(0, _style.WIDTH)
        axes.set_ylim(0, height)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        top = height - TITLE
        for row, head, body in zip(rows, heads, bodies, strict=True):
            for position, grid in enumerate(row):
                left = _style.SIDE + position * (_width() + APART)
                _draw_grid(axes, grid, left, top - head)
                for line, words in enumerate(reversed(_label(grid))):
                    _style.aside(axes, words, left, top - head + GAP + line * LINE)
            top -= head + body
        return axes


def _label(grid: ImageGrid) -> list[str]:
    """The lines of a grid's label."""
    return textwrap.wrap(grid.label, FITS, max_lines=LINES, placeholder="…") or [""]


def _width() -> float:
    return (_style.WIDTH - 2 * _style.SIDE - (ACROSS - 1) * APART) / ACROSS


def _side(grid: ImageGrid) -> float:
    """The side of an image."""
    return (_width() - GAP * (grid.columns - 1)) / grid.columns


def _height(grid: ImageGrid) -> float:
    return math.ceil(len(grid.images) / grid.columns) * (_side(grid) + GAP)


def _draw_grid(axes: Axes, grid: ImageGrid, left: float, top: float) -> None:
    """All images of a grid; a color's strokes together."""
    side = _side(grid)
    strokes: defaultdict[tuple[str, float, float], list[tuple[float, float, float]]]
    strokes = defaultdict(list)
    corners = []
    for position, image in enumerate(grid.images):
        row, column = divmod(position, grid.columns)
        x, y = left + column * (side + GAP), top - row * (side + GAP)
        corners.append((x, y))
        pitch = side / len(image.values)
        for color, alpha, start, length, line in _runs(image):
            at = x + start * pitch, x + (start + length) * pitch, y - (line + 0.5) * pitch
            strokes[color, alpha, pitch].append(at)
    for (color, alpha, pitch), ends in sorted(strokes.items()):
        _stroke(axes, ends, color, alpha, pitch)
    _frames(axes, corners, side)


def _runs(image: Image) -> Iterator[tuple[str, float, int, int, int]]:
    """Color, opacity, first square, squares and line of each stroke."""
    for line, values in enumerate(image.values):
        start = 0
        for (color, alpha), same in groupby(_color(value, image) for value in values):
            length = len(list(same))
            if alpha:
                yield color, alpha, start, length, line
            start += length


def _color(value: float, image: Image) -> tuple[str, float]:
    """A color and its opacity, in steps."""
    step = round(STEPS * min(1.0, abs(value) / image.top)) if image.top else 0
    if image.gray:
        return f"#{255 * step // STEPS:02x}" + 2 * f"{255 * step // STEPS:02x}", 1.0
    return PLUS if value > 0 else MINUS, step / STEPS


def _stroke(
    axes: Axes, ends: list[tuple[float, float, float]], color: str, alpha: float, width: float
) -> None:
    x = [value for start, end, _ in ends for value in (start, end, math.nan)]
    y = [value for _, _, height in ends for value in (height, height, math.nan)]
    axes.plot(
        x,
        y,
        color=color,
        alpha=alpha,
        lw=width,
        solid_capstyle="butt",
        antialiased=False,
        clip_on=False,
        gid="squares",
    )


def _frames(axes: Axes, corners: list[tuple[float, float]], side: float) -> None:
    """A thin line around each image."""
    x = [v for left, _ in corners for v in (left, left + side, left + side, left, left, math.nan)]
    y = [v for _, top in corners for v in (top, top, top - side, top - side, top, math.nan)]
    axes.plot(x, y, color=_style.LINE, lw=0.5, clip_on=False, gid="frames")

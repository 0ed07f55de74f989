"""Walls of small pictures, drawn as vectors so that they are light or dark with their page.

A number is told by how much color a square has: blue above 0, orange below. Squares of the same
color in a row are one stroke, and all strokes of a color one path, which keeps files small.
"""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from ablate.report.panels import Tile, Wall, Walls
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 3
"""Walls beside each other."""
SIDE, APART, BELOW = 3.0, 12.0, 8.0
TITLE, LINE, GAP = 20.0, 9.5, 3.0
FITS, LINES = 20, 3
"""Characters in a line of a label, and lines."""
STEPS = 16
"""Steps of color."""
PLUS, MINUS = style.BLUE, style.SERIES[1]
Strokes = dict[float, list[float]]
"""Line width → x and y of strokes, each ended by NaN."""


def walls(panel: Walls) -> Axes:
    """Walls from left to right and from top to bottom. Lengths are points."""
    rows = [panel.walls[i : i + ACROSS] for i in range(0, len(panel.walls), ACROSS)]
    heads = [LINE * max(len(_label(wall)) for wall in row) + GAP for row in rows]
    heights = [
        head + max(_height(wall) for wall in row) + BELOW
        for head, row in zip(heads, rows, strict=True)
    ]
    height = TITLE + sum(heights)
    axes = style.panel(height, left=0, right=0, top=0, bottom=0)
    axes.set_axis_off()
    axes.set_xlim(0, style.WIDTH)
    axes.set_ylim(0, height)
    style.title(axes, panel.title, SIDE, height - 10)
    top = height - TITLE
    for row, head, tall in zip(rows, heads, heights, strict=True):
        for position, wall in enumerate(row):
            left = SIDE + position * (_width() + APART)
            _hang(axes, wall, left, top - head)
            for line, words in enumerate(reversed(_label(wall))):
                style.aside(axes, words, left, top - head + GAP + line * LINE)
        top -= tall
    return axes


def _label(wall: Wall) -> list[str]:
    """The lines of a wall's label."""
    return textwrap.wrap(wall.label, FITS, max_lines=LINES, placeholder="…") or [""]


def _width() -> float:
    return (style.WIDTH - 2 * SIDE - (ACROSS - 1) * APART) / ACROSS


def _tile(wall: Wall) -> float:
    """The side of a tile."""
    return (_width() - GAP * (wall.columns - 1)) / wall.columns


def _height(wall: Wall) -> float:
    return math.ceil(len(wall.tiles) / wall.columns) * (_tile(wall) + GAP)


def _hang(axes: Axes, wall: Wall, left: float, top: float) -> None:
    """All tiles of a wall; a color's strokes together."""
    side = _tile(wall)
    strokes: defaultdict[tuple[str, float, float], list[tuple[float, float, float]]]
    strokes = defaultdict(list)
    corners = []
    for position, tile in enumerate(wall.tiles):
        row, column = divmod(position, wall.columns)
        x, y = left + column * (side + GAP), top - row * (side + GAP)
        corners.append((x, y))
        pitch = side / len(tile.values)
        for color, alpha, start, length, line in _runs(tile):
            at = x + start * pitch, x + (start + length) * pitch, y - (line + 0.5) * pitch
            strokes[color, alpha, pitch].append(at)
    for (color, alpha, pitch), ends in sorted(strokes.items()):
        _stroke(axes, ends, color, alpha, pitch)
    _frames(axes, corners, side)


def _runs(tile: Tile) -> Iterator[tuple[str, float, int, int, int]]:
    """Color, opacity, first square, squares and line of each stroke."""
    for line, values in enumerate(tile.values):
        start = 0
        for (color, alpha), same in groupby(_color(value, tile) for value in values):
            length = len(list(same))
            if alpha:
                yield color, alpha, start, length, line
            start += length


def _color(value: float, tile: Tile) -> tuple[str, float]:
    """A color and its opacity, in steps."""
    step = round(STEPS * min(1.0, abs(value) / tile.top)) if tile.top else 0
    if tile.gray:
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
    """A thin line around each tile."""
    x = [v for left, _ in corners for v in (left, left + side, left + side, left, left, math.nan)]
    y = [v for _, top in corners for v in (top, top, top - side, top - side, top, math.nan)]
    axes.plot(x, y, color=style.LINE, lw=0.5, clip_on=False, gid="frames")

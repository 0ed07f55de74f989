"""Names beside the ends of lines, moved apart where they would touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ablate.report.panels import Line
from ablate.report.plots import style
from ablate.report.plots.style import LineStyle
from ablate.report.plots.words import folded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RIGHT = 112.0
"""The room that names need, right of the axes."""
FITS = 19
APART = 10.5
"""Points from one line of words to the next."""
Look = tuple[str, LineStyle]


def looks(lines: Sequence[Line]) -> list[Look]:
    """Color and dashes of each line; the baseline has the color of the text."""
    found: list[Look] = []
    for line in lines:
        others = sum(color != style.INK for color, _ in found)
        color = style.SERIES[others % len(style.SERIES)]
        dashes = style.DASHES[others % len(style.DASHES)]
        found.append((style.INK, "solid") if line.baseline else (color, dashes))
    return found


def room(lines: Sequence[Line]) -> float:
    """How high the names are, one above the other."""
    labels = [line.label for line in lines if line.points]
    return _step(folded(labels, FITS)) * len(labels)


def beside(axes: Axes, lines: Sequence[Line], bottom: float, height: float) -> None:
    """The name of each line right of its end; the axes begin at `bottom` and are `height` high."""
    ended = [(line, color) for line, (color, _) in zip(lines, looks(lines), strict=True)]
    ended = [(line, color) for line, color in ended if line.points]
    low, high = axes.get_ylim()
    wanted = [(line.points[-1].mean - low) / (high - low) * height for line, _ in ended]
    words = folded([line.label for line, _ in ended], FITS)
    places = apart(wanted, _step(words), height)
    for (line, color), text, place in zip(ended, words, places, strict=True):
        axes.annotate(
            text,
            xy=(line.points[-1].x, line.points[-1].mean),
            xytext=(style.WIDTH - RIGHT + 10, bottom + place),
            textcoords="figure points",
            color=color,
            va="center",
            fontsize=style.TEXT,
            linespacing=1.0,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": color, "relpos": (0, 0.5)},
            annotation_clip=False,
        )


def _step(words: Sequence[str]) -> float:
    """The distance that keeps the tallest of them apart."""
    return APART * (2 if any("\n" in text for text in words) else 1)


def apart(heights: list[float], distance: float, top: float) -> list[float]:
    """The heights, in the same order from low to high, but no two closer than the distance.

    Those that would touch become a block, around the mean of where they wanted to be and between
    0 and the top.
    """

    def feet(block: list[int]) -> list[float]:
        half = distance * (len(block) - 1) / 2
        wanted = sum(heights[index] for index in block) / len(block)
        center = max(half, min(wanted, top - half))
        return [center - half + distance * position for position in range(len(block))]

    blocks: list[list[int]] = []
    for index in sorted(range(len(heights)), key=lambda i: heights[i]):
        blocks.append([index])
        while len(blocks) > 1 and feet(blocks[-1])[0] - feet(blocks[-2])[-1] < distance:
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    placed = {
        index: height for block in blocks for index, height in zip(block, feet(block), strict=True)
    }
    return [placed[index] for index in range(len(heights))]

"""Learning curves: the mean over seeds with its band, each line named where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ablate.report.blocks import Curves, Line
from ablate.report.plots import style
from ablate.report.plots.style import LineStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT, TOP, BOTTOM, LEFT, RIGHT, SIDE = 188.0, 34.0, 30.0, 22.0, 107.0, 3.0
APART = 10.5
"""Points between two names."""


def curves(panel: Curves) -> Axes:
    """A line per cell, the baseline in the color of the text."""
    height = max(HEIGHT, TOP + BOTTOM + APART * len(panel.lines))
    axes = style.panel(height, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)
    last = max((line.points[-1].x for line in panel.lines if line.points), default=1)
    axes.set_xlim(1, max(last, 2))
    axes.set_ylim(panel.low, panel.high)
    _axis(axes, panel)
    looks = _looks(panel.lines)
    for line, (color, dashes) in zip(panel.lines, looks, strict=True):
        _line(axes, line, color, dashes)
    _names(axes, panel, [color for color, _ in looks], height - TOP - BOTTOM)
    style.title(axes, panel.title, SIDE, height - 10)
    style.aside(axes, panel.y_axis, SIDE, height - 23)
    return axes


def _looks(lines: tuple[Line, ...]) -> list[tuple[str, LineStyle]]:
    """Color and dashes of each line."""
    found: list[tuple[str, LineStyle]] = []
    for line in lines:
        others = sum(color != style.INK for color, _ in found)
        color = style.SERIES[others % len(style.SERIES)]
        dashes = style.DASHES[others % len(style.DASHES)]
        found.append((style.INK, "solid") if line.baseline else (color, dashes))
    return found


def _line(axes: Axes, line: Line, color: str, dashes: LineStyle) -> None:
    banded = [(p.x, p.low, p.high) for p in line.points if p.low is not None and p.high is not None]
    if banded:
        epochs, lows, highs = zip(*banded, strict=True)
        axes.fill_between(epochs, lows, highs, color=color, alpha=0.14, lw=0, gid="band")
    marker = "o" if len(line.points) == 1 else ""
    axes.plot(
        [p.x for p in line.points],
        [p.mean for p in line.points],
        color=color,
        ls=dashes,
        lw=1.4,
        marker=marker,
        ms=3,
        gid="line",
    )


def _names(axes: Axes, panel: Curves, colors: list[str], room: float) -> None:
    """Each line's name beside its end, moved apart where they would touch."""
    ended = [(line, color) for line, color in zip(panel.lines, colors, strict=True) if line.points]
    ends = [line.points[-1] for line, _ in ended]
    scale = room / (panel.high - panel.low)
    heights = apart([(end.mean - panel.low) * scale for end in ends], APART, room)
    for (line, color), end, height in zip(ended, ends, heights, strict=True):
        axes.annotate(
            style.shorten(line.label, 19),
            xy=(end.x, end.mean),
            xytext=(style.WIDTH - RIGHT + 10, BOTTOM + height),
            textcoords="figure points",
            color=color,
            va="center",
            fontsize=style.TEXT,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": color, "relpos": (0, 0.5)},
            annotation_clip=False,
        )


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


def _axis(axes: Axes, panel: Curves) -> None:
    style.quiet_axes(axes)
    across = style.ticks(*axes.get_xlim(), 5, whole=True)
    up = style.ticks(panel.low, panel.high, 5)
    axes.set_xticks(across, style.tick_labels(across))
    axes.set_yticks(up, style.tick_labels(up))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=style.LINE, lw=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(panel.x_axis, color=style.MUTED, fontsize=style.SMALL, labelpad=2)

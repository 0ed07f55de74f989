"""Learning curves: the mean over seeds with its band, each line named where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ablate.report.blocks import Curves, Line
from ablate.report.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT, TOP, BOTTOM, LEFT, RIGHT, SIDE = 188.0, 34.0, 30.0, 22.0, 96.0, 3.0
APART = 10.5
"""Points between two names."""


def curves(panel: Curves) -> Axes:
    """A line per cell, the baseline in the color of the text."""
    axes = style.panel(HEIGHT, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)
    last = max((line.points[-1].x for line in panel.lines if line.points), default=1)
    axes.set_xlim(1, max(last, 2))
    axes.set_ylim(panel.low, panel.high)
    _axis(axes, panel)
    looks = _looks(panel.lines)
    for line, (color, dashes) in zip(panel.lines, looks, strict=True):
        _line(axes, line, color, dashes)
    _names(axes, panel, [color for color, _ in looks])
    style.write(axes, style.shorten(panel.title, 44), SIDE, HEIGHT - 10, bold=True)
    style.write(axes, panel.y_axis, SIDE, HEIGHT - 23, color=style.MUTED, size=style.SMALL)
    return axes


def _looks(lines: tuple[Line, ...]) -> list[tuple[str, object]]:
    """Color and dashes of each line."""
    found: list[tuple[str, object]] = []
    others = 0
    for line in lines:
        if line.baseline:
            found.append((style.INK, "solid"))
        else:
            dashes = style.DASHES[others % len(style.DASHES)]
            found.append((style.SERIES[others % len(style.SERIES)], dashes))
            others += 1
    return found


def _line(axes: Axes, line: Line, color: str, dashes: object) -> None:
    epochs = [point.x for point in line.points]
    banded = [p for p in line.points if p.low is not None and p.high is not None]
    axes.fill_between(
        [p.x for p in banded],
        [p.low for p in banded],
        [p.high for p in banded],
        color=color,
        alpha=0.14,
        lw=0,
        gid="band",
    )
    marker = "o" if len(epochs) == 1 else ""
    means = [point.mean for point in line.points]
    axes.plot(epochs, means, color=color, ls=dashes, lw=1.4, marker=marker, ms=3, gid="line")


def _names(axes: Axes, panel: Curves, colors: list[str]) -> None:
    """Each line's name beside its end, moved apart where they would touch."""
    ended = [(line, color) for line, color in zip(panel.lines, colors, strict=True) if line.points]
    ends = [line.points[-1] for line, _ in ended]
    scale = (HEIGHT - TOP - BOTTOM) / (panel.high - panel.low)
    room = HEIGHT - TOP - BOTTOM
    heights = apart([(end.mean - panel.low) * scale for end in ends], APART, room)
    for (line, color), end, height in zip(ended, ends, heights, strict=True):
        axes.annotate(
            style.shorten(line.label, 17),
            xy=(end.x, end.mean),
            xytext=(style.WIDTH - RIGHT + 10, BOTTOM + height),
            textcoords="figure points",
            color=color,
            va="center",
            fontsize=style.TEXT,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": color, "shrinkA": 1, "shrinkB": 1},
            annotation_clip=False,
        )


def apart(heights: list[float], distance: float, top: float) -> list[float]:
    """The heights, in the same order from low to high, but no two closer than the distance.

    Those that touch become a block around the mean of where they wanted to be, below the top.
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    blocks: list[list[int]] = []
    for index in order:
        blocks.append([index])
        while len(blocks) > 1 and _touch(blocks[-2], blocks[-1], heights, distance):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    placed = list(heights)
    for block in blocks:
        half = distance * (len(block) - 1) / 2
        foot = min(_center(block, heights), top - half) - half
        for position, index in enumerate(block):
            placed[index] = foot + distance * position
    return placed


def _center(block: list[int], heights: list[float]) -> float:
    return sum(heights[index] for index in block) / len(block)


def _touch(lower: list[int], upper: list[int], heights: list[float], distance: float) -> bool:
    room = distance * (len(lower) + len(upper)) / 2
    return _center(upper, heights) - _center(lower, heights) < room


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

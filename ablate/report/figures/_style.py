"""Size, colors, type and axes of all figures. Lengths are points, as on paper.

Every panel is as wide as a journal's column and as a phone; a page with more room puts several
side by side. Colors are those of Okabe and Ito, which color-blind readers can tell apart. Figures
are drawn without pyplot, so that nothing global changes.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from ablate.report.figures._truncate import distinct, shorten
from ablate.report.formatting import tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.text import Text
else:  # a name for annotations alone, so that what draws nothing never waits for Matplotlib
    Axes = object

LineStyle = Literal["solid"] | tuple[float, tuple[float, ...]]
Align = Literal["left", "center", "right"]

WIDTH = 300.0
TEXT = 8.8
SMALL = 7.8
FITS = 54
"""Characters of TEXT in a line, in a wide font."""
TITLE_FITS = 44
DIGIT = 5.2
"""Width of a SMALL digit, in a wide font."""
SIDE, EDGE = 3.0, 12.0
"""From the edges of a figure to its words, and to its axes, so that marks at their ends fit."""
TOP, BOTTOM = 20.0, 32.0
"""From the edges of a figure of rows to its axes."""

INK = "#1f2328"
MUTED = "#656d76"
LINE = "#d4d9df"
BAND = "#e9edf2"
BLUE = "#0072b2"
SERIES = (BLUE, "#d55e00", "#009e73", "#aa4f88", "#b07800", "#3d8fc0")
DASHES: tuple[LineStyle, ...] = (
    "solid",
    (0, (5, 1.5)),
    (0, (1.5, 1.5)),
    (0, (6, 1.5, 1.5, 1.5)),
)

TICK = {"color": MUTED, "labelsize": SMALL, "major.size": 2.5, "major.width": 0.6, "major.pad": 2}
SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALL,
    "axes.linewidth": 0.6,
    **{f"axes.spines.{side}": False for side in ("left", "right", "top")},
    "grid.color": LINE,
    "grid.linewidth": 0.5,
    **{f"{axis}tick.{what}": value for axis in "xy" for what, value in TICK.items()},
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "ablate",
    "path.simplify": False,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Our settings while a figure is drawn. Missing glyphs do not matter: readers have fonts."""
    from matplotlib import rc_context, rcdefaults, rcParams

    with rc_context(), warnings.catch_warnings():
        rcdefaults()
        rcParams.update(SETTINGS)
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def new_axes(height: float, *, left: float, right: float, top: float, bottom: float) -> Axes:
    """Axes in a figure of their own, so far from its edges."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 72, height / 72))
    box = (left / WIDTH, bottom / height)
    size = ((WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    axes = figure.add_axes((*box, *size))
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    return axes


def row_axes(rows: int, row: float, low: float, high: float) -> tuple[Axes, float]:
    """Axes for as many rows of that height, and the height of the figure; x runs from low to high.

    Heights are points above the lower edge of the last row.
    """
    height = TOP + row * rows + BOTTOM
    axes = new_axes(height, left=EDGE, right=EDGE, top=TOP, bottom=BOTTOM)
    axes.set_xlim(low, high)
    axes.set_ylim(0, row * rows)
    axes.set_yticks([])
    return axes, height


def figure_of(axes: Axes) -> Figure:
    """The figure that `new_axes` made."""
    from matplotlib.figure import Figure

    assert isinstance(axes.figure, Figure)
    return axes.figure


def size(axes: Axes) -> tuple[float, float]:
    """Width and height of the axes in points."""
    box = axes.get_position()
    return box.width * WIDTH, box.height * 72 * figure_of(axes).get_figheight()


def points(axes: Axes, x: float, y: float) -> tuple[float, float]:
    """The position of data, in points from the lower left corner of the axes."""
    across, up = axes.transAxes.inverted().transform(axes.transData.transform((x, y)))
    width, height = size(axes)
    return float(across * width), float(up * height)


def ticks(low: float, high: float, most: int = 6, *, whole: bool = False) -> list[float]:
    """Round numbers within the range."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(most, integer=whole, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(value) for value in values if low <= value <= high]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Numbers that begin with 1, 2 or 5 within the range; round ones where they are too few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        values = [digit * 10.0**power for power in powers for digit in digits]
        found = [value for value in values if low <= value <= high]
        if len(found) < 3:
            return ticks(low, high, most)
        if len(found) <= most:
            break
    return found


def marks_across(axes: Axes, values: list[float], words: list[str] | None = None) -> None:
    """Marks on the horizontal axis, except those whose words would leave the figure."""
    words = tick_labels(values) if words is None else words
    left = axes.get_position().x0 * WIDTH
    places = [left + points(axes, value, axes.get_ylim()[0])[0] for value in values]
    kept = [
        (value, word)
        for value, word, place in zip(values, words, places, strict=True)
        if min(place, WIDTH - place) >= DIGIT * len(word) / 2
    ]
    axes.set_xticks([value for value, _ in kept], [word for _, word in kept], minor=False)
    axes.set_xticks([], minor=True)


def marks_up(axes: Axes, values: list[float]) -> None:
    """Marks on the vertical axis, with light lines from them."""
    axes.set_yticks(values, tick_labels(values))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y")


def room_left(values: list[float]) -> float:
    """The room that the words of those marks need, left of the axes."""
    return 4 + DIGIT * max((len(word) for word in tick_labels(values)), default=1)


def tick_labels(values: list[float], *, sign: bool = False) -> list[str]:
    step = values[1] - values[0] if len(values) > 1 else 1.0
    return [tick(round(value / step) * step, step, sign) for value in values]


def title(axes: Axes, text: str, x: float, y: float) -> None:
    """The name of a panel, in points from the lower left corner of the figure."""
    _text(axes, shorten(text, TITLE_FITS), x, y, "left", INK, TEXT).set_fontweight("bold")


def aside(axes: Axes, text: str, x: float, y: float, align: Align = "left") -> None:
    """Small words about the panel, placed likewise."""
    _text(axes, text, x, y, align, MUTED, SMALL)


def _text(axes: Axes, text: str, x: float, y: float, align: Align, color: str, size: float) -> Text:
    x, y = _in_figure(axes, x, y)
    return figure_of(axes).text(x, y, text, ha=align, va="baseline", color=color, fontsize=size)


def row_labels(rows: Sequence[tuple[str, str]]) -> list[str]:
    """The labels of rows as far as the numbers on their right let them be."""
    return distinct([label for label, _ in rows], [FITS - len(numbers) for _, numbers in rows])


def row_words(axes: Axes, label: str, numbers: str, y: float, *, muted: bool = False) -> None:
    """The label of a row on its left, its numbers on its right; y is in the data's units."""
    place = axes.get_yaxis_transform(which="grid")
    left, right = _at(axes, SIDE), _at(axes, WIDTH - SIDE)
    axes.text(left, y, label, transform=place, ha="left", va="center", fontsize=TEXT)
    told = axes.text(right, y, numbers, transform=place, ha="right", va="center", fontsize=TEXT)
    told.set_color(MUTED if muted else INK)


def rule(axes: Axes, y: float) -> None:
    """A thin line between rows, from edge to edge."""
    ends = [_at(axes, SIDE), _at(axes, WIDTH - SIDE)]
    place = axes.get_yaxis_transform(which="grid")
    axes.plot(ends, [y, y], color=LINE, lw=0.5, transform=place, clip_on=False, gid="rule")


def _at(axes: Axes, x: float) -> float:
    """Points from the left edge of the figure as a share of the axes."""
    box = axes.get_position()
    return float((x / WIDTH - box.x0) / box.width)


def diamond(x: float, y: float, size: float) -> Line2D:
    """The hollow mark of the paper's values."""
    from matplotlib.lines import Line2D

    mark = Line2D([x], [y], ls="none", marker="D", ms=size, mfc="none", mec=INK, mew=0.9)
    mark.set_gid("paper")
    return mark


def paper_key(axes: Axes, x: float, y: float) -> None:
    """The legend of the hollow marks, in points from the lower left corner of the figure."""
    mark = diamond(*_in_figure(axes, x, y + 2.6), size=4.5)
    mark.set_gid("key")
    figure_of(axes).add_artist(mark)
    aside(axes, "paper", x + 7, y)


def shade_key(axes: Axes, x: float, y: float) -> None:
    """A piece of the margin's shade, placed likewise."""
    from matplotlib.lines import Line2D

    x, y = _in_figure(axes, x, y + 2.6)
    figure_of(axes).add_artist(Line2D([x], [y], ls="none", marker="s", ms=7, mew=0, mfc=BAND))


def _in_figure(axes: Axes, x: float, y: float) -> tuple[float, float]:
    """Points from the lower left corner of the figure as shares of it."""
    return x / WIDTH, y / (72 * figure_of(axes).get_figheight())

"""What all figures share: size, colors, type, axes. Lengths are points, as on paper.

Every panel is as wide as a journal's column and as a phone; a page with more room puts several
side by side. Colors are those of Okabe and Ito, which color-blind readers can tell apart. Figures
are drawn without pyplot, so that nothing global changes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from ablate.report.formatting import tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 300.0
TEXT = 8.8
SMALL = 7.8
FITS = 54
"""Characters of TEXT in a line, in a wide font."""

INK = "#1f2328"
MUTED = "#656d76"
LINE = "#d4d9df"
BAND = "#e9edf2"
BLUE = "#0072b2"
SERIES = (BLUE, "#d55e00", "#009e73", "#aa4f88", "#b07800", "#3d8fc0")
DASHES = ("solid", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))

SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "ablate",
    "path.simplify": False,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Our settings for as long as a figure is drawn, and no word about glyphs: readers have fonts."""
    from matplotlib import rc_context, rcParamsDefault

    with rc_context({**rcParamsDefault, **SETTINGS}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def panel(height: float, *, left: float, right: float, top: float, bottom: float) -> Axes:
    """Axes in a figure of their own, so far from its edges."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 72, height / 72))
    box = (left / WIDTH, bottom / height)
    size = ((WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    axes = figure.add_axes((*box, *size))
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    return axes


def figure_of(axes: Axes) -> Figure:
    """The figure that `panel` made for the axes."""
    from matplotlib.figure import Figure

    assert isinstance(axes.figure, Figure)
    return axes.figure


def quiet_axes(axes: Axes) -> None:
    """No frame: a line below, and light marks."""
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.spines["bottom"].set_linewidth(0.6)
    axes.tick_params(colors=MUTED, labelsize=SMALL, length=2.5, width=0.6, pad=2)


def ticks(low: float, high: float, most: int = 6, *, whole: bool = False) -> list[float]:
    """Round numbers within the range."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(most, integer=whole, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(value) for value in values if low <= value <= high]


def tick_labels(values: list[float], *, sign: bool = False) -> list[str]:
    step = values[1] - values[0] if len(values) > 1 else 1.0
    return [tick(round(value / step) * step, step, sign) for value in values]


def write(
    axes: Axes,
    text: str,
    x: float,
    y: float,
    *,
    color: str = INK,
    size: float = TEXT,
    bold: bool = False,
    align: Literal["left", "center", "right"] = "left",
) -> None:
    """Text at a place in points from the lower left corner of the figure."""
    figure_of(axes).text(
        x / WIDTH,
        y / (72 * figure_of(axes).get_figheight()),
        text,
        color=color,
        fontsize=size,
        fontweight="bold" if bold else "normal",
        ha=align,
        va="baseline",
    )


def shorten(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"

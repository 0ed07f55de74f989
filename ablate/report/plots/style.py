"""What all figures share: size, colors, type, axes. Lengths are points, as on paper.

Every panel is as wide as a journal's column and as a phone; a page with more room puts several
side by side. Colors are those of Okabe and Ito, which color-blind readers can tell apart. Figures
are drawn without pyplot, so that nothing global changes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from ablate.report.formatting import tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

LineStyle = Literal["solid"] | tuple[float, tuple[float, ...]]
Align = Literal["left", "center", "right"]

WIDTH = 300.0
TEXT = 8.8
SMALL = 7.8
FITS = 54
"""Characters of TEXT in a line, in a wide font."""
TITLE_FITS = 44

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

SETTINGS: dict[Any, Any] = {
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
    """Our settings while a figure is drawn. Missing glyphs do not matter: readers have fonts."""
    from matplotlib import rc_context, rcdefaults, rcParams

    with rc_context(), warnings.catch_warnings():
        rcdefaults()
        rcParams.update(SETTINGS)
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


def title(axes: Axes, text: str, x: float, y: float) -> None:
    """The name of a panel, in points from the lower left corner of the figure."""
    _text(axes, shorten(text, TITLE_FITS), x, y, "left", INK, TEXT).set_fontweight("bold")


def aside(axes: Axes, text: str, x: float, y: float, align: Align = "left") -> None:
    """Small words about the panel, placed likewise."""
    _text(axes, text, x, y, align, MUTED, SMALL)


def _text(axes: Axes, text: str, x: float, y: float, align: Align, color: str, size: float) -> Text:
    figure = figure_of(axes)
    x, y = x / WIDTH, y / (72 * figure.get_figheight())
    return figure.text(x, y, text, ha=align, va="baseline", color=color, fontsize=size)


def row_words(axes: Axes, label: str, numbers: str, y: float, *, muted: bool = False) -> None:
    """What a row is on its left, its numbers on its right; y is in the data's units."""
    place = axes.get_yaxis_transform()
    color = MUTED if muted else INK
    label = shorten(label, FITS - len(numbers))
    axes.text(0, y, label, transform=place, ha="left", va="center", fontsize=TEXT)
    right = axes.text(1, y, numbers, transform=place, ha="right", va="center", fontsize=TEXT)
    right.set_color(color)


def shorten(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"

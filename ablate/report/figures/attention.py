"""Mean attention distance: every head as a dot over the depth, as in ViT's Fig. 7 (2010.11929)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ablate.analysis.findings import LayerAttention
from ablate.analysis.model import Analysis
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._interpreted import Interpreted, by_model
from ablate.report.figures._panel import Panel
from ablate.report.figures._shared import file_name, told
from ablate.report.figures._style import Axes
from ablate.report.formatting import pixels
from ablate.report.labels import cell_label

AIR = 0.08
"""Share of the axis that stays free beyond the outermost mark."""
ROW, STRIP = 66.0, 42.0
"""From one row to the next; of that, the room of the dots."""
TOP, BOTTOM, LEFT, RIGHT = 34.0, 30.0, 24.0, 6.0
WORDS = 10.0
"""Height of a row's words above its dots."""
HALF = 0.3
"""Half the length of a layer's mark, where layers are 1 apart."""


def attention(analysis: Analysis) -> Figure | None:
    """The attention distance of each head, a panel per model."""
    models = [[one for one in own if one.found.layers] for own in by_model(analysis)]
    drawn = [own for own in models if own]
    if not drawn:
        return None
    panels = tuple(_panel(own, analysis) for own in drawn)
    rows = told((row.label, row.text) for panel in panels for row in panel.rows)
    return Figure(
        name="attention",
        caption=_caption(drawn[0][0]),
        alt=f"Mean attention distance in pixels, first and last layer. {rows}",
        panels=panels,
    )


def _caption(first: Interpreted) -> str:
    return (
        "Attention distance: a dot for each head of each trained network, at the mean distance"
        " between a token and those it attends to, weighted by attention, in pixels of images"
        f" that are {first.found.image_size} wide, over {first.found.images} test images."
        " Solid: the mean of a layer; dotted: the baseline's; gray: uniform attention."
        " In numbers: the mean of the first and of the last layer, and the number of networks."
        " Tokens without a position, such as the class token, are left out and the rest is scaled"
        " up to 1; a token made of several lies in their middle."
    )


def _panel(own: Sequence[Interpreted], analysis: Analysis) -> Heads:
    layers = [layer for one in own for layer in one.found.layers]
    marks = [mark for layer in layers for mark in (*layer.distances, layer.uniform)]
    low, high = min(marks), max(marks)
    air = AIR * ((high - low) or 1.0)
    return Heads(
        name=file_name("attention", own[0].cell.model),
        title=own[0].cell.model_label,
        rows=tuple(_rows(own, analysis)),
        low=max(0.0, low - air),
        high=high + air,
    )


def _rows(own: Sequence[Interpreted], analysis: Analysis) -> Iterator[HeadRow]:
    base = next((one.found.layers for one in own if one.cell.is_baseline), ())
    for one in own:
        layers, is_baseline = one.found.layers, one.cell.is_baseline
        ends = " → ".join(pixels(layer.mean) for layer in (layers[0], layers[-1]))
        yield HeadRow(
            label=cell_label(one.cell, analysis),
            text=f"{ends} ({len(one.found.seeds)})",
            baseline=is_baseline,
            layers=layers,
            beside=() if is_baseline else tuple(layer.mean for layer in base),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRow:
    label: str
    text: str
    baseline: bool
    layers: tuple[LayerAttention, ...]
    beside: tuple[float, ...]
    """The means of the baseline's layers; empty for itself, or where they are unknown."""


@dataclass(frozen=True, kw_only=True)
class Heads(Panel):
    """A strip per cell: the attention distances of a model's heads, layer by layer."""

    rows: tuple[HeadRow, ...]
    low: float
    high: float
    """The range of the vertical axis of each strip."""

    def draw(self) -> Axes:
        """Heights are points, so that strips can lie above each other."""
        height = TOP + ROW * len(self.rows) + BOTTOM
        axes = _style.new_axes(height, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)
        axes.set_xlim(0.5, max(len(row.layers) for row in self.rows) + 0.5)
        axes.set_ylim(0, ROW * len(self.rows))
        feet = [ROW * row for row in reversed(range(len(self.rows)))]
        for row, foot in zip(self.rows, feet, strict=True):
            _style.row_words(axes, row.label, row.text, foot + STRIP + WORDS)
            self._row(axes, row, foot)
        self._axis(axes, feet)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        _style.aside(axes, "mean attention distance (pixels)", _style.SIDE, height - 23)
        return axes

    def _row(self, axes: Axes, row: HeadRow, foot: float) -> None:
        """Dots of heads, the line of their means, the baseline's, and uniform attention."""
        color = _style.INK if row.baseline else _style.BLUE
        for depth, layer in enumerate(row.layers, start=1):
            uniform, ends = self._heights([layer.uniform] * 2, foot), [depth - HALF, depth + HALF]
            axes.plot(ends, uniform, color=_style.MUTED, lw=0.8, gid="uniform")
            dots = [depth] * len(layer.distances), self._heights(layer.distances, foot)
            axes.plot(*dots, "o", color=color, ms=3.4, mew=0, alpha=0.4, gid="head")
        beside = self._heights(row.beside, foot)
        dotted = (0, (1.5, 1.5))
        axes.plot(_depths(beside), beside, color=_style.INK, ls=dotted, lw=1.0, gid="beside")
        means = self._heights([layer.mean for layer in row.layers], foot)
        axes.plot(_depths(means), means, color=color, lw=1.2, gid="mean")

    def _heights(self, values: Sequence[float], foot: float) -> list[float]:
        """The heights of values in the strip that begins at `foot`."""
        scale = STRIP / (self.high - self.low)
        return [foot + scale * (value - self.low) for value in values]

    def _axis(self, axes: Axes, feet: Sequence[float]) -> None:
        across = _style.ticks(1, max(axes.get_xlim()[1], 2), 12, whole=True)
        axes.set_xticks(across, _style.tick_labels(across))
        up = _style.ticks(self.low, self.high, 3)
        heights = [y for foot in feet for y in self._heights(up, foot)]
        axes.set_yticks(heights, _style.tick_labels(up) * len(feet))
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y")
        axes.set_xlabel("attention layer", labelpad=2)


def _depths(layers: Sequence[float]) -> range:
    return range(1, len(layers) + 1)

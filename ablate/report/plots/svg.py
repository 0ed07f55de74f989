"""A panel as SVG text: on white as a file of its own, or to stand inside an HTML page.

Inside a page the colors become names that the style sheet knows, so that a figure is light or dark
with its page, and every id begins with the panel's name, so that figures do not mix up their parts.
Only tags are changed: text between them, where user words may stand, is left alone.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ablate.report.panels import (
    Curves,
    Dots,
    Forest,
    Heads,
    Interaction,
    Ladder,
    Panel,
    Scatter,
    Walls,
)
from ablate.report.plots import style
from ablate.report.plots.curves import curves
from ablate.report.plots.dots import dots
from ablate.report.plots.forest import forest
from ablate.report.plots.heads import heads
from ablate.report.plots.interaction import interaction
from ablate.report.plots.ladder import ladder
from ablate.report.plots.scatter import scatter
from ablate.report.plots.walls import walls

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
LOOK = f'style="stroke-linejoin: round; stroke-linecap: butt; font-family: {FONTS}"'
WHITE = '<rect width="100%" height="100%" fill="#ffffff"/>'
THEME = {
    style.INK: "currentColor",
    style.MUTED: "var(--muted)",
    style.LINE: "var(--line)",
    style.BAND: "var(--band)",
    **{color: f"var(--series-{n})" for n, color in enumerate(style.SERIES, start=1)},
}
TAG = re.compile(r"<[^<>]+>")
SUPERFLUOUS = (
    re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL),
    re.compile(r"<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL),
)


@lru_cache(maxsize=64)
def draw(panel: Panel) -> Axes:
    """The panel on axes in a figure of its own, drawn once for all formats."""
    match panel:
        case Forest():
            return forest(panel)
        case Dots():
            return dots(panel)
        case Curves():
            return curves(panel)
        case Ladder():
            return ladder(panel)
        case Interaction():
            return interaction(panel)
        case Scatter():
            return scatter(panel)
        case Heads():
            return heads(panel)
        case Walls():
            return walls(panel)


def standalone(panel: Panel) -> str:
    """A file that any viewer shows: dark on white, with its size."""
    start, body = _svg(panel)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{start}\n {WHITE}{body}'


def inline(panel: Panel) -> str:
    """An element for an HTML page, as wide as there is room."""
    start, body = _svg(panel)
    start = re.sub(r' (width|height|version)="[^"]*"', "", start)
    return TAG.sub(lambda match: _for_page(match[0], panel.name), start + body)


def _for_page(tag: str, name: str) -> str:
    for color, word in THEME.items():
        tag = tag.replace(color, word)
    tag = re.sub(r'(\bid=")', rf"\1{name}-", tag)
    return re.sub(r'(href="#|url\(#)', rf"\1{name}-", tag)


@lru_cache(maxsize=64)
def _svg(panel: Panel) -> tuple[str, str]:
    """The first tag and the rest of what matplotlib writes, without what only it needs."""
    with style.drawing():
        file = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        style.figure_of(draw(panel)).savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    for pattern in SUPERFLUOUS:
        text = pattern.sub("", text)
    start, _, body = text[text.index("<svg") :].partition(">")
    return f"{start} {LOOK}>", TAG.sub(lambda match: _plain(match[0]), body)


def _plain(tag: str) -> str:
    """Groups have a class instead of an id, text the font of the whole and no empty rotation."""
    tag = re.sub(r'^<g id="[\w.]+_\d+"', "<g", tag)
    tag = re.sub(r'^<g id="', '<g class="', tag)
    tag = re.sub(r"font-family: [^;\"]*; ?", "", tag)
    return re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)

"""Axes as SVG, on white as a file of its own or inside an HTML page, and as PDF.

Inside a page the colors become names that the style sheet knows, so that a figure is light or dark
with its page, and every id begins with the panel's name, so that figures do not mix up their parts.
Only tags are changed: text between them, where user words may stand, is left alone.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING

from ablate.report.figures import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
LOOK = f'style="stroke-linejoin: round; stroke-linecap: butt; font-family: {FONTS}"'
WHITE = '<rect width="100%" height="100%" fill="#ffffff"/>'
THEME = {
    _style.INK: "currentColor",
    _style.MUTED: "var(--muted)",
    _style.LINE: "var(--line)",
    _style.BAND: "var(--band)",
    **{color: f"var(--series-{n})" for n, color in enumerate(_style.SERIES, start=1)},
}
TAG = re.compile(r"<[^<>]+>")
SUPERFLUOUS = (
    re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL),
    re.compile(r"<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL),
)
Parts = tuple[str, str]
"""The first tag of an SVG, and the rest."""


def parts(axes: Axes) -> Parts:
    """The SVG that matplotlib writes, without what only it needs."""
    with _style.drawing():
        file = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        _style.figure_of(axes).savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    for pattern in SUPERFLUOUS:
        text = pattern.sub("", text)
    start, _, body = text[text.index("<svg") :].partition(">")
    return f"{start} {LOOK}>", TAG.sub(lambda match: _plain(match[0]), body)


def standalone(svg: Parts) -> str:
    """A file that any viewer shows."""
    start, body = svg
    return f'<?xml version="1.0" encoding="utf-8"?>\n{start}\n {WHITE}{body}'


def inline(svg: Parts, name: str) -> str:
    """An element of an HTML page; ids begin with `name`."""
    start = re.sub(r' (width|height|version)="[^"]*"', "", svg[0])
    return TAG.sub(lambda match: _for_page(match[0], name), start + svg[1])


def pdf(axes: Axes, svg: str) -> bytes:
    """A file that says which SVG it equals, and neither when nor by what it was made."""
    with _style.drawing():
        file = io.BytesIO()
        known = dict.fromkeys(("CreationDate", "Creator", "Producer")) | {"Keywords": mark(svg)}
        _style.figure_of(axes).savefig(file, format="pdf", metadata=known)
    return file.getvalue()


def mark(svg: str) -> str:
    """The hash that two panels share only if they look alike."""
    from matplotlib import __version__

    return hashlib.sha256(f"{__version__} {svg}".encode()).hexdigest()


def _for_page(tag: str, name: str) -> str:
    for color, word in THEME.items():
        tag = tag.replace(color, word)
    tag = re.sub(r'(\bid=")', rf"\1{name}-", tag)
    return re.sub(r'(href="#|url\(#)', rf"\1{name}-", tag)


def _plain(tag: str) -> str:
    """Groups have a class instead of an id, text the font of the whole and no empty rotation."""
    tag = re.sub(r'^<g id="[\w.]+_\d+"', "<g", tag)
    tag = re.sub(r'^<g id="', '<g class="', tag)
    tag = re.sub(r"font-family: [^;\"]*; ?", "", tag)
    return re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)

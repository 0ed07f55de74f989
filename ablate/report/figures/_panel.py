"""A panel: part of a figure that draws itself once, for SVG on white, for a page, and for PDF.

Inside a page the colors become names that the style sheet knows, so that a figure is light or dark
with its page, and every id begins with the panel's name, so that figures do not mix up their parts.
Only tags are changed: text between them, where user words may stand, is left alone.
"""

import hashlib
import io
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ablate.report.figures import _style
from ablate.report.figures._style import Axes

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


@dataclass(frozen=True, kw_only=True)
class Panel(ABC):
    """The data of a panel; each figure's file has its own."""

    name: str
    """The stem of its files, which no user text can reach."""
    title: str

    @abstractmethod
    def draw(self) -> Axes:
        """Draw on axes in a new figure of its own."""

    @cached_property
    def axes(self) -> Axes:
        """The drawn panel, the same for every medium."""
        with _style.drawing():
            return self.draw()

    @cached_property
    def svg(self) -> str:
        """A file that any viewer shows: dark on white, with its size."""
        start, body = self._svg
        return f'<?xml version="1.0" encoding="utf-8"?>\n{start}\n {WHITE}{body}'

    @cached_property
    def inline_svg(self) -> str:
        """An element of an HTML page, as wide as there is room; ids begin with the name."""
        start, body = self._svg
        start = re.sub(r' (width|height|version)="[^"]*"', "", start)
        return TAG.sub(lambda match: _for_page(match[0], self.name), start + body)

    @cached_property
    def pdf(self) -> bytes:
        """A file for LaTeX, its letters embedded as publishers want them.

        It says which SVG it equals, and neither when nor by what it was made.
        """
        nothing = dict.fromkeys(("CreationDate", "Creator", "Producer"))
        return self._saved("pdf", nothing | {"Keywords": self._mark})

    def is_in(self, content: bytes) -> bool:
        """Whether a PDF shows the panel as it would be drawn now: embedding letters takes time."""
        return self._mark.encode() in content

    @cached_property
    def _mark(self) -> str:
        """The hash that two panels share only if they look alike."""
        from matplotlib import __version__

        return hashlib.sha256(f"{__version__} {self.svg}".encode()).hexdigest()

    @cached_property
    def _svg(self) -> tuple[str, str]:
        """The first tag of what Matplotlib writes, and the rest, without what only it needs."""
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        text = self._saved("svg", nothing).decode()
        for pattern in SUPERFLUOUS:
            text = pattern.sub("", text)
        start, _, body = text[text.index("<svg") :].partition(">")
        return f"{start} {LOOK}>", TAG.sub(lambda match: _plain(match[0]), body)

    def _saved(self, kind: str, metadata: dict[str, Any]) -> bytes:
        file = io.BytesIO()
        with _style.drawing():
            _style.figure_of(self.axes).savefig(file, format=kind, metadata=metadata)
        return file.getvalue()


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

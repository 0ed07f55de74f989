"""A panel: part of a figure that can draw itself, once for all media."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ablate.report.figures import _svg
from ablate.report.figures._style import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        with drawing():
            return self.draw()

    @cached_property
    def svg(self) -> str:
        """A file that any viewer shows: dark on white, with its size."""
        return _svg.standalone(self._svg)

    @cached_property
    def inline_svg(self) -> str:
        """An element of an HTML page, as wide as there is room."""
        return _svg.inline(self._svg, self.name)

    @cached_property
    def pdf(self) -> bytes:
        """A file for LaTeX, its letters embedded as publishers want them."""
        return _svg.pdf(self.axes, self.svg)

    def is_in(self, content: bytes) -> bool:
        """Whether a PDF shows the panel as it would be drawn now: embedding letters takes time."""
        return _svg.mark(self.svg).encode() in content

    @cached_property
    def _svg(self) -> tuple[str, str]:
        return _svg.parts(self.axes)

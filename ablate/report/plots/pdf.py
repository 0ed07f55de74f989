"""A panel as a PDF for LaTeX: drawn like the SVG, its letters embedded as publishers want them.

That embedding takes most of the time of a report. So the file says which SVG it equals, and is not
made again while that is the same.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache

from ablate.report.panels import Panel
from ablate.report.plots import style
from ablate.report.plots.svg import draw, standalone


@lru_cache(maxsize=64)
def pdf(panel: Panel) -> bytes:
    """The file, which knows neither when nor by what it was made."""
    with style.drawing():
        file = io.BytesIO()
        known = dict.fromkeys(("CreationDate", "Creator", "Producer")) | {"Keywords": mark(panel)}
        style.figure_of(draw(panel)).savefig(file, format="pdf", metadata=known)
    return file.getvalue()


def is_of(content: bytes, panel: Panel) -> bool:
    """Whether the file shows the panel as it would be drawn now."""
    return mark(panel).encode() in content


def mark(panel: Panel) -> str:
    """What two panels share only if they look alike."""
    from matplotlib import __version__

    return hashlib.sha256(f"{__version__} {standalone(panel)}".encode()).hexdigest()

"""The panels of a report as files beside it: SVG for Markdown, PDF for LaTeX."""

import re
from collections.abc import Iterator
from pathlib import Path

from ablate.report.blocks import Figure, Report
from ablate.report.figures._panel import Panel
from ablate.store.files import write_bytes

FIGURES = "figures"
"""The folder, beside the report."""
OURS = re.compile(
    r"contrasts(-near)?|tradeoffs-(macs|parameters|images_per_s|train_s)"
    r"|(attention|curves|filters|interactions|ladder|positions|rollout|seeds|tradeoffs)"
    r"(-\d+|(-\w+)*-[0-9a-f]{6})(-\d+)?"
)
"""The names of panels, today's and those by number that earlier reports had."""


def svgs(report: Report) -> dict[str, bytes]:
    """The drawings for Markdown, by their paths from the report."""
    return {f"{FIGURES}/{p.name}.svg": p.svg.encode() for p in _panels(report)}


def pdfs(report: Report, folder: Path) -> dict[str, bytes]:
    """Those for LaTeX; what lies in the folder already is not drawn again."""
    found = {}
    for panel in _panels(report):
        name = f"{FIGURES}/{panel.name}.pdf"
        old = read(folder / name)
        found[name] = old if old and panel.is_in(old) else panel.pdf
    return found


def write(files: dict[str, bytes], folder: Path, kind: str) -> None:
    """Write what is not there yet, and remove figures of the kind that an earlier report left."""
    (folder / FIGURES).mkdir(exist_ok=True)
    for name, content in files.items():
        if read(folder / name) != content:
            write_bytes(folder / name, content)
    for path in (folder / FIGURES).glob(f"*.{kind}"):
        if OURS.fullmatch(path.stem) and f"{FIGURES}/{path.name}" not in files:
            path.unlink()


def read(path: Path) -> bytes | None:
    """The content of a file, if there is one."""
    return path.read_bytes() if path.exists() else None


def _panels(report: Report) -> Iterator[Panel]:
    for block in report.blocks:
        if isinstance(block, Figure):
            yield from block.panels

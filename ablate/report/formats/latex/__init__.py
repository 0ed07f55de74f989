r"""The report as LaTeX: `report.tex` and `numbers.tex` to be `\input` into a paper, the figures as
PDF, and `preview.tex`, an article of its own that shows the whole; as `preview.pdf` too, where
there is a `pdflatex`.
"""

from __future__ import annotations

import logging
from pathlib import Path

from ablate.report.blocks import Report
from ablate.report.formats.latex.document import preview_tex, report_tex
from ablate.report.formats.latex.macros import macros, numbers_tex
from ablate.report.formats.latex.preview import compiled
from ablate.report.formats.markdown import FIGURES, OURS, panels
from ablate.store.files import write_bytes

log = logging.getLogger(__name__)


def write_latex(report: Report, path: Path) -> None:
    """Write `report.tex`, and all that belongs to it beside it."""
    folder = path.parent
    (folder / FIGURES).mkdir(exist_ok=True)
    files = latex(report) | pictures(report, folder)
    changed = [name for name, content in files.items() if _there(folder / name) != content]
    for name in changed:
        write_bytes(folder / name, files[name])
    for path in (folder / FIGURES).glob("*.pdf"):
        if OURS.fullmatch(path.stem) and f"{FIGURES}/{path.name}" not in files:
            path.unlink()
    preview = folder / "preview.pdf"
    if changed or not preview.exists():
        _write_preview(files, preview)


def latex(report: Report) -> dict[str, bytes]:
    """The texts, by the names of their files."""
    found = macros(report)
    texts = {
        "report.tex": report_tex(report, found),
        "numbers.tex": numbers_tex(report, found),
        "preview.tex": preview_tex(report),
    }
    return {name: text.encode() for name, text in texts.items()}


def pictures(report: Report, folder: Path) -> dict[str, bytes]:
    """The panels, by the names of their files; those that are there are not drawn again."""
    from ablate.report.plots.pdf import is_of, pdf

    found = {}
    for panel in panels(report):
        name = f"{FIGURES}/{panel.name}.pdf"
        old = _there(folder / name)
        found[name] = old if old and is_of(old, panel) else pdf(panel)
    return found


def _there(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _write_preview(files: dict[str, bytes], path: Path) -> None:
    """The preview, or none: an old one beside a new text would mislead."""
    content, complaint = compiled(files)
    if complaint:
        log.warning("no %s: pdflatex says: %s", path.name, complaint)
    if content:
        write_bytes(path, content)
    else:
        path.unlink(missing_ok=True)

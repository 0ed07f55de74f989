r"""The report as LaTeX: `report.tex` and `numbers.tex`, to be `\input` into a paper.

Beside them the figures as PDF, and `preview.tex`, an article of its own that shows the whole; as
`preview.pdf` too, where there is a `pdflatex`.
"""

import logging
import re
from functools import cache
from pathlib import Path

from ablate.report.blocks import Report, numbered
from ablate.report.clean import line
from ablate.report.formats import figures
from ablate.report.formats.html import MARKS
from ablate.report.formats.latex import tables
from ablate.report.formats.latex.escape import code, escape, prose, value
from ablate.report.formats.latex.macros import macros, name_of, with_macros
from ablate.report.formats.latex.preview import compiled
from ablate.report.formats.templates import Environment, Filters, environment
from ablate.report.labels import join_words
from ablate.store.files import write_bytes

log = logging.getLogger(__name__)

FILES = ("report.tex", "numbers.tex", "preview.tex")
SIGNS = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}


def write_latex(report: Report, path: Path) -> None:
    """Write `report.tex`, and all that belongs to it beside it."""
    folder = path.parent
    files = latex(report) | figures.pdfs(report, folder)
    changed = any(figures.read(folder / name) != content for name, content in files.items())
    figures.write(files, folder, "pdf")
    preview = folder / "preview.pdf"
    if changed or not preview.exists():
        _write_preview(files, preview)


def latex(report: Report) -> dict[str, bytes]:
    """The texts, by the names of their files."""
    blocks = numbered(report.blocks)
    floats = [(block, number) for block, number in blocks if block.kind in ("table", "figure")]
    found = macros(report)
    told = {
        "report": report,
        "blocks": blocks,
        "macros": found,
        "names": {(macro.key, macro.number): macro.name for macro in found},
        "guard": name_of(report.name, report.title),
        "first_float": floats[0][0] if floats else None,
        "listed": join_words([f"{block.kind.capitalize()} {number}" for block, number in floats]),
    }
    return {
        name: _templates().get_template(f"latex/{name}.j2").render(told).encode() for name in FILES
    }


@cache
def _templates() -> Environment:
    filters: Filters = {"prose": prose, "code": code, "value": value, "comment": line}
    more: Filters = {"lines": tables.lines, "with_macros": with_macros, "slug": slug}
    made = environment(escape, {**filters, **more}, **SIGNS)
    shared = (tables.floats, tables.heads, tables.titles, tables.group_name, tables.height)
    made.globals |= {function.__name__: function for function in shared} | {
        "marks": MARKS,
        "head_width": tables.HEAD,
    }
    return made


def slug(name: str) -> str:
    r"""A name that `\label` takes, another for every study and setting: `pos_embedding:digits`."""
    return re.sub(r"[^\w.-]+", ":", name, flags=re.ASCII)


def _write_preview(files: dict[str, bytes], path: Path) -> None:
    """The preview, or none: an old one beside a new text would mislead."""
    content, complaint = compiled(files)
    if complaint:
        log.warning("no %s: pdflatex says: %s", path.name, complaint)
    if content:
        write_bytes(path, content)
    else:
        path.unlink(missing_ok=True)

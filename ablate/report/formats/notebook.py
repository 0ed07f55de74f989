"""A report as the value of a notebook's cell: the answer, the verdicts, the table and the notes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from ablate.analysis.model import Analysis
from ablate.errors import AblateError
from ablate.report import write_all
from ablate.report.blocks import Block, Notes, Paragraph, Report, Table, Verdicts
from ablate.report.build import build_report
from ablate.report.formats.html import MARKS, templates
from ablate.report.formats.markdown import markdown
from ablate.report.formats.terminal import Summary
from ablate.report.formatting import MISSING

WIDTH = 110
"""Columns of the text, which has no terminal to ask."""


@final
@dataclass(frozen=True, slots=True, repr=False)
class StudyReport:
    """The report of a study so far. A notebook shows it, `print` writes it as text."""

    analysis: Analysis

    def write(self, folder: str | Path) -> Path:
        """Write the whole report with its figures and data; returns the path of `index.html`.

        Raises `AblateError` at the end if a part of it could not be written.
        """
        if failures := write_all(self.analysis, Path(folder)):
            raise AblateError("; ".join(map(str, failures)))
        return Path(folder) / "index.html"

    def __repr__(self) -> str:
        from rich.console import Console

        console = Console(width=WIDTH, color_system=None)
        with console.capture() as said:
            console.print(Summary(_short(self.analysis).blocks))
        return "\n".join(line.rstrip() for line in said.get().splitlines()).rstrip("\n")

    def _repr_html_(self) -> str:
        report = _short(self.analysis)
        template = templates().get_template("notebook.html.j2")
        return template.render(report=report, marks=MARKS, missing=MISSING)

    def _repr_markdown_(self) -> str:
        return markdown(_short(self.analysis))


def _short(analysis: Analysis) -> Report:
    """The report without figures, provenance, and what explains the method."""
    report = build_report(analysis)
    return replace(report, blocks=tuple(block for block in report.blocks if _is_short(block)))


def _is_short(block: Block) -> bool:
    return isinstance(block, Table | Verdicts | Notes) or (
        isinstance(block, Paragraph) and block.lead
    )

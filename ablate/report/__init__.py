"""How it is told: from the frozen analysis to HTML, Markdown, LaTeX, data files and the terminal.

    report = build_report(analysis)        # format-free blocks: all words, all rounding
    write_report(report, "html", folder)   # one file per format, none of which computes

Nothing here knows the time, a random number or the machine's paths: the same analysis gives the
same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ablate.analysis.model import Analysis
from ablate.errors import UnknownNameError
from ablate.report.blocks import Report
from ablate.report.build import build_report
from ablate.report.formats.data import write_data
from ablate.report.formats.html import write_html
from ablate.report.formats.latex import write_latex
from ablate.report.formats.markdown import write_markdown
from ablate.report.formats.terminal import summary
from ablate.report.index import write_index, write_summary

__all__ = [
    "FORMATS",
    "Reporter",
    "build_report",
    "summary",
    "write_all",
    "write_index",
    "write_report",
]


class Reporter(Protocol):
    """Renders a report in one format into an existing folder.

    Obligations: every text is escaped; nothing is computed or rounded; files appear whole or not
    at all; the path of the main one is returned.
    """

    def __call__(self, report: Report, folder: Path) -> Path: ...


FORMATS: dict[str, Reporter] = {
    "html": write_html,
    "markdown": write_markdown,
    "latex": write_latex,
}


def write_report(report: Report | Analysis, format: str, folder: Path) -> Path:  # noqa: A002
    """One format of a report; returns the path of its main file."""
    if format not in FORMATS:
        raise UnknownNameError("format", format, FORMATS)
    if isinstance(report, Analysis):
        report = build_report(report)
    folder.mkdir(parents=True, exist_ok=True)
    return FORMATS[format](report, folder)


def write_all(analysis: Analysis, folder: Path, report: Report | None = None) -> Path:
    """Every format, the figures and the data; returns the path of `index.html`.

    `report` is that of the analysis, for those who have it already.
    """
    report = report or build_report(analysis)
    paths = {format: write_report(report, format, folder) for format in FORMATS}  # noqa: A001
    write_data(analysis, folder)
    write_summary(analysis, folder)
    return paths["html"]

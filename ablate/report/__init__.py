"""The report: from the frozen analysis to HTML, Markdown, LaTeX, data files and the terminal.

    report = build_report(analysis)        # format-free blocks: all words, all rounding
    write_report(report, "html", folder)   # one format
    write_all(analysis, folder)            # every format, the figures and the data

Nothing here knows the time, a random number or the machine's paths: the same analysis gives the
same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import final

from ablate.analysis.model import Analysis
from ablate.errors import AblateError, UnknownNameError
from ablate.report.blocks import Report
from ablate.report.build import build_report
from ablate.report.clean import clean
from ablate.report.formats.data import read_analysis, write_analysis, write_results, write_runs
from ablate.report.formats.html import write_html
from ablate.report.formats.latex import write_latex
from ablate.report.formats.markdown import write_markdown
from ablate.report.formats.terminal import summary
from ablate.report.index import write_index, write_summary

__all__ = [
    "DATA",
    "FORMATS",
    "Failure",
    "Reporter",
    "build_report",
    "read_analysis",
    "summary",
    "write_all",
    "write_index",
    "write_report",
]


Reporter = Callable[[Report, Path], None]
"""Writes a report in one format to a path, and whatever belongs to it beside that.

Obligations: every text is escaped; nothing is computed or rounded; files appear whole or not at
all.
"""
FORMATS: dict[str, tuple[str, Reporter]] = {
    "html": ("index.html", write_html),
    "markdown": ("report.md", write_markdown),
    "latex": ("report.tex", write_latex),
}
DATA: dict[str, Callable[[Analysis, Path], None]] = {
    "results.csv": write_results,
    "runs.csv": write_runs,
    "analysis.json": write_analysis,
    "summary.json": write_summary,
}


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be written, and why."""

    file: str
    error: Exception

    def __str__(self) -> str:
        known = isinstance(self.error, AblateError | OSError)
        kind = "" if known else f"{type(self.error).__name__}: "
        return f"{self.file} could not be written: {kind}{self.error}"


def write_report(report: Report | Analysis, format: str, folder: Path) -> Path:  # noqa: A002
    """Write one format of a report; returns the path of its main file."""
    if format not in FORMATS:
        raise UnknownNameError("format", format, FORMATS)
    if isinstance(report, Analysis):
        report = build_report(report)
    folder.mkdir(parents=True, exist_ok=True)
    file, write = FORMATS[format]
    write(report, folder / file)
    return folder / file


def write_all(
    analysis: Analysis, folder: Path, report: Report | None = None, index: Path | None = None
) -> tuple[Failure, ...]:
    """Write every format, the figures and the data; returns what could not be written.

    Each file is written whatever becomes of the others. `report` is that of the analysis, for
    those who have it already; `index` is the folder of reports whose lists are renewed as well.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AblateError(f"the report cannot be written to {folder}: {error.strerror}") from error
    analysis = clean(analysis)
    report = report or build_report(analysis)
    tasks: dict[str, Callable[[], object]] = {
        **{file: partial(write, report, folder / file) for file, write in FORMATS.values()},
        **{file: partial(write, analysis, folder / file) for file, write in DATA.items()},
    }
    if index is not None:
        tasks[f"the index of {index}"] = partial(write_index, index)
    return tuple(failure for task in tasks.items() if (failure := _attempted(*task)))


def _attempted(file: str, write: Callable[[], object]) -> Failure | None:
    try:
        write()
    except Exception as error:  # noqa: BLE001 - told at the end, so that it takes no other file along
        return Failure(file, error)
    return None

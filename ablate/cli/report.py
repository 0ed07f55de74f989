"""`ablate report`: analyze the runs there are and write the report, or write one anew."""

import argparse
import contextlib
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console, RenderableType

from ablate.analysis.make import analyze
from ablate.analysis.model import Analysis
from ablate.cli._reports import folder_of
from ablate.cli._study import grown_plan
from ablate.cli.parser import DONE, INCOMPLETE, Parser, add_reports, add_study
from ablate.errors import AblateError
from ablate.plan.make import Plan
from ablate.report import build_report, read_analysis, summary, write_all
from ablate.report.formats.data import is_report
from ablate.results.store import read_store
from ablate.store.claims import register
from ablate.store.store import Store
from ablate.study.load import file_from


def add_arguments(command: Parser) -> None:
    add_study(command, "the path of a study file or of a report's folder, to write it anew")
    add_reports(command)


def run(options: argparse.Namespace) -> int:
    if is_report(Path(options.study)):
        return _rewrite(Path(options.study), options)
    store = Store(options.runs)
    plan = grown_plan(options, store)
    folder_of(plan, options.reports)
    if store.root.is_dir():
        with contextlib.suppress(OSError):  # a folder that can only be read still gives a report
            register(plan, store)
    return write_report(plan, store, options.reports)


def write_report(plan: Plan, store: Store, reports: Path) -> int:
    """Write the report of a plan and print its summary; returns the exit code."""
    analysis = analyze(plan.study, read_store(store, plan))
    analysis = replace(analysis, file=file_from(plan.study, reports))
    return _write(analysis, folder_of(plan, reports), reports)


def _rewrite(report: Path, options: argparse.Namespace) -> int:
    """Write the report in a folder anew, from its analysis alone."""
    if options.setting or options.seeds:
        raise AblateError(f"{report} is a report: its setting and seeds are those of its analysis")
    folder = report if report.is_dir() else report.parent
    inside = folder.resolve().is_relative_to(options.reports.resolve())
    return _write(read_analysis(report), folder, options.reports if inside else None)


def _write(analysis: Analysis, folder: Path, reports: Path | None) -> int:
    """Write a report and the lists in `reports`, print its summary and what failed."""
    report = build_report(analysis)
    failures = write_all(analysis, folder, report, reports)
    show(summary(report), f"report: {folder / 'index.html'}")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    return DONE if analysis.complete and not failures else INCOMPLETE


def show(summary: RenderableType, last: str) -> None:
    """Print a summary and then where the whole is, on a line of its own."""
    console = Console()
    console.print(summary)
    console.print(last, soft_wrap=True, highlight=False)

"""`ablate compare A B`: two rounds of runs of a study, cell by cell. A and B are each one of

pos_embedding                   a study at its own setting
pos_embedding@digits_shifted    at another
pos_embedding:4f2a91c           only its runs that were made at that commit
reports/pos_embedding/digits    a report that was written before, or its analysis.json
"""

import argparse
import re
from pathlib import Path

from ablate.analysis.compare import Comparison, compare, shared
from ablate.analysis.make import analyze
from ablate.analysis.model import Analysis
from ablate.api import runs_folder
from ablate.cli.parser import DONE, Parser, add_json, add_reports
from ablate.cli.report import show
from ablate.errors import AblateError, UnknownNameError, hint
from ablate.plan.make import Plan, make_plan
from ablate.report import write_report
from ablate.report.formats.data import is_report, read_analysis
from ablate.report.formats.terminal import Summary
from ablate.report.sections.comparison import build_comparison, comparison_json, folder_name
from ablate.results.store import read_store
from ablate.run.adaptive import grown
from ablate.store.store import Store
from ablate.study.load import find_study, load_study

NAME = re.compile(r"(?P<study>[^@:]+)(?:@(?P<setting>[^@:]+))?(?::(?P<commit>[^@:]+))?")
"""No study, setting or commit has these signs in its name."""


def add_arguments(command: Parser) -> None:
    add = command.add_argument
    what = "STUDY, STUDY@SETTING, STUDY:COMMIT (runs made at it), or a report's folder"
    add("a", metavar="A", help=what)
    add("b", metavar="B", help="likewise; differences are B minus A")
    where = "where the records are (ABLATE_RUNS); given twice, those of A and those of B"
    add("--runs", type=Path, action="append", metavar="DIR", help=where)
    add_reports(command)
    add_json(command)


def run(options: argparse.Namespace) -> int:
    runs = options.runs or [runs_folder()]
    if len(runs) > 2:
        raise AblateError(f"--runs was given {len(runs)} times; A and B have one folder each")
    comparison = comparison_of(options.a, options.b, (runs[0], runs[-1]))
    if options.json:
        print(comparison_json(comparison))
    else:
        _write(comparison, options.reports)
    return DONE


def _write(comparison: Comparison, reports: Path) -> None:
    """Write HTML and Markdown beside the study's reports, and print the summary."""
    folder = reports / folder_name(comparison)
    report = build_comparison(comparison)
    try:
        write_report(report, "markdown", folder)
        page = write_report(report, "html", folder)
    except OSError as error:
        raise AblateError(f"{folder} cannot be written: {error.strerror}") from error
    show(Summary(report.blocks), f"comparison: {page}")


def comparison_of(a: str, b: str, runs: tuple[Path, Path]) -> Comparison:
    """The comparison that was asked for. Raises `AblateError`."""
    one, other = named(a, runs[0]), named(b, runs[1])
    _check(one, a)
    _check(other, b)
    if one == other:
        raise AblateError(f"{a!r} and {b!r} are the same, run by run; nothing is there to compare")
    if one.metric != other.metric:
        metrics = f"{one.metric.name} in {a!r}, {other.metric.name} in {b!r}"
        raise AblateError(f"they are judged by different metrics: {metrics}")
    if not shared(one, other):
        cells = ", ".join(cell.name for cell in one.cells)
        rivals = ", ".join(cell.name for cell in other.cells)
        raise AblateError(f"they have no cell in common: {cells} in {a!r}, {rivals} in {b!r}")
    return compare(one, other)


def named(text: str, runs: Path) -> Analysis:
    """The analysis that a word means."""
    if is_report(Path(text)):
        return read_analysis(Path(text))
    parts = NAME.fullmatch(text)
    if parts is None:
        raise AblateError(
            f"cannot tell what {text!r} is; allowed: STUDY, STUDY@SETTING, STUDY:COMMIT, "
            "STUDY@SETTING:COMMIT, or the folder of a report"
        )
    plan = make_plan(load_study(find_study(parts["study"])), parts["setting"])
    commit = parts["commit"] and _commit(parts["commit"], plan, Store(runs))
    store = Store(runs, commit)
    return analyze(plan.study, read_store(store, grown(plan, store)))


def _commit(start: str, plan: Plan, store: Store) -> str:
    """The one commit of the plan's runs that begins so, or is just so."""
    found = (folder.environment() for trial in plan.trials for folder in store.attempts(trial))
    known = sorted({one.commit for one in found if one and one.commit})
    if start in known:
        return start
    meant = [commit for commit in known if commit.startswith(start)]
    if len(meant) > 1:
        raise AblateError(f"several commits begin with {hint(start, meant)}")
    if not meant:
        raise UnknownNameError(f"commit of the runs of {plan.name}", start, known)
    return meant[0]


def _check(analysis: Analysis, text: str) -> None:
    if not any(cell.scores for cell in analysis.cells):
        again = f"ablate run {analysis.study} --setting {analysis.setting}"
        raise AblateError(f"{text!r} has no finished run; make them with `{again}`")

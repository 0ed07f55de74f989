"""The command line: thin, and quick because each command imports only what it needs.

Exit codes: 0 all is done; 1 some runs failed or are missing (the report is written all the same),
or a file of the report could not be written; 2 the request is wrong; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ablate.cli.parser import parser, runs_folder
from ablate.errors import (
    AblateError,
    Mistake,
    PlanError,
    Problem,
    StudyError,
)

if TYPE_CHECKING:
    from ablate.analysis.model import Analysis
    from ablate.check.model import Audit
    from ablate.plan.make import Plan
    from ablate.run.executors.base import Executor
    from ablate.run.scheduler import Options
    from ablate.store.store import Store
    from ablate.study.schema import Study

DONE, INCOMPLETE, WRONG, STOPPED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    # Quick commands end before a collection could pay; the others switch it on again.
    gc.disable()
    options = parser(COMMANDS).parse_args(arguments)
    try:
        sys.exit(options.command(options))
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        sys.exit(STOPPED)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)


def _plan(options: argparse.Namespace) -> Plan:
    from ablate.plan.make import make_plan
    from ablate.study.load import find_study, load_study

    study = load_study(find_study(options.study))
    try:
        asked = options.seeds
        seeds = study.seeds_called(asked) if isinstance(asked, str) else asked
        return make_plan(study, options.setting, seeds)
    except PlanError as error:
        raise StudyError(_in_file(study, error.mistakes)) from error


def _planned(options: argparse.Namespace, store: Store) -> Plan:
    """The plan with the seeds that have been added to it so far."""
    plan = _plan(options)
    if plan.adaptive is None:
        return plan
    from ablate.run.adaptive import grown

    return grown(plan, store)


def _in_file(study: Study, mistakes: Iterable[Mistake]) -> tuple[Problem, ...]:
    """Mistakes with the lines of the study's file where they stand."""
    return tuple(study.source.problem(*mistake) for mistake in mistakes)


def list_studies(_: argparse.Namespace) -> int:
    from ablate.cli.list import studies_text

    print(studies_text())
    return DONE


def check_study(options: argparse.Namespace) -> int:
    from ablate.cli.check import audit_json, audit_text, mistakes_json
    from ablate.store.store import Store

    gc.enable()
    try:
        plan = _plan(options)
        audit = _audit(plan, Store(options.runs))
    except StudyError as error:
        if not options.json:
            raise
        print(mistakes_json(error.problems))
        return WRONG
    if options.json:
        print(audit_json(audit, _found(audit, plan.study)))
        return WRONG if audit.findings else DONE
    print(audit_text(audit))
    _refuse(audit, plan.study)
    return DONE


def _audit(plan: Plan, store: Store) -> Audit:
    """The audit of a plan. One without a problem is kept, and made once."""
    from ablate.check.cached import cache_audit, cached_audit

    if audit := cached_audit(plan, store):
        return audit
    from ablate.check.make import check

    audit = check(plan)
    if not audit.findings:
        store.prepare()
        with store.writing():
            cache_audit(audit, plan, store)
    return audit


def _found(audit: Audit, study: Study) -> tuple[Problem, ...]:
    """The problems of an audit with file and line, in the order of its findings."""
    return _in_file(study, [(found.place, found.message) for found in audit.findings])


def _refuse(audit: Audit, study: Study) -> None:
    """Raise `StudyError` if there is any problem."""
    if audit.findings:
        raise StudyError(_found(audit, study))


def show_plan(options: argparse.Namespace) -> int:
    from ablate.cli.plan import budget_of, mistakes, plan_and_budget
    from ablate.store.store import Store

    store = Store(options.runs)
    plan = _planned(options, store)
    workers = 1 if options.executor == "inline" else options.workers
    tell = None if options.no_dry_run else partial(print, file=sys.stderr, flush=True)
    budget = budget_of(plan, store, workers, rerun_stale=options.rerun_stale, tell=tell)
    print(plan_and_budget(plan, store, budget, as_json=options.json), flush=True)
    if budget.failed and not options.json:
        raise StudyError(_in_file(plan.study, mistakes(budget, plan)))
    return WRONG if budget.failed else DONE


def show_status(options: argparse.Namespace) -> int:
    from ablate.cli.list import status_text
    from ablate.store.store import Store

    store = Store(options.runs)
    text, complete = status_text(_planned(options, store), store)
    print(text)
    return DONE if complete else INCOMPLETE


def list_models(_: argparse.Namespace) -> int:
    from ablate.cli.models import models_text

    print(models_text())
    return DONE


def show_model(options: argparse.Namespace) -> int:
    from ablate.cli.models import model_text

    print(model_text(options.name, options.image_size, options.set))
    return DONE


def run_study(options: argparse.Namespace) -> int:
    from ablate.run.scheduler import unfinished
    from ablate.store.claims import register
    from ablate.store.store import Store

    store = Store(options.runs)
    plan = _planned(options, store)
    store.prepare()
    gc.enable()
    with store.writing():
        register(plan, store)
    if unfinished(plan, store, options.rerun_stale):
        _refuse(_audit(plan, store), plan.study)
        _run(plan, store, options)
    else:
        print(f"{plan.name}: all {len(plan.trials)} trials have ended")
    return _report(_planned(options, store), store, options.reports)


def _run(plan: Plan, store: Store, options: argparse.Namespace) -> None:
    from functools import partial

    from ablate.cli.progress import make_progress
    from ablate.run.adaptive import grown
    from ablate.run.scheduler import execute

    signal.signal(signal.SIGTERM, _stop)
    with make_progress() as progress:
        grow = partial(grown, store=store)
        execute(plan, _executor(options), store, _options(options), progress, grow)


def report_study(options: argparse.Namespace) -> int:
    from ablate.report.formats.data import is_report
    from ablate.store.claims import register
    from ablate.store.store import Store

    gc.enable()
    if is_report(Path(options.study)):
        return _rewrite(Path(options.study), options)
    store = Store(options.runs)
    plan = _planned(options, store)
    if store.root.is_dir():
        with contextlib.suppress(OSError):  # a folder that can only be read still gives a report
            register(plan, store)
    return _report(plan, store, options.reports)


def compare_two(options: argparse.Namespace) -> int:
    from rich.console import Console

    from ablate.cli.compare import comparison_of, write_comparison
    from ablate.report.formats.terminal import Summary
    from ablate.report.sections.comparison import build_comparison, comparison_json

    gc.enable()
    runs = options.runs or [runs_folder()]
    if len(runs) > 2:
        raise AblateError(f"--runs was given {len(runs)} times; A and B have one folder each")
    comparison = comparison_of(options.a, options.b, (runs[0], runs[-1]))
    if options.json:
        print(comparison_json(comparison))
        return DONE
    page = write_comparison(comparison, options.reports)
    console = Console()
    console.print(Summary(build_comparison(comparison).blocks))
    console.print(f"comparison: {page}", soft_wrap=True, highlight=False)
    return DONE


def print_schema(_: argparse.Namespace) -> int:
    import json

    from ablate.study.json_schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return DONE


def _options(options: argparse.Namespace) -> Options:
    from ablate.run.scheduler import Options
    from ablate.tracking.mode import prepare_wandb

    return Options(
        timeout_s=options.timeout,
        wandb=prepare_wandb(options.wandb),
        wandb_project=options.wandb_project,
        rerun_stale=options.rerun_stale,
    )


def _executor(options: argparse.Namespace) -> Executor:
    from ablate.run.worker import run_alone, run_trial

    if options.executor == "inline":
        from ablate.run.executors.inline import InlineExecutor

        return InlineExecutor(run_trial)
    from ablate.run.executors.local import LocalExecutor

    return LocalExecutor(
        run_alone, workers=options.workers, preload=["ablate.run.forkserver_preload"]
    )


def _stop(*_: object) -> NoReturn:
    """Answer SIGTERM like Ctrl-C."""
    raise KeyboardInterrupt


def _report(plan: Plan, store: Store, reports: Path) -> int:
    from ablate.analysis.make import analyze
    from ablate.results.store import read_store

    folder = reports / plan.study.name / plan.setting_name
    return _write(analyze(plan.study, read_store(store, plan)), folder, reports)


def _rewrite(report: Path, options: argparse.Namespace) -> int:
    """The report in a folder anew, from its analysis alone."""
    from ablate.report import read_analysis

    if options.setting or options.seeds:
        raise AblateError(f"{report} is a report: its setting and seeds are those of its analysis")
    folder = report if report.is_dir() else report.parent
    inside = folder.resolve().is_relative_to(options.reports.resolve())
    return _write(read_analysis(report), folder, options.reports if inside else None)


def _write(analysis: Analysis, folder: Path, reports: Path | None) -> int:
    """Write a report and the lists in `reports`; say what it says and what could not be written."""
    from rich.console import Console

    from ablate.report import build_report, summary, write_all

    report = build_report(analysis)
    failures = write_all(analysis, folder, report, reports)
    console = Console()
    console.print(summary(report))
    console.print(f"report: {folder / 'index.html'}", soft_wrap=True, highlight=False)
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    return DONE if analysis.complete and not failures else INCOMPLETE


COMMANDS = {
    "list": list_studies,
    "check": check_study,
    "plan": show_plan,
    "run": run_study,
    "status": show_status,
    "report": report_study,
    "compare": compare_two,
    "models": list_models,
    "model": show_model,
    "schema": print_schema,
}

if __name__ == "__main__":
    main()

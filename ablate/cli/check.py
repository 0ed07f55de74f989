"""`ablate check`: what each cell acts on, what moves with it, and what is wrong with it."""

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from ablate.check.cached import audited
from ablate.check.model import AMOUNTS, Amount, Audit, CellAudit, Confound
from ablate.cli._study import asked_plan
from ablate.cli._table import table
from ablate.cli.parser import DONE, WRONG, Parser, add_json, add_study
from ablate.errors import Problem, StudyError
from ablate.plan.make import Plan
from ablate.store.store import Store


def add_arguments(command: Parser) -> None:
    add_study(command)
    add_json(command)


def run(options: argparse.Namespace) -> int:
    if options.json:
        return _run_for_programs(options)
    print(audit_text(require(asked_plan(options), Store(options.runs))))
    return DONE


def _run_for_programs(options: argparse.Namespace) -> int:
    try:
        plan = asked_plan(options)
        audit = audited(plan, Store(options.runs))
    except StudyError as error:
        print(_json({"problems": list(map(asdict, error.problems))}))
        return WRONG
    print(audit_json(audit, _problems(audit, plan)))
    return WRONG if audit.findings else DONE


def require(plan: Plan, store: Store) -> Audit:
    """The audit of a plan that has no findings. Raises `StudyError` if there are any."""
    audit = audited(plan, store)
    if audit.findings:
        raise StudyError(_problems(audit, plan))
    return audit


def _problems(audit: Audit, plan: Plan) -> tuple[Problem, ...]:
    """The findings with file and line, in their order."""
    problem = plan.study.source.problem
    return tuple(problem(found.place, found.message) for found in audit.findings)


def audit_text(audit: Audit) -> str:
    """The cells one after the other; a cell with a problem is told by the error instead."""
    compared = (cell for cell in audit.cells if cell.acts_on or cell.later)
    parts = [part for cell in compared for part in _cell(cell)]
    tried = len(audit.cells)
    head = f"{audit.study}/{audit.setting}: {tried} cells built and compared with their baselines"
    return "\n".join([head, *parts])


def audit_json(audit: Audit, problems: Iterable[Problem]) -> str:
    """The whole audit for programs. `problems` has file and line of each of its findings."""
    found = [
        {**asdict(problem), "kind": finding.kind, "cell": finding.cell, "factors": finding.factors}
        for problem, finding in zip(problems, audit.findings, strict=True)
    ]
    cells = [asdict(cell) for cell in audit.cells]
    return _json(
        {"study": audit.study, "setting": audit.setting, "problems": found, "cells": cells}
    )


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _cell(cell: CellAudit) -> Iterator[str]:
    several = f"changes {len(cell.changes)} factors at once and " if len(cell.changes) > 1 else ""
    yield f"\n{cell.cell} {several}acts on {', '.join(cell.acts_on) or 'nothing yet'}"
    for factor, reason in cell.later.items():
        yield f"  {factor} acts later, says the study: {reason}"
    yield from table(map(_confound, cell.confounds))


def _confound(confound: Confound) -> tuple[str, str]:
    """`("norm layers", "9 LayerNorm → none")`."""
    before, after = confound.before, confound.after
    if confound.what == "initial_values":
        some = ", ".join(confound.names)
        more = ", …" if int(after) > len(confound.names) else ""
        return "initial values", f"{after} of {before} shared weights: {some}{more}"
    return AMOUNTS[confound.what], f"{_amount(before)} → {_amount(after)}"


def _amount(amount: Amount) -> str:
    if isinstance(amount, str):
        return amount
    return f"{amount:,}" if isinstance(amount, int) else f"{amount:.3g}"

"""What `ablate check` says: what each cell acts on and what moves with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from ablate.check.model import AMOUNTS, Amount, Audit, CellAudit, Confound
from ablate.cli.list import table
from ablate.errors import Problem


def audit_text(audit: Audit) -> str:
    """The cells one after the other; a cell with a problem is told by the error instead."""
    parts = [part for cell in audit.cells if cell.acts_on for part in _cell(cell)]
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


def mistakes_json(problems: Iterable[Problem]) -> str:
    """Why a study cannot even be planned, for programs."""
    return _json({"problems": [asdict(problem) for problem in problems]})


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _cell(cell: CellAudit) -> Iterator[str]:
    several = f"changes {len(cell.changes)} factors at once and " if len(cell.changes) > 1 else ""
    yield f"\n{cell.cell} {several}acts on {', '.join(cell.acts_on)}"
    yield from (
        table([confound_words(confound) for confound in cell.confounds]) if cell.confounds else ()
    )


def confound_words(confound: Confound) -> tuple[str, str]:
    """`("norm layers", "9 LayerNorm → none")`."""
    if confound.what == "initial_values":
        some = ", ".join(confound.names)
        more = ", …" if int(confound.after) > len(confound.names) else ""
        return (
            "initial values",
            f"{confound.after} of {confound.before} shared weights: {some}{more}",
        )
    return AMOUNTS[confound.what], f"{spelled(confound.before)} → {spelled(confound.after)}"


def spelled(amount: Amount) -> str:
    """An amount as people write it."""
    if isinstance(amount, str):
        return amount
    return f"{amount:,}" if isinstance(amount, int) else f"{amount:.3g}"

"""What `ablate check` says: what each cell acts on and what moves with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from ablate.check.model import AMOUNTS, Amount, Audit, CellAudit, Move
from ablate.errors import Problem
from ablate.listing import table


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
    yield from table([move_words(move) for move in cell.moves]) if cell.moves else ()


def move_words(move: Move) -> tuple[str, str]:
    """`("norm layers", "9 LayerNorm → none")`."""
    if move.what == "initial_values":
        some = ", ".join(move.names)
        more = ", …" if int(move.after) > len(move.names) else ""
        return "initial values", f"{move.after} of {move.before} shared weights: {some}{more}"
    return AMOUNTS[move.what], f"{spelled(move.before)} → {spelled(move.after)}"


def spelled(amount: Amount) -> str:
    """An amount as people write it."""
    if isinstance(amount, str):
        return amount
    return f"{amount:,}" if isinstance(amount, int) else f"{amount:.3g}"

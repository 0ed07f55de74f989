"""Ladders: designs that make one change on top of the other, and the step that each makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ablate.analysis.contrasts import adjusted_to, contrast, no_answers
from ablate.analysis.model import CellResult
from ablate.stats import holm
from ablate.study.schema import Design, Levels

LADDERS: tuple[Design, ...] = ("cumulative", "from_to")


def with_steps(cells: Sequence[CellResult], design: Design) -> tuple[CellResult, ...]:
    """The rows of a ladder with their steps; p adjusted over all of them. Others as they are."""
    if design not in LADDERS:
        return tuple(cells)
    rungs = [*cells[:1], *(_rung(cell, before) for before, cell in pairwise(cells))]
    adjusted = holm([cell.step.difference.p if cell.step else None for cell in rungs])
    return tuple(_adjusted(cell, p) for cell, p in zip(rungs, adjusted, strict=True))


def _rung(cell: CellResult, before: CellResult) -> CellResult:
    if cell.is_baseline:
        return cell
    return replace(cell, added=_added(cell, before), step=contrast(cell, before, no_answers))


def _added(cell: CellResult, before: CellResult) -> Levels:
    """The changes on top of the row before."""
    return {
        name: level for name, level in cell.changes.items() if before.changes.get(name) != level
    }


def _adjusted(cell: CellResult, p: float | None) -> CellResult:
    step = cell.step and adjusted_to(cell.step, p)
    return replace(cell, step=step)

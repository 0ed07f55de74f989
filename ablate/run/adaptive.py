"""Adaptive seeds: the cells that still need one more, judged by the records so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from ablate.analysis.looks import looked, seeds_ended
from ablate.analysis.lost import score_range
from ablate.analysis.model import Verdict
from ablate.analysis.pairs import Range
from ablate.analysis.verdicts import verdict
from ablate.plan.make import Plan, extended
from ablate.results.frame import LOST_TO_CELL
from ablate.store.store import Run, Store
from ablate.study.cells import Cell, deciding
from ablate.study.metrics import METRICS
from ablate.study.schema import Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cell and the outcome of its runs so far."""

    name: str
    model: str
    changes: Levels
    by_seed: Mapping[int, float]
    lost: Mapping[int, Range]
    ended: frozenset[int]
    awaited: frozenset[int] = frozenset()


def grown(plan: Plan, store: Store) -> Plan:
    """The plan with every trial that its rule asks for, given the records so far.

    The same records give the same plan, whoever asks and however often.
    """
    if plan.adaptive is None:
        return plan
    runs: dict[str, Run | None] = {}
    while True:
        new = (trial for trial in plan.trials if trial.signature not in runs)
        runs |= {trial.signature: store.run(trial) for trial in new}
        counts = {cell.name: len(plan.of_cell(cell)) for cell in plan.cells}
        more = wanted(plan, rows(plan, runs))
        if all(more.get(name, 0) <= count for name, count in counts.items()):
            return plan
        plan = extended(plan, {name: max(n, more.get(name, 0)) for name, n in counts.items()})


def rows(plan: Plan, runs: Mapping[str, Run | None]) -> list[Row]:
    """The cells of the plan as far as they have been run."""
    metric = plan.study.metric
    scores = [run.record.scores[metric] for run in runs.values() if run and run.finished]
    seen = score_range(METRICS[metric], scores)
    return [_row(plan, cell, runs, seen) for cell in plan.cells]


def _row(plan: Plan, cell: Cell, runs: Mapping[str, Run | None], seen: Range) -> Row:
    found = {trial.seed: runs[trial.signature] for trial in plan.of_cell(cell)}
    there = {seed: run for seed, run in found.items() if run}
    scores = {s: r.record.scores[plan.study.metric] for s, r in there.items() if r.finished}
    lost = [seed for seed, run in there.items() if run.state in LOST_TO_CELL]
    return Row(
        name=cell.name,
        model=cell.model,
        changes=cell.changes,
        by_seed=scores,
        lost=dict.fromkeys(lost, seen),
        ended=frozenset({*scores, *lost}),
    )


def wanted(plan: Plan, rows: list[Row]) -> dict[str, int]:
    """Cell → the number of seeds that the undecided claims need of it."""
    assert plan.adaptive is not None
    claims, margin, found = plan.study.claims, plan.margin or 0.0, dict[str, int]()
    for claim in claims:
        n = seeds_ended(claim, rows) + 1
        judged = looked(claim, rows, margin, plan.adaptive, claims)
        if n <= plan.adaptive.max and verdict(judged.tests) is Verdict.UNDECIDED:
            found |= {name: max(n, found.get(name, 0)) for name in deciding(claim, rows)}
    return found

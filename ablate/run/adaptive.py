"""Adaptive seeds: the cells that still need one more, judged by the records so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from ablate.analysis.looks import looked, seeds_ended
from ablate.analysis.model import Verdict
from ablate.analysis.verdicts import verdict
from ablate.plan.make import Plan, extended
from ablate.results.frame import WAITING
from ablate.store.store import Run, Store
from ablate.study.cells import Cell, deciding
from ablate.study.schema import Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cell and the outcome of its runs so far."""

    name: str
    model: str
    changes: Levels
    by_seed: Mapping[int, float]
    ended: frozenset[int]


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
        more = wanted(plan, [row(plan, cell, runs) for cell in plan.cells])
        if all(more.get(name, 0) <= count for name, count in counts.items()):
            return plan
        plan = extended(plan, {name: max(n, more.get(name, 0)) for name, n in counts.items()})


def row(plan: Plan, cell: Cell, runs: Mapping[str, Run | None]) -> Row:
    """A cell of the plan as far as it has been run."""
    found = {trial.seed: runs[trial.signature] for trial in plan.of_cell(cell)}
    there = {seed: run for seed, run in found.items() if run}
    return Row(
        name=cell.name,
        model=cell.model,
        changes=cell.changes,
        by_seed={s: r.record.scores[plan.study.metric] for s, r in there.items() if r.finished},
        ended=frozenset(s for s, r in there.items() if r.record.state not in WAITING),
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

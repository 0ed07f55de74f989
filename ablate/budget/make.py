"""From a plan, its records and a few dry runs to its budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ablate.budget.costs import DryRuns, Item, cost
from ablate.budget.disk import free
from ablate.budget.model import Budget, Cost, Machine, Sum, Total
from ablate.budget.power import known_spread, power_of
from ablate.budget.schedule import finishing_s
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.store.store import Store

HOUR_S = 3600


def make_budget(
    plan: Plan,
    store: Store,
    machine: Machine,
    lines: Sequence[Item],
    todo: Sequence[Trial],
    dry_runs: DryRuns,
) -> Budget:
    """The budget of `plan`, of which the trials in `todo` are still to be run."""
    costs = tuple(cost(line, dry_runs.get(line.asked.cell)) for line in lines)
    return Budget(
        machine=machine,
        costs=costs,
        total=total(costs, todo, machine, free(store.root)),
        power=power_of(plan, known_spread(plan, store)),
    )


def total(costs: Sequence[Cost], todo: Sequence[Trial], machine: Machine, free_bytes: int) -> Total:
    """What is still to be run, and the sum of what is known of it."""
    known = {one.cell: one for one in costs if one.time_s is not None}
    timed = [trial for trial in todo if trial.cell in known]
    return Total(
        trials=len(todo),
        unknown=len(todo) - len(timed),
        known=_sum(known, timed, machine) if timed else None,
        free_bytes=free_bytes,
    )


def _sum(costs: Mapping[str, Cost], trials: Sequence[Trial], machine: Machine) -> Sum:
    """Of trials of which the time is known, and so is the disk."""
    seconds = {cell: one.time_s or 0.0 for cell, one in costs.items()}
    finish = finishing_s(trials, seconds, machine.workers)
    work = sum(seconds[trial.cell] for trial in trials)
    return Sum(
        finish_s=finish,
        work_s=work,
        core_hours=work * machine.threads / HOUR_S,
        gpu_hours=finish / HOUR_S if machine.has_gpu else None,
        disk_bytes=sum(costs[trial.cell].disk_bytes or 0 for trial in trials),
    )

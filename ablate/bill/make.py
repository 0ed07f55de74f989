"""From a plan, its records and a few probes to its bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ablate.bill.costs import Item, Probes, cost
from ablate.bill.disk import free
from ablate.bill.model import Bill, Cost, Machine, Sum, Total
from ablate.bill.power import known_spread, power_of
from ablate.bill.schedule import finishing_s
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.store.store import Store

HOUR_S = 3600


def make_bill(
    plan: Plan,
    store: Store,
    machine: Machine,
    lines: Sequence[Item],
    todo: Sequence[Trial],
    probes: Probes,
) -> Bill:
    """The bill of `plan`, of which the trials in `todo` are still to be run."""
    costs = tuple(cost(line, probes.get(line.asked.cell)) for line in lines)
    return Bill(
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

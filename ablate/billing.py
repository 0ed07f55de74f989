"""From a plan to its bill, with what must be asked on the way: the store, this machine, probes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ablate.bill.costs import Probes, items, to_probe
from ablate.bill.machine import this_machine
from ablate.bill.make import make_bill
from ablate.bill.model import Bill, Machine
from ablate.bill.probes import kept_probes, make_probes
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.scheduler import unfinished
from ablate.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For which way of running a plan the bill is made."""

    workers: int | None = None
    """None: a core each."""
    rerun_stale: bool = False
    probe: bool = True
    """Whether cells of which nothing is known are probed."""


def bill_of(plan: Plan, store: Store, asked: Asked, tell: Callable[[str], None]) -> Bill:
    """The bill of what is not finished. `tell` hears how far the probes are."""
    machine = this_machine(asked.workers)
    todo = unfinished(plan, store, asked.rerun_stale)
    lines = items(plan, store, machine, todo)
    trials = to_probe(lines)
    known: Probes = kept_probes(trials, machine, store)
    missing = [trial for trial in trials if trial.cell not in known]
    if asked.probe and missing:
        known = {**known, **_probed(missing, machine, store, tell)}
    return make_bill(plan, store, machine, lines, todo, known)


def _probed(
    trials: list[Trial], machine: Machine, store: Store, tell: Callable[[str], None]
) -> Probes:
    from ablate.executors.local import LocalExecutor
    from ablate.probe import probe_alone

    executor = LocalExecutor(probe_alone, workers=machine.workers, preload=["ablate.preload"])
    return make_probes(trials, machine, store, executor, tell)

"""What `ablate plan` does: the bill of a plan, with all that is asked for it on the way."""

from __future__ import annotations

from ablate.bill.costs import Probes, items, to_probe
from ablate.bill.machine import this_machine
from ablate.bill.make import make_bill
from ablate.bill.model import Bill, Machine
from ablate.bill.probes import Tell, kept_probes, make_probes
from ablate.bill.text import bill_json, bill_text
from ablate.errors import Mistake
from ablate.listing import plan_text
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.scheduler import unfinished
from ablate.store.store import Store


def bill_of(
    plan: Plan, store: Store, workers: int | None, *, rerun_stale: bool, tell: Tell | None
) -> Bill:
    """The bill of what is not finished, for that many workers; None is a core each.

    Cells of which nothing is known are probed, and `tell` hears how far that is; without it they
    stay unknown.
    """
    machine = this_machine(workers)
    todo = unfinished(plan, store, rerun_stale)
    lines = items(plan, store, machine, todo)
    trials = to_probe(lines)
    known: Probes = kept_probes(trials, machine, store)
    missing = [trial for trial in trials if trial.cell not in known]
    if missing and tell:
        known = {**known, **_probed(missing, machine, store, tell)}
    return make_bill(plan, store, machine, lines, todo, known)


def _probed(trials: list[Trial], machine: Machine, store: Store, tell: Tell) -> Probes:
    from ablate.executors.local import LocalExecutor
    from ablate.probe import probe_alone

    executor = LocalExecutor(probe_alone, workers=machine.workers, preload=["ablate.preload"])
    return make_probes(trials, machine, store, executor, tell)


def plan_and_bill(plan: Plan, store: Store, bill: Bill, *, as_json: bool) -> str:
    """The trials and what they cost, for people or for programs."""
    if as_json:
        return bill_json(bill, plan, store)
    return f"{plan_text(plan, store)}\n\n{bill_text(bill, plan)}"


def mistakes(bill: Bill, plan: Plan) -> list[Mistake]:
    """Where the study asks for cells whose probe failed, and why it did."""
    places = {cell.name: cell.place for cell in plan.cells}
    return [
        (places.get(cost.cell, ()), f"{cost.cell} cannot be trained: {cost.cause}")
        for cost in bill.failed
    ]

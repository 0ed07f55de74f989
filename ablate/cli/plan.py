"""What `ablate plan` does: the budget of a plan, with all that is asked for it on the way."""

from __future__ import annotations

from ablate.budget.costs import DryRuns, items, need_dry_run
from ablate.budget.dry_runs import Tell, cached_dry_runs, make_dry_runs
from ablate.budget.machine import this_machine
from ablate.budget.make import make_budget
from ablate.budget.model import Budget, Machine
from ablate.cli.budget import budget_json, budget_text
from ablate.cli.list import plan_text
from ablate.errors import Mistake
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.run.scheduler import unfinished
from ablate.store.store import Store


def budget_of(
    plan: Plan, store: Store, workers: int | None, *, rerun_stale: bool, tell: Tell | None
) -> Budget:
    """The budget of what is not finished, for that many workers; None is a core each.

    Cells of which nothing is known are dry-run, and `tell` hears how far that is; without it they
    stay unknown.
    """
    machine = this_machine(workers)
    todo = unfinished(plan, store, rerun_stale)
    lines = items(plan, store, machine, todo)
    trials = need_dry_run(lines)
    known: DryRuns = cached_dry_runs(trials, machine, store)
    missing = [trial for trial in trials if trial.cell not in known]
    if missing and tell:
        known = {**known, **_make_dry_runs(missing, machine, store, tell)}
    return make_budget(plan, store, machine, lines, todo, known)


def _make_dry_runs(trials: list[Trial], machine: Machine, store: Store, tell: Tell) -> DryRuns:
    from ablate.run.dry_run import dry_run_alone
    from ablate.run.executors.local import LocalExecutor

    executor = LocalExecutor(
        dry_run_alone, workers=machine.workers, preload=["ablate.run.forkserver_preload"]
    )
    return make_dry_runs(trials, machine, store, executor, tell)


def plan_and_budget(plan: Plan, store: Store, budget: Budget, *, as_json: bool) -> str:
    """The trials and what they cost, for people or for programs."""
    if as_json:
        return budget_json(budget, plan, store)
    return f"{plan_text(plan, store)}\n\n{budget_text(budget, plan)}"


def mistakes(budget: Budget, plan: Plan) -> list[Mistake]:
    """Where the study asks for cells whose dry run failed, and why it did."""
    places = {cell.name: cell.place for cell in plan.cells}
    return [
        (places.get(cost.cell, ()), f"{cost.cell} cannot be trained: {cost.cause}")
        for cost in budget.failed
    ]

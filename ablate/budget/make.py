"""From a plan, its records and a few dry runs to its budget."""

import heapq
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ablate.budget.claims import limited
from ablate.budget.costs import DryRuns, Item, cost
from ablate.budget.model import Budget, Cost, Machine, Sum, Total
from ablate.budget.power import known_spread, power_of
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
    known = {one.cell: one for one in costs if one.time_s is not None}
    timed = [trial for trial in todo if trial.cell in known]
    total = Total(
        trials=len(todo),
        unknown=len(todo) - len(timed),
        known=_sum(known, timed, machine) if timed else None,
        free_bytes=free(store.root),
    )
    spread = known_spread(plan, store)
    return Budget(
        machine=machine,
        costs=costs,
        total=total,
        power=power_of(plan, spread),
        limited=tuple(limited(plan, spread, store)),
    )


def _sum(costs: Mapping[str, Cost], trials: Sequence[Trial], machine: Machine) -> Sum:
    """The costs of trials whose time, and so whose disk, is known."""
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


def finishing_s(trials: Sequence[Trial], seconds: Mapping[str, float], workers: int) -> float:
    """Seconds until all trials have ended, each of which takes what `seconds` says of its cell.

    As the scheduler hands them out: teachers first, then what takes longest; nobody is taught by
    a teacher that is still among the trials.
    """
    taught_by = {trial.teacher for trial in trials}
    waiting = sorted(trials, key=lambda t: (t.signature not in taught_by, -seconds[t.cell]))
    undone = {trial.signature for trial in trials}
    running: list[tuple[float, str]] = []
    now = 0.0
    while waiting or running:
        while len(running) < workers and (trial := _next(waiting, undone)):
            waiting.remove(trial)
            heapq.heappush(running, (now + seconds[trial.cell], trial.signature))
        now, signature = heapq.heappop(running)
        undone.remove(signature)
    return now


def _next(waiting: Sequence[Trial], undone: set[str]) -> Trial | None:
    return next((trial for trial in waiting if trial.teacher not in undone), None)


def free(root: Path) -> int:
    """The free bytes of the disk where runs will be."""
    there = next(path for path in (root, *root.absolute().parents) if path.is_dir())
    return shutil.disk_usage(there).free

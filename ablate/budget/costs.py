"""What one run of each cell costs: from its own runs where there are some, else from a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ablate.budget.disk import expected, taken
from ablate.budget.model import Cost, Machine, Source
from ablate.plan.make import Plan, trial_of
from ablate.plan.trial import Trial
from ablate.store.dry_runs import DryRun
from ablate.store.store import Run, Store

SEED = 0
"""A dry run is made with this one. No seed costs more than another."""

DryRuns = Mapping[str, DryRun | str]
"""Cell → what its dry run found, or why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the budget: a cell, or a teacher that is of no cell."""

    asked: Trial
    """What is dry-run."""
    trials: tuple[Trial, ...]
    todo: int
    finished: tuple[Run, ...]
    here: tuple[Run, ...]
    """Those of the finished ones that were made on this machine."""

    @property
    def fresh(self) -> tuple[Run, ...]:
        return tuple(run for run in self.here if not run.stale)


def items(plan: Plan, store: Store, machine: Machine, todo: Sequence[Trial]) -> tuple[Item, ...]:
    """The lines of the budget, in the order of the plan. `todo` are the trials still to be run."""
    runs = store.runs(plan)
    waiting = {trial.signature for trial in todo}
    return tuple(
        _item(asked, trials, runs, machine, waiting) for asked, trials in _trials_by_cell(plan)
    )


def _trials_by_cell(plan: Plan) -> Iterator[tuple[Trial, tuple[Trial, ...]]]:
    for teacher in plan.extra:
        yield teacher, (teacher,)
    for cell in plan.cells:
        yield trial_of(plan, cell, SEED), plan.of_cell(cell)


def _item(
    asked: Trial,
    trials: tuple[Trial, ...],
    runs: Mapping[str, Run],
    machine: Machine,
    waiting: set[str],
) -> Item:
    found = (runs.get(trial.signature) for trial in trials)
    finished = tuple(run for run in found if run and run.finished)
    return Item(
        asked=asked,
        trials=trials,
        todo=sum(trial.signature in waiting for trial in trials),
        finished=finished,
        here=tuple(run for run in finished if _made_on(run, machine)),
    )


def _made_on(run: Run, machine: Machine) -> bool:
    """Whether a run tells what a run takes there: the same device, and as many threads."""
    made = run.folder.environment()
    return made is not None and (made.device, made.threads) == (machine.device, machine.threads)


def need_dry_run(lines: Sequence[Item]) -> tuple[Trial, ...]:
    """What must be dry-run: runs are still to be made, and none of today's code was."""
    return tuple(line.asked for line in lines if line.todo and not line.fresh)


def cost(line: Item, dry_run: DryRun | str | None) -> Cost:
    """The cost of a line. Runs of today's code say it best, then a dry run, then older runs."""
    unknown = Cost(
        cell=line.asked.cell,
        trials=len(line.trials),
        todo=line.todo,
        source=Source.UNKNOWN,
        disk_bytes=_taken(line.finished),
        cause=dry_run if isinstance(dry_run, str) else None,
    )
    if line.fresh:
        return _by_runs(unknown, Source.RUNS, line.fresh)
    if isinstance(dry_run, DryRun):
        return _by_dry_run(unknown, line.asked, dry_run)
    return _by_runs(unknown, Source.STALE, line.here) if line.here else unknown


def _by_runs(unknown: Cost, source: Source, runs: Sequence[Run]) -> Cost:
    times = [run.record.train_s for run in runs if run.record.train_s is not None]
    memory = [run.record.memory_gb for run in runs if run.record.memory_gb is not None]
    return replace(
        unknown,
        source=source,
        runs=len(runs),
        time_s=fmean(times) if times else None,
        memory_gb=max(memory, default=None),
    )


def _by_dry_run(unknown: Cost, trial: Trial, dry_run: DryRun) -> Cost:
    return replace(
        unknown,
        source=Source.DRY_RUN,
        time_s=dry_run.run_s,
        memory_gb=dry_run.memory_gb,
        disk_bytes=unknown.disk_bytes or expected(trial, dry_run.parameters),
    )


def _taken(runs: Sequence[Run]) -> int | None:
    return round(fmean(taken(run.folder) for run in runs)) if runs else None

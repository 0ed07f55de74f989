"""The cost of one run of each cell: from its own runs where there are some, else a dry run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ablate.budget.model import Cost, Machine, Source
from ablate.plan.make import Plan, trial_of
from ablate.plan.trial import Trial
from ablate.store.dry_runs import DryRun
from ablate.store.folder import RunFolder
from ablate.store.store import Run, Store

SEED = 0
"""Dry runs are made with this one. No seed costs more than another."""

# Measured over 370 runs with W&B offline: 76 to 165 kB besides four bytes for each parameter.
WEIGHT_BYTES = 4
EPOCH_BYTES = 400
"""A line of history, here and in W&B."""
RUN_BYTES = 110_000
"""The frame of the weights, the small files of the record, W&B's folder."""
BLOCK = 4096
"""Even a small file takes a whole block of the disk."""

DryRuns = Mapping[str, DryRun | str]
"""Cell → its dry run, or why that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the budget: a cell, or a teacher that is of no cell."""

    asked: Trial
    """The trial that a dry run is made of."""
    trials: int
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
    lines = []
    for asked, trials in _trials_by_cell(plan):
        found = (runs.get(trial.signature) for trial in trials)
        finished = tuple(run for run in found if run and run.finished)
        item = Item(
            asked=asked,
            trials=len(trials),
            todo=sum(trial.signature in waiting for trial in trials),
            finished=finished,
            here=tuple(run for run in finished if _made_on(run, machine)),
        )
        lines.append(item)
    return tuple(lines)


def _trials_by_cell(plan: Plan) -> Iterator[tuple[Trial, tuple[Trial, ...]]]:
    for teacher in plan.extra:
        yield teacher, (teacher,)
    for cell in plan.cells:
        yield trial_of(plan, cell, SEED), plan.of_cell(cell)


def _made_on(run: Run, machine: Machine) -> bool:
    """Whether a run was made on the same device with as many threads, so that its time counts."""
    made = run.folder.environment()
    return made is not None and (made.device, made.threads) == (machine.device, machine.threads)


def need_dry_run(lines: Sequence[Item]) -> tuple[Trial, ...]:
    """The trials to dry-run: of cells that are still to be run and have no run of today's code."""
    return tuple(line.asked for line in lines if line.todo and not line.fresh)


def cost(line: Item, dry_run: DryRun | str | None) -> Cost:
    """The cost of a line: from runs of today's code, else from a dry run, else from older runs."""
    disk = round(fmean(taken(run.folder) for run in line.finished)) if line.finished else None
    unknown = Cost(
        cell=line.asked.cell,
        trials=line.trials,
        todo=line.todo,
        source=Source.UNKNOWN,
        disk_bytes=disk,
        cause=dry_run if isinstance(dry_run, str) else None,
    )
    if line.fresh:
        return _by_runs(unknown, Source.RUNS, line.fresh)
    if isinstance(dry_run, DryRun):
        return replace(
            unknown,
            source=Source.DRY_RUN,
            time_s=dry_run.run_s,
            memory_gb=dry_run.memory_gb,
            disk_bytes=disk or expected(line.asked, dry_run.parameters),
        )
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


def taken(folder: RunFolder) -> int:
    """The bytes on the disk of one attempt, W&B's folder included."""
    files = (path for path in folder.path.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in files)


def expected(trial: Trial, parameters: int) -> int:
    """The bytes on the disk of a run of a trial whose network has so many parameters."""
    return WEIGHT_BYTES * parameters + EPOCH_BYTES * trial.recipe.epochs + RUN_BYTES

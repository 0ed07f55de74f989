"""Dry runs: each trial in a process of its own, so that its peak memory is its own.

As many at a time as runs will be, because runs that share a machine slow each other down.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryDirectory

from ablate.budget.model import Machine
from ablate.errors import StoreError
from ablate.plan.trial import Trial
from ablate.run.executors.base import Ended, Executor
from ablate.store.dry_runs import DRY_RUN_FILE, DryRun, cache_dry_run, cached_dry_run
from ablate.store.files import read_json, write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Execution
from ablate.store.store import Store

POLL_S = 0.5

Tell = Callable[[str], None]
"""Takes a line of progress."""


def cached_dry_runs(trials: Sequence[Trial], machine: Machine, store: Store) -> dict[str, DryRun]:
    """Cell → its dry run, where one was made earlier."""
    found = ((trial.cell, cached_dry_run(trial, astuple(machine), store)) for trial in trials)
    return {cell: dry_run for cell, dry_run in found if dry_run}


def make_dry_runs(
    trials: Sequence[Trial], machine: Machine, store: Store, executor: Executor, tell: Tell
) -> dict[str, DryRun | str]:
    """Cell → its dry run, which is cached, or why it failed. Closes the executor."""
    found: dict[str, DryRun | str] = {}
    with TemporaryDirectory(prefix="ablate-dry-run-") as folder:
        try:
            for trial, answer in _answers(trials, executor, Path(folder)):
                found[trial.cell] = answer
                tell(f"[{len(found)}/{len(trials)}] dry run of {trial.cell}")
                if isinstance(answer, DryRun):
                    # A folder that can only be read still gives a budget.
                    with contextlib.suppress(OSError, StoreError):
                        store.prepare()
                        cache_dry_run(answer, trial, astuple(machine), store)
        finally:
            executor.close()
    return found


def _answers(
    trials: Sequence[Trial], executor: Executor, root: Path
) -> Iterator[tuple[Trial, DryRun | str]]:
    """Every trial with its dry run, or the cause that there is none, as they end."""
    waiting = list(trials)
    running: dict[Path, Trial] = {}
    while waiting or running:
        while waiting and len(running) < executor.capacity:
            trial = waiting.pop(0)
            folder = _prepared(trial, executor.threads, root / trial.signature)
            running[folder] = trial
            executor.submit(folder)
        for ended in executor.poll(POLL_S):
            yield running.pop(ended.folder), _answer(ended)


def _prepared(trial: Trial, threads: int, path: Path) -> Path:
    """A new folder with all that the process must know."""
    path.mkdir()
    execution = Execution(threads=threads, wandb="disabled", wandb_project="", wandb_id="")
    write_json(RunFolder(path).trial_file, trial)
    write_json(RunFolder(path).execution_file, execution)
    return path


def _answer(ended: Ended) -> DryRun | str:
    dry_run = read_json(ended.folder / DRY_RUN_FILE, DryRun)
    record = RunFolder(ended.folder).record()
    cause = record.cause if record else ended.trouble
    return dry_run or cause or "ended without a message"

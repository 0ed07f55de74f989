"""From a plan to records: skip what is finished, submit, watch, repeat what was killed, record.

A trial is run by one process at a time, under its lock in the store. However this process ends,
what was running is either a record or an attempt without one, which the next call closes.
"""

import contextlib
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import BaseFileLock

from ablate.errors import AblateError
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.run.executors.base import Ended, Executor
from ablate.store.folder import RunFolder
from ablate.store.record import Execution, Record, State
from ablate.store.store import Store

POLL_S = 0.1
MOST_INTERPRETED = 60
"""Networks of a study that are interpreted at most, as many of each cell."""
ATTEMPTS_IF_KILLED = 2
"""A killed run is tried again once in the same call; a second kill is its own doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The way trials are run; nothing here changes their scores."""

    timeout_s: float | None = None
    wandb: str = "disabled"
    wandb_project: str = "ablate"
    rerun_stale: bool = False


@dataclass(slots=True)
class Running:
    """An attempt that is under way."""

    trial: Trial
    folder: RunFolder
    lock: BaseFileLock
    started: float


class Progress(Protocol):
    """The one who shows the progress."""

    def begin(self, plan: Plan, done: int, todo: int) -> None:
        """Called at the start: `done` trials are finished, `todo` will be run."""

    def start(self, trial: Trial, folder: RunFolder) -> None:
        """Called when an attempt at the trial has begun."""

    def end(self, trial: Trial, record: Record, again: bool) -> None:
        """Called when it has ended; `again` if the trial will be tried once more."""

    def tick(self) -> None:
        """Called some ten times a second."""


def execute(
    plan: Plan,
    executor: Executor,
    store: Store,
    options: Options,
    progress: Progress,
    grow: Callable[[Plan], Plan] = lambda plan: plan,
) -> None:
    """Run every trial of `plan` that is not finished.

    When all have ended, `grow` is asked for a plan with more trials; if it adds none, all is done.

    Raises `StoreError` if the runs folder cannot be written, and `AblateError` when the first run
    of every cell fails in the same way. Whatever is raised, KeyboardInterrupt included, the runs
    under way are ended and recorded as interrupted.
    """
    if options.timeout_s and not executor.isolated:
        raise AblateError("this executor cannot end a run: leave --timeout out or use local")
    scheduler = Scheduler(plan, executor, store, options, progress, grow)
    try:
        with store.writing():
            scheduler.run()
    finally:
        scheduler.abandon()
        executor.close()


def unfinished(plan: Plan, store: Store, rerun_stale: bool) -> list[Trial]:
    """The trials of a plan that `execute` would run, in their order.

    A teacher whose code has changed is trained again if any trial waits for it.
    """
    found = {t.signature: t for t in plan.trials if needs_run(t, store, rerun_stale)}
    waited_for = {trial.teacher for trial in found.values()}
    return [
        trial
        for trial in plan.trials
        if trial.signature in found
        or (trial.signature in waited_for and needs_run(trial, store, rerun_stale=True))
    ]


def needs_run(trial: Trial, store: Store, rerun_stale: bool) -> bool:
    """Whether a trial is to be run: not if it is finished, or diverged and would do so again.

    A finished record without the metric does not count.
    """
    run = store.run(trial)
    if run is None:
        return True
    if run.finished or run.record.state is State.DIVERGED:
        return bool(run.stale) and (rerun_stale or not run.finished)
    return True


@dataclass
class Scheduler:
    """The state of one call of `execute`."""

    plan: Plan
    executor: Executor
    store: Store
    options: Options
    progress: Progress
    grow: Callable[[Plan], Plan]

    def __post_init__(self) -> None:
        self.pending = unfinished(self.plan, self.store, self.options.rerun_stale)
        self.cells = {cell.name for cell in self.plan.cells}
        self.running: dict[Path, Running] = {}
        self.seconds: dict[str, float] = {}
        self.kills: Counter[str] = Counter()
        self.failures: dict[str, str] = {}

    def run(self) -> None:
        self._begin()
        while self.pending or self.running or self._grow():
            self._fill()
            if not self.running:
                time.sleep(POLL_S)  # all that is left is being run by another process
            for ended in self.executor.poll(POLL_S):
                self._settle(ended)
            self._end_overdue()
            self.progress.tick()

    def _begin(self) -> None:
        todo = len(self.pending)
        self.progress.begin(self.plan, len(self.plan.trials) - todo, todo)

    def _grow(self) -> bool:
        """Take on the trials that the plan gains; what has failed is not tried again."""
        known = {trial.signature for trial in self.plan.trials}
        self.plan = self.grow(self.plan)
        new = [trial for trial in self.plan.trials if trial.signature not in known]
        self.pending = [t for t in new if needs_run(t, self.store, self.options.rerun_stale)]
        if self.pending:
            self._begin()
        return bool(new)

    def abandon(self) -> None:
        """End the attempts under way and record that they were interrupted."""
        for running in list(self.running.values()):
            self.executor.cancel(running.folder.path)
            # On a full disk the attempt stays without a record, which says the same.
            with contextlib.suppress(OSError):
                running.folder.close(Record(state=State.INTERRUPTED, cause="the study was stopped"))
            running.lock.release()
        self.running.clear()

    def _fill(self) -> None:
        """Submit as many trials as there is room for, the most expensive first.

        A cell's cost is that of its last run; cells without one come first, so that each is tried
        early and the long runs do not end up last. A trial that another process runs is left
        until it has ended there, and one with a teacher until that has been trained.
        """
        order = sorted(self.pending, key=lambda t: -self.seconds.get(t.cell, math.inf))
        under_way = (running.trial for running in self.running.values())
        untrained = {trial.signature for trial in (*self.pending, *under_way)}
        for trial in order:
            if len(self.running) >= self.executor.capacity:
                return
            if trial.teacher in untrained:
                continue
            lock = self.store.lock(trial)
            if lock is None:
                continue
            self.pending.remove(trial)
            if needs_run(trial, self.store, self.options.rerun_stale or self._teaches(trial)):
                self._submit(trial, lock)
            else:
                lock.release()

    def _teaches(self, trial: Trial) -> bool:
        return any(other.teacher == trial.signature for other in self.pending)

    def _submit(self, trial: Trial, lock: BaseFileLock) -> None:
        execution = Execution(
            threads=self.executor.threads,
            wandb=self.options.wandb,
            wandb_project=self.options.wandb_project,
            wandb_id=f"{trial.signature}-{secrets.token_hex(3)}",
            interpret=self._interprets(trial),
        )
        folder = self.store.start(trial, execution)
        running = Running(trial, folder, lock, time.monotonic())
        self.running[folder.path] = running
        self.executor.submit(folder.path)
        running.started = time.monotonic()  # the first run waits for the server of forks
        self.progress.start(trial, folder)

    def _interprets(self, trial: Trial) -> bool:
        """Whether the trial is among those of the first cells and seeds that are interpreted."""
        cells = [cell.name for cell in self.plan.cells[:MOST_INTERPRETED]]
        seeds = self.plan.seeds[: max(1, MOST_INTERPRETED // len(cells))]
        return trial.cell in cells and trial.seed in seeds

    def _settle(self, ended: Ended) -> None:
        """Take the record that the run left, and write one if it left none."""
        running = self.running[ended.folder]
        cause = ended.trouble or "ended without a record"
        record = running.folder.close(Record(state=State.KILLED, cause=cause))
        running.lock.release()
        del self.running[ended.folder]
        self._learn(running.trial, record)

    def _learn(self, trial: Trial, record: Record) -> None:
        if record.train_s is not None:
            self.seconds[trial.cell] = record.train_s
        killed = record.state is State.KILLED
        self.kills[trial.signature] += killed
        again = killed and self.kills[trial.signature] < ATTEMPTS_IF_KILLED
        if again:
            self.pending.append(trial)
        self.progress.end(trial, record, again)
        if record.state is State.FAILED and trial.cell in self.cells:
            self._stop_if_hopeless(trial, record)

    def _stop_if_hopeless(self, trial: Trial, record: Record) -> None:
        self.failures.setdefault(trial.cell, record.cause or "")
        causes = set(self.failures.values())
        if len(self.failures) == len(self.cells) > 1 and len(causes) == 1 and not self.seconds:
            raise AblateError(f"the first run of every cell failed alike: {causes.pop()}")

    def _end_overdue(self) -> None:
        limit = self.options.timeout_s
        for running in list(self.running.values()):
            if limit and time.monotonic() - running.started > limit:
                self.executor.cancel(running.folder.path)
                cause = f"no end after {limit:g} s (--timeout)"
                running.folder.close(Record(state=State.TIMED_OUT, cause=cause))

"""The store: a folder with one folder per trial, named by its signature, and in it one per attempt.

    runs/v1-3f2a…/lock          held while an attempt runs, by the process that started it
    runs/v1-3f2a…/1/            an attempt: trial.json, history.jsonl, result.json, …
    runs/v1-3f2a…/2/

Obligations: a record is never changed once written; an attempt without a record, whose lock nobody
holds, died with its study; reading never blocks and never sees half a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ablate.errors import StoreError
from ablate.plan.fingerprint import changed, fingerprint
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.store.files import write_json, write_text
from ablate.store.folder import RunFolder
from ablate.store.record import Environment, Execution, Record, State

if TYPE_CHECKING:
    from filelock import FileLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An ended attempt at a trial, with what was changed since in what would answer it today."""

    trial: Trial
    folder: RunFolder
    record: Record
    stale: tuple[str, ...]
    environment: Environment | None = None

    @property
    def finished(self) -> bool:
        """Whether it has the score that is asked for."""
        return self.record.state is State.FINISHED and self.trial.metric in self.record.scores

    @property
    def state(self) -> str:
        """The state to show: a finished run without the metric is `unmeasured`."""
        is_unmeasured = self.record.state is State.FINISHED and not self.finished
        return "unmeasured" if is_unmeasured else self.record.state.value

    @property
    def cause(self) -> str | None:
        """Why it is not finished, in a line."""
        missing = f"its record has no {self.trial.metric}"
        return missing if self.state == "unmeasured" else self.record.cause


class Store:
    """The records under `root`; given a commit, only those made at it speak."""

    def __init__(self, root: Path, commit: str | None = None) -> None:
        self.root = root
        self.commit = commit
        self._known: dict[tuple[Path, str], Run] = {}
        """Attempts that have ended: their records never change, and are read once."""

    def prepare(self) -> None:
        """Make the folder and prove that it can be written. Raises `StoreError`."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            write_text(self.root / ".gitignore", "*\n")
        except OSError as error:
            raise StoreError(
                f"the runs folder {self.root} cannot be written: {error.strerror}; "
                "choose another with --runs DIR or ABLATE_RUNS"
            ) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Whatever is written inside. Raises `StoreError` if the disk says no."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the runs folder {self.root} cannot be written: {error.strerror or error}; "
                "put that right and repeat the command: what is finished is kept"
            ) from error

    def attempts(self, trial: Trial) -> list[RunFolder]:
        """All attempts at a trial, oldest first."""
        return self.attempts_at(trial.signature)

    def attempts_at(self, signature: str) -> list[RunFolder]:
        """All attempts at the trial with that signature, oldest first."""
        folder = self.root / signature
        if not folder.is_dir():
            return []
        names = (path.name for path in folder.iterdir() if path.name.isdecimal())
        return [RunFolder(folder / name) for name in sorted(names, key=int)]

    def run(self, trial: Trial) -> Run | None:
        """The attempt that speaks for a trial; None if none has ended.

        A finished one before any other, among those the last whose fingerprint is today's, or
        the last of all.
        """
        ended = [run for folder in self.attempts(trial) if (run := self._attempt(trial, folder))]
        finished = [run for run in ended if run.finished]
        fresh = [run for run in finished if not run.stale]
        return next((group[-1] for group in (fresh, finished, ended) if group), None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever run."""
        return not any(self.root.glob("v*-*"))

    def runs(self, plan: Plan) -> dict[str, Run]:
        """Signature → the run that speaks for it. What is not there is missing."""
        found = ((trial.signature, self.run(trial)) for trial in plan.trials)
        return {signature: run for signature, run in found if run}

    def _attempt(self, trial: Trial, folder: RunFolder) -> Run | None:
        key = folder.path, trial.name
        if key not in self._known and (run := self._ended(trial, folder)):
            self._known[key] = run
        return self._known.get(key)

    def _ended(self, trial: Trial, folder: RunFolder) -> Run | None:
        record = folder.record()
        if record is None:
            return None
        environment = folder.environment()
        if self.commit and (environment is None or environment.commit != self.commit):
            return None
        then = environment.fingerprint if environment else fingerprint(trial)
        stale = changed(then, fingerprint(trial))
        return Run(trial=trial, folder=folder, record=record, stale=stale, environment=environment)

    def lock(self, trial: Trial) -> FileLock | None:
        """The right to run a trial; None while another process has it. Release it after use."""
        from filelock import FileLock, Timeout

        folder = self.root / trial.signature
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None
        return lock

    def is_running(self, trial: Trial) -> bool:
        """Whether some process on this machine is running the trial."""
        if not (self.root / trial.signature / "lock").exists():
            return False
        lock = self.lock(trial)
        if lock is None:
            return True
        lock.release()
        return False

    def start(self, trial: Trial, execution: Execution) -> RunFolder:
        """A new attempt's folder, with what the worker must know. Needs the trial's lock."""
        for earlier in self.attempts(trial):
            if earlier.record() is None:
                cause = "ended together with its study"
                earlier.close(Record(state=State.INTERRUPTED, cause=cause))
        number = max((folder.attempt for folder in self.attempts(trial)), default=0) + 1
        folder = RunFolder(self.root / trial.signature / str(number))
        folder.path.mkdir(parents=True)
        write_json(folder.trial_file, trial)
        write_json(folder.execution_file, execution)
        return folder

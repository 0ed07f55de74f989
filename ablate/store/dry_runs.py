"""Timings of a few steps of a trial, cached beside the records.

There is one for each trial, its code and the machine.

    runs/dry_runs/<digest>.json
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ablate.plan.fingerprint import fingerprint
from ablate.plan.trial import Trial, canonical
from ablate.store.files import read_json, write_json
from ablate.store.store import Store

FOLDER = "dry_runs"
DRY_RUN_FILE = "dry_run.json"
"""The file in which a process leaves its dry run."""
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """The parts that make up the time of a run, its memory and its parameters."""

    format: int = FORMAT
    timed_steps: int
    """Optimizer steps that were timed."""
    start_s: float
    """Until the first step, and what the first steps take longer than later ones."""
    epoch_s: float
    """Seconds of an epoch besides its batches."""
    step_s: float
    evaluation_s: float
    """Of one batch."""
    epochs: int
    steps: int
    """Of an epoch."""
    validation_batches: int
    test_batches: int
    memory_gb: float | None
    parameters: int

    @property
    def run_s(self) -> float:
        """Seconds that the whole run will take."""
        evaluations = self.epochs * self.validation_batches + self.test_batches
        steps = self.epochs * self.steps
        epochs = self.epochs * self.epoch_s
        return self.start_s + epochs + steps * self.step_s + evaluations * self.evaluation_s


def cached_dry_run(trial: Trial, machine: tuple[str | int, ...], store: Store) -> DryRun | None:
    """The dry run of a trial by today's code on that machine; None if there is none."""
    return read_json(_file(trial, machine, store), DryRun)


def cache_dry_run(
    dry_run: DryRun, trial: Trial, machine: tuple[str | int, ...], store: Store
) -> None:
    """Write a dry run where `cached_dry_run` finds it."""
    path = _file(trial, machine, store)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, dry_run)


def _file(trial: Trial, machine: tuple[str | int, ...], store: Store) -> Path:
    asked = [FORMAT, trial.signature, fingerprint(trial), machine]
    digest = hashlib.sha256(canonical(asked).encode()).hexdigest()
    return store.root / FOLDER / f"{digest[:16]}.json"

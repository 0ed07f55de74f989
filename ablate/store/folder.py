"""The names of all files of a run, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from ablate.errors import StoreError
from ablate.interpret.model import Interpretation
from ablate.plan.trial import Trial
from ablate.store.files import read_json, read_lines, write_json
from ablate.store.record import Environment, Execution, Record

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One attempt at a trial. Each attempt has its own folder, so that none can harm another."""

    path: Path

    @property
    def attempt(self) -> int:
        return int(self.path.name)

    @property
    def trial_file(self) -> Path:
        return self.path / "trial.json"

    @property
    def execution_file(self) -> Path:
        return self.path / "execution.json"

    @property
    def environment_file(self) -> Path:
        return self.path / "environment.json"

    @property
    def history_file(self) -> Path:
        return self.path / "history.jsonl"

    @property
    def result_file(self) -> Path:
        return self.path / "result.json"

    @property
    def predictions_file(self) -> Path:
        return self.path / "predictions.npz"

    @property
    def interpretation_file(self) -> Path:
        return self.path / "interpretation.json"

    @property
    def log_file(self) -> Path:
        return self.path / "log.txt"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best_file(self) -> Path:
        """The weights of the epoch that was best on validation."""
        return self.checkpoints / "best.pt"

    def trial(self) -> Trial:
        """What was asked. Raises FileNotFoundError if the attempt died before it was written."""
        trial = read_json(self.trial_file, Trial)
        if trial is None:
            raise FileNotFoundError(self.trial_file)
        return trial

    def execution(self) -> Execution:
        execution = read_json(self.execution_file, Execution)
        if execution is None:
            raise FileNotFoundError(self.execution_file)
        return execution

    def record(self) -> Record | None:
        """How the attempt ended; None while it runs, or if it died with its study."""
        return read_json(self.result_file, Record)

    def environment(self) -> Environment | None:
        return read_json(self.environment_file, Environment)

    def interpretation(self) -> Interpretation | None:
        """What its trained network attends to and looks like; None if it was not interpreted."""
        try:
            return read_json(self.interpretation_file, Interpretation)
        except StoreError:
            return Interpretation(cause=f"{self.interpretation_file.name} is damaged")

    def history(self) -> list[dict[str, Any]]:
        """One row per epoch: epoch, learning rate, losses, validation metrics, seconds."""
        return read_lines(self.history_file)

    def correct(self) -> np.ndarray | None:
        """Whether each test image was answered rightly; None if that was not kept."""
        import numpy as np

        try:
            with np.load(self.predictions_file, allow_pickle=False) as kept:
                answers: np.ndarray = kept["correct"]
        except (OSError, KeyError, ValueError, BadZipFile):
            return None
        return answers

    def close(self, record: Record) -> Record:
        """Write the record unless there is one already; return the one that counts."""
        existing = self.record()
        if existing is None:
            write_json(self.result_file, record)
        return existing or record

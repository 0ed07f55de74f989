"""The names of all files of a run, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final
from zipfile import BadZipFile

from ablate.errors import StoreError
from ablate.interpret.model import Interpretation
from ablate.plan.trial import Trial
from ablate.store.files import read_json, read_lines, write_json
from ablate.store.record import Environment, Execution, Record, Speed

if TYPE_CHECKING:
    import numpy as np


class Entry:
    """A path inside a run folder, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, folder: RunFolder, owner: type[RunFolder]) -> Path:
        return folder.path / self.name


@final
@dataclass(frozen=True)
class RunFolder:
    """One attempt at a trial. Each attempt has its own folder, so that none can harm another."""

    path: Path

    trial_file = Entry("trial.json")
    execution_file = Entry("execution.json")
    environment_file = Entry("environment.json")
    history_file = Entry("history.jsonl")
    result_file = Entry("result.json")
    predictions_file = Entry("predictions.npz")
    interpretation_file = Entry("interpretation.json")
    speed_file = Entry("speed.json")
    log_file = Entry("log.txt")
    checkpoints = Entry("checkpoints")
    best_file = Entry("checkpoints/best.pt")
    """The weights of the epoch that was best on validation."""

    @property
    def attempt(self) -> int:
        return int(self.path.name)

    def trial(self) -> Trial:
        """The trial. Raises FileNotFoundError if the attempt died before it was written."""
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
        """The end of the attempt; None while it runs, or if it died with its study."""
        return read_json(self.result_file, Record)

    def environment(self) -> Environment | None:
        return read_json(self.environment_file, Environment)

    def interpretation(self) -> Interpretation | None:
        """The interpretation of its trained network; None if there is none."""
        try:
            return read_json(self.interpretation_file, Interpretation)
        except StoreError:
            return Interpretation(cause=f"{self.interpretation_file.name} is damaged")

    def speed(self) -> Speed | None:
        """The speed of its network; None if it was not timed or the file is damaged."""
        try:
            return read_json(self.speed_file, Speed)
        except StoreError:
            return None

    def history(self) -> list[dict[str, Any]]:
        """One row per epoch: epoch, learning rate, losses, validation metrics, seconds."""
        return read_lines(self.history_file)

    def correct(self) -> np.ndarray | None:
        """Whether each test image was classified correctly; None if unknown."""
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

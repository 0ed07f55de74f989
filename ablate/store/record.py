"""The record of a run: how it ended, its scores, its cost, and the environment it ran in."""

from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """The end of a run."""

    FINISHED = "finished"
    """Trained and scored."""
    FAILED = "failed"
    """Raised an error; the record holds its traceback."""
    DIVERGED = "diverged"
    """The loss became NaN or infinite. Not repeated: the same seed would diverge again."""
    TIMED_OUT = "timed_out"
    """Took longer than `--timeout` and was ended."""
    KILLED = "killed"
    """Its process died without a record, by a signal for instance."""
    INTERRUPTED = "interrupted"
    """Ended from outside together with its study: Ctrl-C, or the whole process tree killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The end of one run, `result.json`. Written once and never changed.

    `format` counts the versions of the file. 1: the first.
    """

    format: int = 1
    state: State
    scores: dict[str, float] = field(default_factory=dict)
    """Metric → score on the test split, in the metric's unit; empty unless finished."""
    best_epoch: int | None = None
    """The epoch, from 0, whose weights were scored."""
    parameters: int | None = None
    macs: int | None = None
    """Multiply-accumulates of one image; None where they could not be counted."""
    memory_gb: float | None = None
    """Peak memory of the process, or of the GPU where there is one."""
    train_s: float | None = None
    """Seconds of training, validation and scoring, without the start of the process."""
    cause: str | None = None
    """Why the run did not finish, in a line."""
    traceback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """The speed of a run's network, `speed.json`, measured when no run was under way."""

    format: int = 1
    images_per_s: float | None
    """In evaluation, in batches of the recipe, on the run's device; None where it cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The environment of a run, `environment.json`. Holds no secrets and no paths."""

    format: int = 1
    fingerprint: dict[str, str]
    packages: dict[str, str]
    python: str
    platform: str
    device: str
    threads: int
    commit: str | None
    """Commit of the study's repository, with `+changes` if the work tree differed."""
    started: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Options of an attempt, `execution.json`: nothing here may change its scores."""

    format: int = 1
    threads: int
    wandb: str
    """`online`, `offline` or `disabled`."""
    wandb_project: str
    wandb_id: str
    interpret: bool = False
    """Whether the trained network is to be interpreted."""

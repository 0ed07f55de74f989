"""The budget of a plan: numbers that are known, and None for those that are not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ablate.study.schema import Expectation


class Source(StrEnum):
    """How the time and the memory of a cell are known."""

    RUNS = "runs"
    """From its finished runs on this machine, by today's code."""
    STALE = "stale runs"
    """From its finished runs on this machine, before the code changed."""
    DRY_RUN = "dry run"
    """From a few timed steps."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where the runs will be, and how many of them share it."""

    device: str
    workers: int
    threads: int
    """Of each run."""

    @property
    def has_gpu(self) -> bool:
        return self.device != "CPU"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of one run of a cell, or of a teacher."""

    cell: str
    trials: int
    todo: int
    """How many of them are still to be run."""
    source: Source
    runs: int = 0
    """Finished runs behind the numbers, where they are from runs."""
    time_s: float | None = None
    memory_gb: float | None = None
    disk_bytes: int | None = None
    cause: str | None = None
    """Why the dry run failed, if it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The summed costs of runs that are still to be made."""

    finish_s: float
    """Until the last one ends."""
    work_s: float
    """All one after the other."""
    core_hours: float
    gpu_hours: float | None
    """None without a GPU. Runs at the same time share it."""
    disk_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """All that is still to be run."""

    trials: int
    unknown: int
    """How many of them have an unknown cost."""
    known: Sum | None
    """The costs of the others; None if there are none."""
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The standard deviation of seed-wise differences, pooled over contrasts that have runs."""

    sd: float
    contrasts: int
    runs: int
    studies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The differences that the seeds detect: with 80 % power, at 5 %, a contrast's two-sided.

    All differences are in SDs of the seed-wise differences, or in the metric's unit where some
    earlier runs tell how large that is.
    """

    seeds: int
    claims: int
    """Those about a direction."""
    found_sd: float | None
    """The smallest true difference that is detected, for a contrast on its own."""
    found_first_sd: float | None
    """The same for the first of several claims to be shown: they are adjusted for each other."""
    most_seeds: int | None = None
    """Where seeds are added while a claim is undecided: as many at most."""
    found_by_most_sd: float | None = None
    """The difference that those detect for a claim, as strict as the last look is."""
    exact_p: float | None
    """The least p-value of an exact paired test, where that is above 5 %."""
    spread: Spread | None
    found: float | None
    found_first: float | None
    margin: float | None
    seeds_for_margin: int | None
    """How many seeds detect a difference as large as the margin, adjusted for all claims; None if
    more than 1000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A claim that could hardly come out one way, whatever the truth."""

    says: str
    expect: Expectation | None
    way: Literal["supported", "refuted"]
    needs: float
    """The true difference that would be found in 80 % of studies; for the support of an
    equivalence the smallest margin."""
    room: float | None = None
    """The largest difference that there can be, or the margin."""
    worse_than: float | None = None
    """Where nothing has been run yet: the score that what the cell is compared with must not
    reach for there to be room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The costs and the power of a plan. `format` counts the versions of its JSON."""

    format: int = 1
    machine: Machine
    costs: tuple[Cost, ...]
    total: Total
    power: Power
    limited: tuple[Limited, ...] = ()

    @property
    def failed(self) -> tuple[Cost, ...]:
        """The costs of cells whose dry run failed."""
        return tuple(cost for cost in self.costs if cost.cause)

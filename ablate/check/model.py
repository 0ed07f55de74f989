"""What a check found, frozen and written to JSON: problems, and what moved besides each factor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FORMAT = 2
"""Counts the versions of what a check compares and writes: an older audit is made again."""

Amount = int | float | str

AMOUNTS = {
    "parameters": "parameters",
    "macs": "MACs",
    "tokens": "tokens by part",
    "norms": "norm layers",
    "zeros": "weights that start at zero",
    "heads": "classifier heads",
    "batch_size": "batch size",
    "epochs": "epochs",
    "steps": "optimizer steps",
    "distinct_images": "share of the images in an epoch",
}
"""What can be told of one cell alone, and what people call it."""


class Aspect(StrEnum):
    """What two cells are compared by; the words of messages and reports."""

    STRUCTURE = "parameters and their shapes"
    VALUES = "initial values"
    EVALUATION = "outputs"
    TRAINING = "outputs in training mode"
    RECIPE = "recipe"
    BATCH = "first augmented batch"
    RATES = "learning rate of every step"


class Kind(StrEnum):
    """What can be wrong with a cell."""

    INERT = "inert"
    DUPLICATE = "duplicate"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cell that cannot be run as it is asked for."""

    kind: Kind
    cell: str
    factors: tuple[str, ...]
    """The factors to blame; of an impossible cell all that it changes."""
    place: tuple[str | int, ...]
    """Where the study asks for it: keys and positions from the top of the file."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confound:
    """An amount that is not the baseline's. It may be the factor itself or come along with it."""

    what: str
    """A name in `AMOUNTS`, or `initial_values`."""
    before: Amount
    after: Amount
    names: tuple[str, ...] = ()
    """Of `initial_values`, some of the weights that start out otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellAudit:
    """A cell that could be built, compared with its baseline."""

    cell: str
    changes: tuple[str, ...] = ()
    """The factors that are not as in the baseline."""
    acts_on: tuple[Aspect, ...]
    """What differs from the baseline; empty for a baseline itself."""
    confounds: tuple[Confound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What `check` found in a plan."""

    format: int = FORMAT
    study: str
    setting: str
    cells: tuple[CellAudit, ...]
    findings: tuple[Finding, ...]

    def confounds_of(self, cell: str) -> tuple[Confound, ...]:
        """What moves in a cell besides its factors; nothing for a cell that was not built."""
        return next((one.confounds for one in self.cells if one.cell == cell), ())

"""The outcome of a check, written to JSON: findings, and the confounds of each factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

FORMAT = 3
"""Counts the versions of what a check compares and writes: an older audit is made again."""

FEW, MANY = 4, 50
"""The optimizer steps of a cell that are looked at: of any, and of a user's that is silent so far.
"""

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
    "normalization": "normalization",
    "optimizer": "optimizer",
    "distinct_images": "share of the images in an epoch",
}
"""The amounts that are told of one cell alone, and what people call them."""


class Aspect(StrEnum):
    """An aspect by which two cells are compared; the words of messages and reports."""

    STRUCTURE = "parameters and their shapes"
    VALUES = "initial values"
    EVALUATION = "outputs"
    TRAINING = "outputs in training mode"
    RECIPE = "recipe"
    BATCH = "first augmented batch"
    RATES = "learning rate of every step"
    STEPS = "first optimizer steps"


class Kind(StrEnum):
    """A way for a cell to be wrong."""

    INERT = "inert"
    DUPLICATE = "duplicate"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cell that cannot be run as the study asks for it."""

    kind: Kind
    cell: str
    factors: tuple[str, ...]
    """The factors to blame; of an impossible cell all that it changes."""
    place: tuple[str | int, ...]
    """Where the study asks for it: keys and positions from the top of the file."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confound:
    """An amount that differs from the baseline's: the factor itself, or what changes with it."""

    what: str
    """A name in `AMOUNTS`, or `initial_values`."""
    before: Amount
    after: Amount
    names: tuple[str, ...] = ()
    """Of `initial_values`, some of the weights that start with other values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellAudit:
    """A cell that could be built, compared with its baseline."""

    cell: str
    changes: tuple[str, ...] = ()
    """The factors whose levels differ from the baseline's."""
    acts_on: tuple[Aspect, ...]
    """The aspects that differ from the baseline; empty for a baseline itself."""
    confounds: tuple[Confound, ...]
    later: dict[str, str] = field(default_factory=dict)
    """Factor → the study's reason why it acts later, where it is silent in the first steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The cells of a plan that could be built, and the findings."""

    format: int = FORMAT
    study: str
    setting: str
    cells: tuple[CellAudit, ...]
    findings: tuple[Finding, ...]

    def confounds_of(self, cell: str) -> tuple[Confound, ...]:
        """The confounds of a cell; none for a cell that was not built."""
        return next((one.confounds for one in self.cells if one.cell == cell), ())

"""One frozen Analysis: every number that a report will ever print, none of them rounded.

All scores and differences are in the unit of the metric; seconds are seconds; a value that could
not be had is None. Everything here can be written to JSON and read back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ablate.analysis.findings import (
    AgainstPaper,
    CellInterpretation,
    Effect,
    Grid,
    Look,
    MoreMetric,
    NotInterpreted,
    OutOfReach,
    Tradeoff,
)
from ablate.check.model import Confound
from ablate.recipes.schema import Scalar
from ablate.results.frame import is_awaited
from ablate.stats import Difference, Estimate
from ablate.study.metrics import Metric
from ablate.study.schema import Adaptive, Adjustment, Expectation, Levels, Paper

FORMAT = 3


class Verdict(StrEnum):
    """The outcome of a claim."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    NEGLIGIBLE = "negligible"
    """No direction is shown, but that the difference is smaller than the margin."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedScore:
    """The score of one finished trial."""

    seed: int
    score: float


Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverImages:
    """Intervals of a difference over the images of the test set."""

    images: int
    over_images: Interval | None
    """These networks, another test set."""
    over_both: Interval | None
    """Other seeds and another test set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A cell minus its baseline or the row before: over seeds that both have, else unpaired."""

    difference: Difference
    p_adjusted: float | None
    """Two-sided, adjusted over all contrasts, or all steps (Holm, or Dunnett where asked)."""
    clear: bool = False
    """Whether `p_adjusted` is at most α: what tables print in bold."""
    p_exact: float | None = None
    """Two-sided, of the exact sign-flip test for itself alone; from six seeds on."""
    pairs: tuple[SeedScore, ...]
    """Seed → difference."""
    lost: tuple[int, ...] = ()
    """Seeds lost to a cell on either side; p-values are the largest these could have led to."""
    awaited: tuple[int, ...] = ()
    """Seeds that have not ended on either side; before they have, there are no p-values."""
    test_set: OverImages | None = None
    """None where not every run kept its answers."""
    published: float | None
    """The same difference in the paper."""

    @property
    def has_gaps(self) -> bool:
        """Whether it lacks seeds that were planned."""
        return bool(self.lost or self.awaited)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Validation score of one epoch (from 1) over the seeds."""

    epoch: int
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A planned trial without a score, and why."""

    seed: int
    state: str
    """`failed`, `diverged`, …, `running`, or `not run`."""
    cause: str | None
    range: Interval | None = None
    """What it could have scored, if it was lost to the cell; else it is awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """How many of a cell's ended runs have a score, beside its baseline's."""

    completed: int
    of: int
    """Runs that have a score or were lost to the cell; others are still awaited."""
    baseline_completed: int
    baseline_of: int
    p: float
    """Two-sided, of Fisher's exact test."""
    p_adjusted: float | None = None
    """Adjusted over all cells that are compared with a baseline (Holm)."""
    clear: bool = False

    @property
    def any_lost(self) -> bool:
        """Whether a run of either was lost to its cell."""
        return self.completed < self.of or self.baseline_completed < self.baseline_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResult:
    """One row of the table."""

    name: str
    """`cvt_13[pos_embed=none]`"""
    model: str
    """The model's key in the study."""
    model_label: str
    architecture: str
    is_baseline: bool
    levels: Levels
    """Factor → level, for every factor that the study varies in any model. A factor that this
    model does not have is not there."""
    changes: Levels
    """The levels in which the cell differs from its baseline."""
    title: str = ""
    """The name of the group of factors that is left out together."""
    confounds: tuple[Confound, ...] = ()
    """Other differences from the baseline that `ablate check` found; empty if it did not run."""
    later: dict[str, str] = field(default_factory=dict)
    """Factor → why it acts later than `ablate check` looks, as the study says."""
    asked_variant: str
    """The paper's variant, which the study names."""
    trained_variant: str
    """The variant trained in its place at this setting; the same at the paper's own scale."""
    parameters: int | None
    macs: int | None = None
    """Multiply-accumulates of one image."""
    speed: Estimate | None = None
    """Images per second in evaluation, over the runs that were timed while none was under way."""
    estimate: Estimate
    scores: tuple[SeedScore, ...]
    missing: tuple[Missing, ...]
    completion: Completion | None = None
    """None where neither it nor its baseline lost a run to itself."""
    contrast: Contrast | None
    """None for a baseline, and where no seed is shared with it."""
    added: Levels = field(default_factory=dict)
    """Of a ladder: what is changed on top of the row before."""
    step: Contrast | None = None
    """Of a ladder: the cell minus the row before."""
    published: float | None
    train_s: float | None
    """Mean seconds of training per run, beside whatever else ran: no cost to compare."""
    curve: tuple[CurvePoint, ...]

    @property
    def by_seed(self) -> dict[int, float]:
        """Seed → score."""
        return {point.seed: point.score for point in self.scores}

    @property
    def ended(self) -> frozenset[int]:
        """The seeds whose runs have ended, with a score or without."""
        return frozenset({*self.by_seed, *self.lost})

    @property
    def lost(self) -> dict[int, Interval]:
        """Seed → what it could have scored, of the runs lost to the cell."""
        return {one.seed: one.range for one in self.missing if one.range}

    @property
    def awaited(self) -> frozenset[int]:
        """The seeds that were lost to the machine or have not ended."""
        return frozenset(one.seed for one in self.missing if is_awaited(one.state))

    @property
    def planned(self) -> int:
        """The number of planned seeds."""
        return len(self.scores) + len(self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Two neighbors of an order, the one that should score higher first."""

    higher: str
    lower: str
    difference: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """A claim and what became of it."""

    says: str
    cell: str
    """The cell that the claim is about; of an order the first."""
    kind: Literal["contrast", "interaction", "order"] = "contrast"
    against: str | None = None
    """The cell it is compared with, if that is not its model's baseline."""
    expect: Expectation | None
    at_least: float | None = None
    """By how much lower or higher at least, if the claim says that."""
    verdict: Verdict
    difference: Difference | None
    """Cell minus baseline, or minus the sum of its changes alone. None for an order, and
    where no seed has all that is needed."""
    steps: tuple[Step, ...] = ()
    """Of an order: each cell and the next."""
    p_support: float | None
    """Of what supports the claim, adjusted over the claims (Holm) or looks."""
    p_refute: float | None
    """Of what refutes it, likewise. With one bound both are tails of one two-sided test."""
    p_within: float | None = None
    """That the difference is smaller than the margin; of `lower` and `higher` only."""
    within_margin: bool = False
    """Whether that is shown, beside whatever the verdict is."""
    look: Look | None = None
    """With adaptive seeds: the look that decided, or the last one."""
    detectable: float | None
    """If undecided: the true difference, beyond the claim's bound, that these seeds find in 80 % of
    studies at the level adjusted for all claims."""
    seeds_needed: int | None
    """If undecided: how many seeds would decide in 80 % of studies at that level, were the truth
    what was observed; None if more than 1000 or no spread was seen."""
    on_this_test_set: bool = False
    """Whether the verdict holds over seeds, but not over seeds and test images."""
    unsupportable: OutOfReach | None = None
    """Why it could hardly have been supported, if so."""
    unrefutable: OutOfReach | None = None
    """Why it could hardly have been refuted, if so."""
    lost: tuple[str, ...] = ()
    """Its cells that lost runs to themselves; p-values are the largest these could have led to."""
    awaited: tuple[int, ...] = ()
    """Planned seeds that have not ended in all its cells; before they have, nothing is judged."""
    seen: int | None = None
    """Seeds whose scores could be seen when the claim and its seeds were first stated; None if
    unknown."""
    exploratory: bool = False
    """Whether any could: the verdict then errs more often than it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One planned trial, for provenance."""

    cell: str
    seed: int
    signature: str
    state: str
    score: float | None
    best_epoch: int | None
    """From 1."""
    train_s: float | None
    cause: str | None
    stale: tuple[str, ...]
    """Code, data or libraries that have changed since the run."""
    threads: int | None = None
    """Threads that it computed with, which change its score a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Provenance of the numbers: each entry lists the distinct values over the runs."""

    command: str
    commits: tuple[str, ...]
    packages: tuple[str, ...]
    pythons: tuple[str, ...]
    platforms: tuple[str, ...]
    devices: tuple[str, ...]
    threads: tuple[int, ...]
    recipe: dict[str, Scalar]
    """The recipe that all cells share, without what is not used."""
    fingerprint: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Module → hash and library → version of the runs; empty where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A study's answer. `format` counts the versions of `analysis.json`.

    2: confounds and interpretations have these names, and `clear` is a field. 3: images per second
    are an estimate, of networks timed alone; times are no tradeoff; small effects are negligible.
    """

    format: int = FORMAT
    study: str
    file: str = ""
    """The study's file as seen from the folder of reports; empty where it is not known."""
    title: str
    question: str | None
    paper: Paper | None
    notes: tuple[str, ...] = ()
    """What the study itself wants a reader to know."""
    setting: str
    setting_title: str
    metric: Metric
    margin: float | None
    confidence: float
    adjustment: Adjustment = "holm"
    seeds: tuple[int, ...]
    """The seeds of the cells that have the most."""
    adaptive: Adaptive | None = None
    """By which rule some cells have more of them than others."""
    factors: tuple[str, ...]
    """All that the study varies, in the order of the file."""
    labels: dict[str, str]
    """Factor → its printed name."""
    level_labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Factor → level as text → its printed name."""
    cells: tuple[CellResult, ...]
    claims: tuple[ClaimResult, ...]
    withdrawn: tuple[str, ...] = ()
    """Claims that the study once made, in `ablate run`, and makes no more."""
    extended_from: tuple[int, ...] | None = None
    """The seeds planned first, if others were planned after scores could be seen."""
    effects: tuple[Effect, ...] = ()
    """Of a factorial design: main effects and interactions of two."""
    sums: tuple[Effect, ...] = ()
    """Of a full factorial: for each model all its changes at once, less what they add up to."""
    grids: tuple[Grid, ...] = ()
    """Of a full factorial: every two factors of every model."""
    tradeoffs: tuple[Tradeoff, ...] = ()
    """The costs in which cells differ."""
    more: tuple[MoreMetric, ...] = ()
    """Further metrics, which judge no claim."""
    published_metric: Metric | None = None
    """The metric of the paper's values; None where there are none."""
    against_paper: AgainstPaper | None = None
    """None where there is nothing published to compare with."""
    interpretations: tuple[CellInterpretation, ...] = ()
    """Of the cells into whose networks somebody looked."""
    not_interpreted: tuple[NotInterpreted, ...] = ()
    runs: tuple[RunRow, ...]
    teachers: tuple[RunRow, ...] = ()
    """The runs that trained a teacher; no cell counts them."""
    provenance: Provenance

    @property
    def papers_metric(self) -> Metric | None:
        """The metric of the paper's values, where that is not the study's."""
        return None if self.published_metric == self.metric else self.published_metric

    @property
    def disagrees_with_paper(self) -> bool:
        """Whether a claim of a paper is refuted, or a difference is not as it is there."""
        refuted = any(claim.verdict is Verdict.REFUTED for claim in self.claims)
        other = self.against_paper is not None and self.against_paper.disagrees
        return (self.paper is not None and refuted) or other

    @property
    def complete(self) -> bool:
        """Whether every planned trial has a score."""
        return not any(cell.missing for cell in self.cells)

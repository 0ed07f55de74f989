"""The parts of an `Analysis` beside contrasts and verdicts, frozen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ablate.interpret.model import Filters, Positions, RolloutImage
from ablate.stats import Difference, Estimate
from ablate.study.metrics import Metric
from ablate.study.schema import Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A main effect, averaged over the other factors, or an interaction of several levels."""

    model: str
    changes: Levels
    """One level, or several that interact."""
    difference: Difference
    p_adjusted: float | None
    """Two-sided, adjusted over all effects of the study, or all sums (Holm)."""
    clear: bool = False
    """Whether it is told from chance: `p_adjusted` is at most α."""
    settings: int
    """Settings of the other factors that it is the mean over."""
    planned_settings: int = 0
    """As many as there would be if no run were missing; 0 if unknown."""
    aliases: tuple[Levels, ...] = ()
    """Of a fraction: other effects, of two changes at most, that this one cannot be told from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreScore:
    """The score of a cell in a further metric, which judges no claim."""

    cell: str
    estimate: Estimate
    difference: Difference | None
    """From its model's baseline; None of a baseline, and where there is nothing to compare."""
    p_adjusted: float | None
    """Two-sided, adjusted over all cells (Holm)."""
    clear: bool = False
    """Whether `p_adjusted` is at most α."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreMetric:
    """A metric that is shown beside the study's own."""

    metric: Metric
    scores: tuple[MoreScore, ...]


class Agreement(StrEnum):
    """Direction of one of our differences, compared with the paper's."""

    SAME = "same"
    OPPOSITE = "opposite"
    OPEN = "open"
    """Ours is not clear."""
    NO_SIGN = "no_sign"
    """The paper has no difference, so there is no sign to compare."""


class Size(StrEnum):
    """Size of one of our differences, compared with the paper's."""

    ALIKE = "alike"
    """Ours is not told apart from the paper's."""
    LARGER = "larger"
    """Also a clear difference where the paper has none."""
    SMALLER = "smaller"
    """Ours goes the same way and is smaller, or has no clear sign."""
    APART = "apart"
    """Nothing to compare: ours clearly goes the other way, or is of another metric."""
    OPEN = "open"
    """Ours cannot be tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperContrast:
    """A published difference and what becomes of it here."""

    cell: str
    published: float
    agreement: Agreement
    size: Size
    luck: bool | None
    """Whether two runs of one network may differ by as much in the paper; None if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstPaper:
    """All published differences that we have too, and the order they stand in."""

    contrasts: tuple[PaperContrast, ...]
    same_order: int
    """Pairs that clearly are in the paper's order here, adjusted over all pairs (Holm)."""
    opposite_order: int
    open_order: int

    @property
    def disagrees(self) -> bool:
        """Whether any sign, size or order is clearly another than the paper's."""
        return self.opposite_order > 0 or any(
            one.agreement is Agreement.OPPOSITE or one.size in (Size.LARGER, Size.SMALLER)
            for one in self.contrasts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPoint:
    """One level of each of two factors."""

    levels: Levels
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A model's scores by two of its factors, each a mean over the settings of its others."""

    model: str
    factors: tuple[str, str]
    points: tuple[GridPoint, ...]
    """Row by row; nothing for levels that exclude each other."""
    settings: int


Cost = Literal["macs", "parameters"]
"""Costs that are counted. Measured times vary with whatever else runs, and rank nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tradeoff:
    """A cost in which cells differ."""

    cost: Cost
    front: tuple[str, ...]
    """The cells that no other beats in cost or score without losing in the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerAttention:
    """Attention distances of one layer, in pixels."""

    distances: tuple[float, ...]
    """Mean attention distance of every head of every network, seed by seed."""
    mean: float
    uniform: float
    """The distance of a head that looks at every key alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellInterpretation:
    """Interpretation of the trained networks of a cell."""

    cell: str
    seeds: tuple[int, ...]
    """The seeds whose networks were interpreted."""
    images: int
    """Test images that attention was averaged over."""
    image_size: int
    layers: tuple[LayerAttention, ...]
    positions: tuple[Positions, ...]
    """Of the first of the seeds, like all that follows."""
    rollouts: tuple[RolloutImage, ...]
    filters: Filters | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInterpreted:
    """Networks that could not be interpreted, and why."""

    cause: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """With adaptive seeds: after how many seeds a claim was judged."""

    seeds: int
    most: int
    """The largest number of seeds of the study."""
    limit: float
    """The one-sided p-value that this look asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """Why a verdict would seldom have come out, whatever the truth."""

    needs: float
    """The true difference that would be found in 80 % of studies; for the support of an
    equivalence the smallest margin."""
    room: float
    """The largest that there can be, up to the best or worst possible score; or the margin."""

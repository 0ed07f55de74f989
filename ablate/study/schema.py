"""A study file as frozen pydantic models.

This is the shape only. Whether the named architectures, toggles and cells exist is checked in
`ablate.study.validate`; reading YAML with line numbers is `ablate.study.load`. The descriptions
below travel into `ablate schema`, so that an editor shows them while a study is written.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    StrictInt,
    Tag,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from ablate.errors import UnknownNameError
from ablate.recipes.schema import Positive, Scalar, StrictModel
from ablate.settings.schema import Override
from ablate.study.cells import Cell, cells_of
from ablate.study.references import Reference, read_order, read_reference
from ablate.study.source import Source

Level = Scalar | tuple[Scalar, ...]
Levels = dict[str, Level]
Design = Literal[
    "one_factor",
    "leave_one_out",
    "cumulative",
    "from_to",
    "full_factorial",
    "fractional",
    "listed",
]
Expectation = Literal["lower", "higher", "equivalent", "not_lower", "not_higher"]
Adjustment = Literal["holm", "dunnett"]
Seed = Annotated[StrictInt, Field(ge=0, lt=2**31)]


class PaperMetric(StrictModel):
    """A measure that the paper has and no run here: its values compare by sign, not by size."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/.-]+$")]
    """Its column under `published`, such as `fewshot5`."""
    label: str
    """Its name in tables."""
    unit: str = "%"
    better: Literal["higher", "lower"] = "higher"


class Paper(StrictModel):
    """The publication whose question the study asks again."""

    title: str
    arxiv: str | None = None
    """arXiv identifier, such as "2103.15808"."""
    table: str | None = None
    """The table with the rows, such as "Table 5"."""
    sd: Positive | None = None
    """Standard deviation between runs of one network there, if known: 0.2 points of top-1 on
    ImageNet (DeiT, Table 8)."""
    metric: PaperMetric | None = None
    """The measure of its values, where they are not in the study's metric."""
    differs: tuple[str, ...] = ()
    """What the study does otherwise than the paper, a sentence each; the report says the data, the
    networks and the recipe by itself."""


class Model(StrictModel):
    """One model of the study: its architecture, its baseline, and what is removed or replaced."""

    architecture: str = ""
    """A model family, such as `cvt`, or a library to compare with: `torchvision` or `timm`."""
    variant: str = ""
    """A named size of the architecture, such as `cvt-13`; the setting may map it to a smaller."""
    model: str | None = None
    """Instead of both, your own network: `package.module:Factory`, a class or a function whose
    keywords are the factors."""
    label: str | None = None
    """The model's name in tables."""
    baseline: Levels = {}
    """The cell that all others are compared with. Toggles left out have the variant's value."""
    ablate: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Factor → its levels, tried one at a time, on top of each other (`cumulative`) or in
    combination (`full_factorial`, `fractional`)."""
    groups: dict[str, Annotated[tuple[str, ...], Field(min_length=2)]] = {}
    """For `leave_one_out`: name → factors that are also left out together."""
    cells: tuple[Annotated[Levels, Field(min_length=1)], ...] = ()
    """For `listed`: the cells beside the baseline, each as factor → level."""

    @model_validator(mode="before")
    @classmethod
    def _own(cls, parts: object) -> object:
        """A user's network is an architecture with one variant, named after its factory."""
        if not isinstance(parts, dict) or not isinstance(parts.get("model"), str):
            return parts
        factory = parts["model"].partition(":")[2]
        return {**parts, "architecture": parts["model"], "variant": factory}


class Factor(StrictModel):
    """A factor's name in tables, its rules, and whether it begins to act late."""

    label: str | None = None
    requires: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Other factor → levels, one of which it must have."""
    excludes: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Other factor → levels, none of which it may have."""
    acts: Literal["later"] | None = None
    """`later`: nothing of it shows in the first steps of training, for which `reason` says why."""
    reason: str = ""
    """Why it acts later only; the report repeats it."""


class Claim(StrictModel):
    """A sentence that the runs can support or refute: a contrast, an interaction or an order."""

    says: str
    contrast: str | None = None
    """The cell that is compared: `cvt_13[pos_embed_stages=every]`."""
    against: str | None = None
    """The cell that `contrast` is compared with, unless it is its model's baseline."""
    interaction: str | None = None
    """A cell with two or more changes, compared with the sum of their separate effects."""
    order: str | None = None
    """Cells from the highest score to the lowest: `a[x=1] > a > a[x=2]`."""
    expect: Expectation | None = None
    """The expected difference; an order needs none."""
    by: str | None = Field(default=None, pattern=r"^>= *[0-9]+(\.[0-9]+)?$")
    """With `lower` or `higher`: the least difference, in the metric's unit: `">= 1.0"`."""

    @property
    def at_least(self) -> float | None:
        """The number in `by`."""
        return float(self.by.removeprefix(">=")) if self.by else None

    @property
    def ordered(self) -> tuple[Reference, ...]:
        """The cells of `order`."""
        return read_order(self.order) if self.order else ()

    @property
    def cell(self) -> Reference:
        """The cell that the claim is about; of an order the first."""
        return (*self.ordered, read_reference(self.interaction or self.contrast or ""))[0]

    @property
    def rival(self) -> Reference:
        """The cell that it is compared with: its baseline, unless the claim says otherwise."""
        return read_reference(self.against) if self.against else Reference(self.cell.model, {})


class Adaptive(StrictModel):
    """Seeds that are added, one at a time, to the cells that still decide a claim."""

    min: Annotated[StrictInt, Field(ge=2, le=1000)]
    """The number of seeds that every cell starts with."""
    max: Annotated[StrictInt, Field(ge=2, le=1000)]
    """The largest number of seeds, whether claims are decided or not."""


def _kind_of_seeds(said: object) -> str:
    """The form of `seeds` that was meant, so that only its mistakes are told."""
    if isinstance(said, Adaptive) or (isinstance(said, dict) and {"min", "max"} & said.keys()):
        return "adaptive"
    if isinstance(said, dict):
        return "groups"
    return "list" if isinstance(said, list | tuple) else "number"


SeedList = Annotated[tuple[Seed, ...], Field(min_length=1)]
Seeds = Annotated[
    Annotated[StrictInt, Field(ge=1, le=1000), Tag("number")]
    | Annotated[SeedList, Tag("list")]
    | Annotated[Adaptive, Tag("adaptive")]
    | Annotated[dict[str, SeedList], Field(min_length=1), Tag("groups")],
    Discriminator(_kind_of_seeds),
]


Label = Annotated[
    Annotated[str, Tag("label")] | Annotated[dict[Scalar, str], Tag("levels")],
    Discriminator(lambda said: "levels" if isinstance(said, dict) else "label"),
]


class Study(StrictModel):
    """One question: models, the factors to ablate, seeds, metric, claims."""

    name: SkipJsonSchema[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]] = "unnamed"
    """The name of the file, which the file itself does not state."""
    title: str
    question: str | None = None
    """The question in a sentence, printed under the title."""
    paper: Paper | None = None
    notes: tuple[str, ...] = ()
    """What a reader must know besides, a sentence each: the report has them among its caveats."""
    models: Annotated[dict[str, Model], Field(min_length=1)]
    design: Design = "one_factor"
    resolution: Annotated[StrictInt, Field(ge=3, le=5)] | None = None
    """For `fractional`: 3, 4 or 5. A higher one separates more effects and needs more cells."""
    factors: dict[str, Factor] = {}
    """Labels and rules of factors."""
    seeds: Seeds = 5
    """For every cell: a number n (seeds 0 … n−1) or a list. `{min: 3, max: 12}` adds seeds only
    where they still decide a claim. Of named lists, such as `pilot` and `confirm`, `--seeds`
    chooses one; the first is the default."""
    metric: str = "top1"
    """The metric that claims are about."""
    more_metrics: tuple[str, ...] = ()
    """Other metrics to show."""
    margin: Positive | None = None
    """The smallest difference that matters, in the metric's unit."""
    adjust: Adjustment = "holm"
    """Adjustment of the contrasts' p-values: Holm always holds, Dunnett has more power where many
    cells share a baseline and have the same spread."""
    claims: tuple[Claim, ...] = ()
    published: dict[str, dict[str, float]] = {}
    """Cell → metric → the paper's value in the metric's unit, shown beside yours."""
    labels: dict[Scalar, Label] = {}
    """Factor → its name in tables, or level → name where one factor has the level. Or else factor →
    level → name: `heads: {1: one head}`."""
    setting: str = "digits"
    """The default setting."""
    settings: dict[str, Override] = {}
    """Setting → changes that this study makes to it."""

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of all models, by the study's design."""
        return tuple(cell for name in self.models for cell in cells_of(self, name))

    @cached_property
    def source(self) -> Source:
        """The file that the study was read from, for messages with its lines."""
        return Source(file=self.name, start=0)

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.__dict__.pop("cells", None)  # a copy may get other models or another design
        return copied

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds that every cell gets, in order."""
        match self.seeds:
            case Adaptive(min=count) | int(count):
                return tuple(range(count))
            case dict():
                return next(iter(self.seeds.values()))
            case _:
                return self.seeds

    @property
    def seed_groups(self) -> dict[str, tuple[int, ...]]:
        """The named lists of seeds."""
        return self.seeds if isinstance(self.seeds, dict) else {}

    def seeds_called(self, name: str) -> tuple[int, ...]:
        """The named list of seeds. Raises `UnknownNameError`."""
        if name not in self.seed_groups:
            raise UnknownNameError("name of seeds", name, self.seed_groups)
        return self.seed_groups[name]

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


class Paper(StrictModel):
    """The publication whose question the study asks again."""

    title: str
    arxiv: str | None = None
    """arXiv identifier, such as "2103.15808"."""
    table: str | None = None
    """Where the rows stand, such as "Table 5"."""
    sd: Positive | None = None
    """How far two runs of one network lie apart there, as a standard deviation, where it is known;
    0.2 points of top-1 on ImageNet (DeiT, Table 8)."""


class Model(StrictModel):
    """One model of the study: what it is, its baseline, and what is taken away or exchanged."""

    architecture: str = ""
    """A model family, such as `cvt`; or a library to compare with, `torchvision` or `timm`."""
    variant: str = ""
    """A named size of the architecture, such as `cvt-13`; the setting may map it to a smaller."""
    model: str | None = None
    """Instead of both: a network of your own, `package.module:Factory`, a class or a function
    whose keywords are the factors."""
    label: str | None = None
    """What tables call the model."""
    baseline: Levels = {}
    """The cell that all others are compared with. Unnamed toggles have the variant's value."""
    ablate: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Factor → the levels it takes: one at a time, one after the other and kept
    (`cumulative`), or in combination (`full_factorial`, `fractional`)."""
    groups: dict[str, Annotated[tuple[str, ...], Field(min_length=2)]] = {}
    """Design `leave_one_out`: name → factors that are left out together as well."""
    cells: tuple[Annotated[Levels, Field(min_length=1)], ...] = ()
    """Design `listed`: the cells beside the baseline, each as factor → level."""

    @model_validator(mode="before")
    @classmethod
    def _own(cls, parts: object) -> object:
        """A network of one's own is an architecture of one variant, called like its factory."""
        if not isinstance(parts, dict) or not isinstance(parts.get("model"), str):
            return parts
        factory = parts["model"].partition(":")[2]
        return {**parts, "architecture": parts["model"], "variant": factory}


class Factor(StrictModel):
    """What tables call a factor, and beside which levels of others it can be changed."""

    label: str | None = None
    requires: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Other factor → the levels that it must have one of."""
    excludes: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Other factor → the levels that it must have none of."""


class Claim(StrictModel):
    """A sentence that the runs can support or refute: a contrast, an interaction or an order."""

    says: str
    contrast: str | None = None
    """The cell that is compared: `cvt_13[pos_embed=every_stage]`."""
    against: str | None = None
    """What `contrast` is compared with, where that is not its model's baseline."""
    interaction: str | None = None
    """A cell of two changes or more, compared with what they add up to one by one."""
    order: str | None = None
    """Cells from the highest score to the lowest: `a[x=1] > a > a[x=2]`."""
    expect: Expectation | None = None
    """How the difference should come out; an order needs none."""
    by: str | None = Field(default=None, pattern=r"^>= *[0-9]+(\.[0-9]+)?$")
    """With `lower` or `higher`: by how much at least, in the metric's unit: `">= 1.0"`."""

    @property
    def at_least(self) -> float | None:
        """The number in `by`."""
        return float(self.by.removeprefix(">=")) if self.by else None

    @property
    def ordered(self) -> tuple[str, ...]:
        """The cells of `order`."""
        return tuple(part.strip() for part in self.order.split(">")) if self.order else ()


class Adaptive(StrictModel):
    """Seeds that are added, one after the other, to the cells that still decide a claim."""

    min: Annotated[StrictInt, Field(ge=2, le=1000)]
    """What every cell begins with."""
    max: Annotated[StrictInt, Field(ge=2, le=1000)]
    """Where it ends, decided or not."""


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


class Study(StrictModel):
    """One question: models, what is ablated, seeds, metric, claims."""

    name: SkipJsonSchema[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]] = "unnamed"
    """The name of the file; the file itself does not say it."""
    title: str
    question: str | None = None
    """The question in a sentence, printed under the title."""
    paper: Paper | None = None
    models: Annotated[dict[str, Model], Field(min_length=1)]
    design: Design = "one_factor"
    resolution: Annotated[StrictInt, Field(ge=3, le=5)] | None = None
    """Of design `fractional`: 3, 4 or 5. Higher keeps more effects apart and needs more cells."""
    factors: dict[str, Factor] = {}
    """What is to be known of a factor besides its levels."""
    seeds: Seeds = 5
    """A number n (seeds 0 … n−1) or a list, which every cell gets; `{min: 3, max: 12}` adds seeds
    only where they still decide a claim; or lists with names, such as `pilot` and `confirm`, of
    which `--seeds` chooses one, else the first is meant."""
    metric: str = "top1"
    """What judges the claims."""
    more_metrics: tuple[str, ...] = ()
    """What is shown besides."""
    margin: Positive | None = None
    """The smallest difference that matters, in the metric's unit."""
    adjust: Adjustment = "holm"
    """How p-values of contrasts answer for each other: Holm always holds, Dunnett is sharper where
    many cells share a baseline and scatter alike."""
    claims: tuple[Claim, ...] = ()
    published: dict[str, dict[str, float]] = {}
    """Cell → metric → the paper's value, shown beside ours."""
    labels: dict[str, str] = {}
    """What tables print for a factor or a level, where its name is not good enough."""
    setting: str = "digits"
    """The setting that is used when none is named."""
    settings: dict[str, Override] = {}
    """Setting → what this study changes in it."""

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of all models, by the study's design."""
        return tuple(cell for name in self.models for cell in cells_of(self, name))

    @cached_property
    def source(self) -> Source:
        """The file that the study was read from, for messages with its lines."""
        return Source(file=self.name)

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.__dict__.pop("cells", None)  # a copy may get other models or another design
        return copied

    @property
    def all_labels(self) -> dict[str, str]:
        """The labels that tables print: those of factors, overridden by `labels`."""
        own = {name: factor.label for name, factor in self.factors.items() if factor.label}
        return {**own, **self.labels}

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
        """The seeds that have a name."""
        return self.seeds if isinstance(self.seeds, dict) else {}

    def seeds_called(self, name: str) -> tuple[int, ...]:
        """The seeds of that name. Raises `UnknownNameError`."""
        if name not in self.seed_groups:
            raise UnknownNameError("name of seeds", name, self.seed_groups)
        return self.seed_groups[name]

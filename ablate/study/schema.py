"""The words of a study file and of a setting: what may be asked, as frozen pydantic models.

This is the shape only. Whether the named architectures, toggles and cells exist is checked in
`ablate.study.meaning`; reading YAML with line numbers is `ablate.study.load`. The descriptions
below travel into `ablate schema`, so that an editor shows them while a study is written.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)
from pydantic.json_schema import SkipJsonSchema

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
Level = Scalar | tuple[Scalar, ...]
Levels = dict[str, Level]
Design = Literal["one_factor", "listed"]
Expectation = Literal["lower", "higher", "equivalent", "not_lower", "not_higher"]
Seed = Annotated[StrictInt, Field(ge=0, lt=2**31)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class Words(BaseModel):
    """Common to all parts of a file: nothing unknown is accepted, nothing changes afterwards."""

    # Pydantic could take the descriptions itself, but reads this file anew at every start for it.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Paper(Words):
    """The publication whose question the study asks again."""

    title: str
    arxiv: str | None = None
    """arXiv identifier, such as "2103.15808"."""
    table: str | None = None
    """Where the rows stand, such as "Table 5"."""


class Model(Words):
    """One model of the study: what it is, its baseline, and what is taken away or exchanged."""

    architecture: str
    """A model family: `vit`, `cvt`."""
    variant: str
    """A named size of the architecture, such as `cvt-13`; the setting may map it to a smaller."""
    label: str | None = None
    """What tables call the model."""
    baseline: Levels = {}
    """The cell that all others are compared with. Unnamed toggles have the variant's value."""
    ablate: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Design `one_factor`: factor → the levels it takes, one at a time."""
    cells: tuple[Annotated[Levels, Field(min_length=1)], ...] = ()
    """Design `listed`: the cells beside the baseline, each as factor → level."""


class Claim(Words):
    """A sentence that the runs can support or refute."""

    says: str
    contrast: str
    """The cell that is compared with its baseline: `cvt_13[pos_embed=every_stage]`."""
    expect: Expectation


class Recipe(Words):
    """How every cell is trained. A default means "not used", and stays out of signatures."""

    epochs: Annotated[StrictInt, Field(ge=1)]
    batch_size: Annotated[StrictInt, Field(ge=1)]
    lr: Positive
    """Peak learning rate of AdamW."""
    warmup_epochs: NotNegative = 0.0
    """Linear warm-up, in epochs, before the cosine decay to zero."""
    weight_decay: NotNegative = 0.0
    """Decoupled; norms, biases, tokens and position tables are exempt."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    shift: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Probability that a training image is moved by one pixel, in one of eight directions."""


class Setting(Words):
    """A scale at which a question is asked: data, sizes that fit them, and the recipe."""

    title: str
    data: str
    """A data set of `ablate.data`."""
    variants: dict[str, str]
    """The study's variant → the variant that is trained at this scale."""
    recipe: Recipe


class Override(Words):
    """What a study changes in a setting."""

    variants: dict[str, str] = {}
    recipe: dict[str, Scalar] = {}
    margin: Positive | None = None


class Study(Words):
    """One question: models, what is ablated, seeds, metric, claims."""

    name: SkipJsonSchema[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]] = "unnamed"
    """The name of the file; the file itself does not say it."""
    title: str
    question: str | None = None
    """The question in a sentence, printed under the title."""
    paper: Paper | None = None
    models: Annotated[dict[str, Model], Field(min_length=1)]
    design: Design = "one_factor"
    seeds: (
        Annotated[StrictInt, Field(ge=1, le=1000)]
        | Annotated[tuple[Seed, ...], Field(min_length=1)]
    ) = 5
    """A number n (seeds 0 … n−1) or a list. Every cell gets the same seeds."""
    metric: str = "top1"
    margin: Positive | None = None
    """The smallest difference that matters, in the metric's unit."""
    claims: tuple[Claim, ...] = ()
    published: dict[str, dict[str, float]] = {}
    """Cell → metric → the paper's value, shown beside ours."""
    labels: dict[str, str] = {}
    """What tables print for a factor or a level, where its name is not good enough."""
    setting: str = "digits"
    """The setting that is used when none is named."""
    settings: dict[str, Override] = {}
    """Setting → what this study changes in it."""

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds themselves, in order."""
        return tuple(range(self.seeds)) if isinstance(self.seeds, int) else self.seeds

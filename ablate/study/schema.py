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
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from ablate.errors import UnknownNameError

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
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
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


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
    sd: Positive | None = None
    """How far two runs of one network lie apart there, as a standard deviation, where it is known;
    0.2 points of top-1 on ImageNet (DeiT, Table 8)."""


class Model(Words):
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


class Factor(Words):
    """What tables call a factor, and beside which levels of others it can be changed."""

    label: str | None = None
    requires: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Other factor → the levels that it must have one of."""
    excludes: dict[str, Annotated[tuple[Level, ...], Field(min_length=1)]] = {}
    """Other factor → the levels that it must have none of."""


class Claim(Words):
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


class Adaptive(Words):
    """Seeds that are added, one after the other, to the cells that still decide a claim."""

    min: Annotated[StrictInt, Field(ge=2, le=1000)]
    """What every cell begins with."""
    max: Annotated[StrictInt, Field(ge=2, le=1000)]
    """Where it ends, decided or not."""


def _kind_of_seeds(said: object) -> str:
    """Which of the ways to say seeds somebody meant, so that only its mistakes are told."""
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


class Recipe(Words):
    """How every cell is trained. A default means "not used", and stays out of signatures."""

    epochs: Annotated[StrictInt, Field(ge=1)]
    batch_size: Annotated[StrictInt, Field(ge=1)]
    lr: Positive
    """Peak learning rate."""
    optimizer: Literal["adamw", "adam", "sgd"] = "adamw"
    """AdamW decays decoupled; Adam and SGD add the decay to the gradient."""
    momentum: Fraction = 0.9
    """Of SGD, with Nesterov's correction off."""
    epsilon: Positive = 1e-8
    """What Adam and AdamW add to the root of the second moment."""
    schedule: Literal["cosine", "linear", "one_cycle", "constant"] = "cosine"
    """How the rate falls after the warm-up; `one_cycle` is ConvMixer's piecewise linear one."""
    warmup_epochs: NotNegative = 0.0
    """Linear warm-up, in epochs, before the schedule begins."""
    cooldown_epochs: NotNegative = 0.0
    """Epochs at the end with the lowest rate; they are part of `epochs`."""
    min_lr: NotNegative = 0.0
    """Where the schedule ends."""
    weight_decay: NotNegative = 0.0
    """Norms, biases, tokens and position tables are exempt."""
    clip_norm: NotNegative = 0.0
    """Longest gradient of all parameters together."""
    clip_adaptive: NotNegative = 0.0
    """Longest gradient of each unit as a part of its weights (2102.06171, section 4)."""
    weight_averaging: Fraction = 0.0
    """Decay of an exponential moving average of the weights, which is what is evaluated."""
    label_smoothing: Fraction = 0.0
    mixup: NotNegative = 0.0
    """Alpha of the beta distribution that images and labels are mixed by."""
    cutmix: NotNegative = 0.0
    """Alpha for pasted rectangles; with `mixup` too, each batch gets one of the two."""
    rand_augment: Annotated[float, Field(ge=0, le=10)] = 0.0
    """Magnitude of two random operations per image, on the papers' scale of ten."""
    auto_augment: StrictBool = False
    """The policy learned on ImageNet (1805.09501)."""
    erasing: Probability = 0.0
    """Probability that a random rectangle of an image is erased."""
    color_jitter: NotNegative = 0.0
    """Range of random brightness, contrast and saturation."""
    crop_scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    """The smallest part of an image's area that a random resized crop may take."""
    flip: Probability = 0.0
    """Probability that an image is mirrored, left to right."""
    shift: Probability = 0.0
    """Probability that a training image is moved by one pixel, in one of eight directions."""
    repeated_augmentation: Annotated[StrictInt, Field(ge=1)] = 1
    """How often an image stands in a batch, augmented anew; an epoch sees so many fewer images."""
    distillation: Literal["none", "soft", "hard"] = "none"
    """How the teacher's answer counts: its probabilities, or the class it names (DeiT, 4)."""
    teacher: str = ""
    """`architecture:variant`: of ours trained once at the same setting, of timm's pretrained."""
    distillation_alpha: Probability = 0.5
    """Weight of the teacher's part of the loss."""
    distillation_tau: Positive = 3.0
    """Temperature of soft distillation."""


class Images(Words):
    """What is done to the images of a data set before any cell sees them."""

    image_size: Annotated[StrictInt, Field(ge=1)] | None = None
    """Pixels a side that they are resized to; unsaid, as they are."""
    train_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """The part of the training images that is used: the same for all seeds, and a smaller part
    lies within a larger one."""


AS_THEY_ARE = Images()


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
    """Parts of the recipe; with `like: deit` they change that paper's instead of the setting's."""
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

    @property
    def all_labels(self) -> dict[str, str]:
        """What tables print: the labels of factors, and those of `labels` before them."""
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

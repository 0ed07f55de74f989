"""A recipe, and the types that all files of Ablate are made of, as frozen pydantic models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


class StrictModel(BaseModel):
    """Every part of a file: unknown keys are refused, and nothing changes afterwards."""

    # Pydantic could take the descriptions itself, but reads this file anew at every start for it.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Recipe(StrictModel):
    """The training of every cell. A default means "not used" and stays out of signatures."""

    epochs: Annotated[StrictInt, Field(ge=1)]
    batch_size: Annotated[StrictInt, Field(ge=1)]
    lr: Positive
    """Peak learning rate."""
    optimizer: Literal["adamw", "adam", "sgd"] = "adamw"
    """AdamW decouples weight decay; Adam and SGD add it to the gradient."""
    momentum: Fraction = 0.9
    """Of SGD, without Nesterov's correction."""
    epsilon: Positive = 1e-8
    """Added by Adam and AdamW to the root of the second moment."""
    schedule: Literal["cosine", "linear", "one_cycle", "constant"] = "cosine"
    """The learning rate after the warm-up; `one_cycle` is ConvMixer's piecewise linear one."""
    warmup_epochs: NotNegative = 0.0
    """Linear warm-up before the schedule, in epochs."""
    cooldown_epochs: NotNegative = 0.0
    """Epochs at the end with the lowest rate, included in `epochs`."""
    min_lr: NotNegative = 0.0
    """The learning rate at the end of the schedule."""
    weight_decay: NotNegative = 0.0
    """Norms, biases, tokens and position tables are exempt."""
    clip_norm: NotNegative = 0.0
    """Largest norm of the gradient of all parameters together; 0 means no clipping."""
    clip_adaptive: NotNegative = 0.0
    """Largest norm of each unit's gradient relative to its weights (2102.06171, section 4)."""
    weight_averaging: Fraction = 0.0
    """Decay of an exponential moving average of the weights, which is then evaluated."""
    label_smoothing: Fraction = 0.0
    mixup: NotNegative = 0.0
    """Alpha of the beta distribution for mixing images and labels."""
    cutmix: NotNegative = 0.0
    """Alpha for pasted rectangles; beside `mixup`, each batch gets one of the two."""
    rand_augment: Annotated[float, Field(ge=0, le=10)] = 0.0
    """Magnitude of two random operations per image, on the papers' scale of ten."""
    auto_augment: StrictBool = False
    """The policy learned on ImageNet (1805.09501)."""
    erasing: Probability = 0.0
    """Probability that a random rectangle of an image is erased."""
    color_jitter: NotNegative = 0.0
    """Range of random brightness, contrast and saturation."""
    crop_scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Smallest fraction of an image's area that a random resized crop may take."""
    flip: Probability = 0.0
    """Probability of a horizontal flip."""
    shift: Probability = 0.0
    """Probability that an image is shifted by one pixel, in one of eight directions."""
    repeated_augmentation: Annotated[StrictInt, Field(ge=1)] = 1
    """Copies of an image in a batch, each augmented anew; an epoch sees so many fewer images."""
    distillation: Literal["none", "soft", "hard"] = "none"
    """The teacher's target: its probabilities, or its most likely class (DeiT, section 4)."""
    teacher: str = ""
    """`architecture:variant`: ours are trained once at the same setting, timm's are pretrained."""
    distillation_alpha: Probability = 0.5
    """Weight of the teacher in the loss."""
    distillation_tau: Positive = 3.0
    """Temperature of soft distillation."""

    def without_idle(self) -> Recipe:
        """The recipe with all that does nothing in it at its default, out of signatures.

        Cells that differ in such a part alone are one and the same, and a plan refuses the pair.
        """
        return Recipe.model_validate(self.model_dump(exclude=self.idle))

    @property
    def idle(self) -> set[str]:
        """The parts that do nothing because of its other parts."""
        return {name for name, does_nothing in IDLE.items() if does_nothing(self)}


IDLE: dict[str, Callable[[Recipe], bool]] = {
    "momentum": lambda recipe: recipe.optimizer != "sgd",
    "epsilon": lambda recipe: recipe.optimizer == "sgd",
    "min_lr": lambda recipe: recipe.schedule == "constant" and not recipe.cooldown_epochs,
    "teacher": lambda recipe: recipe.distillation == "none",
    "distillation_alpha": lambda recipe: recipe.distillation == "none",
    "distillation_tau": lambda recipe: recipe.distillation != "soft",
}
"""The parts of a recipe that may do nothing, and when: because of its other parts."""

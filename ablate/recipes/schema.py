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

    def without_idle(self) -> Recipe:
        """The recipe with all that does nothing in it at its default, out of signatures.

        Cells that differ in such a part alone are one and the same, and a plan refuses the pair.
        """
        said = self.model_dump()
        acting = {name: said[name] for name in said if name not in IDLE or not IDLE[name](self)}
        return Recipe.model_validate(acting)


IDLE: dict[str, Callable[[Recipe], bool]] = {
    "momentum": lambda recipe: recipe.optimizer != "sgd",
    "epsilon": lambda recipe: recipe.optimizer == "sgd",
    "min_lr": lambda recipe: recipe.schedule == "constant" and not recipe.cooldown_epochs,
    "teacher": lambda recipe: recipe.distillation == "none",
    "distillation_alpha": lambda recipe: recipe.distillation == "none",
    "distillation_tau": lambda recipe: recipe.distillation != "soft",
}
"""The parts of a recipe that may do nothing, and when: because of its other parts."""

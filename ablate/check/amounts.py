"""Numbers and a few words about a cell, which are compared to tell its confounds."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ablate.check.model import Amount
from ablate.measure.macs import macs
from ablate.models.outline import Outlined
from ablate.plan.trial import Trial
from ablate.recipes.schema import Recipe
from ablate.train.build import brought_standard, make_model
from ablate.train.losses import is_two_headed

SCALES = ("weight", "gamma", "scale")
"""Names of parameters that multiply: a zero there silences a branch."""


def amounts(trial: Trial, model: nn.Module, images: Tensor, steps: int) -> dict[str, Amount]:
    """The values of `ablate.check.model.AMOUNTS`. `model` still has its initial values."""
    recipe = trial.recipe
    counted = macs(lambda: make_model(trial), trial.image_shape)
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "macs": "unknown" if counted is None else counted,
        "tokens": tokens(model),
        "norms": norms(model),
        "zeros": zeros(model),
        "heads": heads(model, images),
        "batch_size": recipe.batch_size,
        "epochs": recipe.epochs,
        "steps": steps,
        "normalization": normalization(trial),
        "optimizer": optimizer(recipe),
        "distinct_images": trial.images.train_share / recipe.repeated_augmentation,
    }


def tokens(model: nn.Module) -> Amount:
    """Tokens of each part that has some, where the network has an outline."""
    if not isinstance(model, Outlined):
        return "unknown"
    return ", ".join(str(part.tokens) for part in model.outline() if part.tokens) or "none"


def norms(model: nn.Module) -> Amount:
    """The number of norm layers of each kind."""
    kinds = Counter(
        type(module).__name__
        for module in model.modules()
        if "Norm" in type(module).__name__ and not any(True for _ in module.children())
    )
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"


def zeros(model: nn.Module) -> int:
    """The number of multiplying parameters that start at zero: branches that begin silent."""
    return sum(
        name.rpartition(".")[2] in SCALES and not parameter.count_nonzero()
        for name, parameter in model.named_parameters()
    )


@torch.no_grad()
def heads(model: nn.Module, images: Tensor) -> int:
    """The number of classifiers of the network."""
    with evaluating(model):
        return len(model.heads(images)) if is_two_headed(model) else 1


def normalization(trial: Trial) -> str:
    """Whose mean and deviation images are standardized by."""
    brought = brought_standard(trial)
    if brought is None:
        return "the training images'"
    mean, std = (
        ", ".join(f"{x:g}" for x in part.flatten()) for part in (brought.mean, brought.std)
    )
    return f"mean {mean}, deviation {std}"


def optimizer(recipe: Recipe) -> str:
    """The optimizer with the rates that it gets: another one needs other rates."""
    name = {"adamw": "AdamW", "adam": "Adam", "sgd": "SGD"}[recipe.optimizer]
    return f"{name} at rate {recipe.lr:g}, decay {recipe.weight_decay:g}"


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """`model` in evaluation mode; afterwards each of its modules is as it was."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode

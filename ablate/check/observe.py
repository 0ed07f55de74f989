"""Observe one cell: its network at a fixed seed and input, and the start of its training.

Outputs at the start would not do: branches that end in a zero are silent and biases are nothing, so
a switch inside them would seem dead. Therefore every weight is given another value for them, which
depends on its name and shape alone. What two networks share is then equal, nothing is silent, and
outputs differ if and only if what is computed does. In float64, which keeps rounding apart from
effects; a user's network that cannot do that is asked in float32.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from ablate.check.model import Amount
from ablate.measure.macs import macs
from ablate.models.initialize import stream
from ablate.models.outline import Outlined
from ablate.plan.trial import Trial
from ablate.recipes.schema import Recipe
from ablate.train.build import make_data, make_model
from ablate.train.losses import is_two_headed
from ablate.train.mixing import mixed, mixes
from ablate.train.schedules import make_factor

IMAGES = 4
SCALES = ("weight", "gamma", "scale")
"""Names of parameters that multiply: a zero there silences a branch."""

Tensors = tuple[Tensor, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One cell, observed."""

    amounts: dict[str, Amount]
    """Numbers and a few words, by the names of `ablate.check.model.AMOUNTS`."""
    shapes: dict[str, tuple[int, ...]]
    """Of all parameters and kept buffers."""
    values: dict[str, str]
    """A digest of each of their initial values."""
    outputs: Tensors
    training_outputs: Tensors
    recipe: Recipe
    batch: Tensors
    rates: tuple[float, ...]


def observe(trial: Trial) -> Observation:
    """Build the trial's network and the start of its training. Nothing is trained."""
    with torch.random.fork_rng(devices=[]):
        model = make_model(trial)
        state = {key: value.detach().clone() for key, value in model.state_dict().items()}
        batch, steps = first_batch(trial)
        known = amounts(trial, model, steps)
        evaluation, training = answers(model, images_for(trial))
    return Observation(
        amounts=known,
        shapes={key: tuple(value.shape) for key, value in state.items()},
        values={key: digest(value) for key, value in state.items()},
        outputs=evaluation,
        training_outputs=training,
        recipe=trial.recipe,
        batch=batch,
        rates=tuple(map(make_factor(trial.recipe, steps), range(steps))),
    )


def amounts(trial: Trial, model: nn.Module, steps: int) -> dict[str, Amount]:
    """The values of `Observation.amounts`. `model` still has its initial values."""
    recipe = trial.recipe
    counted = macs(lambda: make_model(trial), trial.image_shape)
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "macs": "unknown" if counted is None else counted,
        "tokens": tokens(model),
        "norms": norms(model),
        "zeros": zeros(model),
        "heads": heads(model, trial),
        "batch_size": recipe.batch_size,
        "epochs": recipe.epochs,
        "steps": steps,
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
def heads(model: nn.Module, trial: Trial) -> int:
    """The number of classifiers of the network."""
    model.eval()
    return len(model.heads(images_for(trial))) if is_two_headed(model) else 1


def images_for(trial: Trial) -> Tensor:
    """The fixed input, images × channels × side × side."""
    size = IMAGES, *trial.image_shape
    return torch.randn(size, generator=stream(0, "check"))


def first_batch(trial: Trial) -> tuple[Tensors, int]:
    """The first batch of the first epoch as the network gets it, and the steps of all epochs."""
    loader = make_data(trial).train_dataloader()
    images, labels = next(iter(loader))
    steps = len(loader) * trial.recipe.epochs
    if mixes(trial.recipe):
        return (*mixed(images, trial.recipe, stream(trial.seed, "mix 0 0")), labels), steps
    return (images, labels), steps


@torch.no_grad()
def answers(model: nn.Module, images: Tensor) -> tuple[Tensors, Tensors]:
    """The outputs in evaluation and in training mode. Replaces the values of `model`."""
    try:
        return answers_in(torch.float64, model, images)
    except RuntimeError:
        return answers_in(torch.float32, model, images)


def answers_in(dtype: torch.dtype, model: nn.Module, images: Tensor) -> tuple[Tensors, Tensors]:
    """The same, computed in numbers of that type."""
    for name, value in model.to(dtype).state_dict().items():
        if value.is_floating_point():
            value.copy_(drawn(name, value))
    found = []
    for training in (False, True):
        torch.default_generator.manual_seed(0)
        found.append(outputs(model.train(training), images.to(dtype)))
    return found[0], found[1]


def outputs(model: nn.Module, images: Tensor) -> Tensors:
    """All tensors that the network returns, and those of each head."""
    said: list[Any] = [model(images)]
    if is_two_headed(model):
        said.append(model.heads(images))
    return tuple(leaf for leaf in tree_leaves(said) if isinstance(leaf, Tensor))


def drawn(name: str, value: Tensor) -> Tensor:
    """A value that depends on name and shape: of the usual size, and nothing is zero or one."""
    x = torch.randn(value.shape, generator=stream(0, name), dtype=torch.float64)
    if name.endswith("running_var"):
        return 1 + x.abs() / 10
    if name.endswith("weight"):
        return 1 + x / 10 if value.dim() == 1 else x / max(1, value[0].numel()) ** 0.5
    return x / 10


def digest(value: Tensor) -> str:
    """A digest of the bytes of a tensor of any type."""
    return hashlib.sha256(value.reshape(-1).view(torch.uint8).numpy().tobytes()).hexdigest()[:16]

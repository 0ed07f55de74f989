"""Observe one cell: its network as it starts, and what it computes on a fixed input."""

from dataclasses import dataclass
from typing import Any, final

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from ablate.check.amounts import amounts, evaluating
from ablate.check.draws import Draws
from ablate.check.model import Amount
from ablate.check.rehearse import rehearse
from ablate.check.steps import Tensors, tensors
from ablate.check.worlds import Weight, World, built, in_world, values
from ablate.models.initialize import stream
from ablate.plan.trial import Trial
from ablate.recipes.schema import Recipe
from ablate.train.build import make_data, make_model
from ablate.train.losses import is_two_headed
from ablate.train.mixing import mixed, mixes
from ablate.train.schedules import make_factor

IMAGES = 4
SEEN_IN_RATES = {
    "schedule": "constant",
    "warmup_epochs": 0.0,
    "cooldown_epochs": 0.0,
    "min_lr": 0.0,
}
"""The parts of a recipe that do nothing but set the learning rate of each step."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The network of a cell in one world."""

    values: dict[Weight, str]
    """A digest of each initial value."""
    outputs: Tensors
    training_outputs: Tensors


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One cell, observed."""

    trial: Trial
    amounts: dict[str, Amount]
    """Numbers and a few words, by the names of `ablate.check.model.AMOUNTS`."""
    values: dict[Weight, str]
    """Of all parameters and kept buffers, a digest of the value that a run with this seed has."""
    probe: Probe
    recipe: Recipe
    """Without the parts whose effect is seen in the rates."""
    batch: Tensors
    rates: tuple[float, ...]
    """The learning rate of every step."""


def observe(trial: Trial) -> Observation:
    """Build the trial's network, and rehearse what a run does. Raises whatever would stop one."""
    model, data = make_model(trial), make_data(trial)
    batch, steps = first_batch(trial, data), len(data.train_dataloader()) * trial.recipe.epochs
    started = values(model)
    known = amounts(trial, model, images_for(trial), steps)
    rehearse(trial, model, data)
    factor = make_factor(trial.recipe, steps)
    return Observation(
        trial=trial,
        amounts=known,
        values=started,
        probe=probe(trial, World()),
        recipe=trial.recipe.model_copy(update=SEEN_IN_RATES),
        batch=batch,
        rates=tuple(trial.recipe.lr * factor(step) for step in range(steps)),
    )


def images_for(trial: Trial) -> Tensor:
    """The fixed input, images × channels × side × side."""
    size = IMAGES, *trial.image_shape
    return torch.randn(size, generator=stream(0, "check"))


def first_batch(trial: Trial, data: pl.LightningDataModule) -> Tensors:
    """The first batch of the first epoch as the network gets it."""
    loader: Any = data.train_dataloader()
    images, labels = loader.dataset[0]
    if mixes(trial.recipe):
        return (*mixed(images, trial.recipe, stream(trial.seed, "mix 0 0")), labels)
    return images, labels


def probe(trial: Trial, world: World) -> Probe:
    """The network of a trial in that world: its initial values and its outputs."""
    images = images_for(trial)
    evaluation, training = in_world(trial, world, lambda *given: answers(images, *given))
    started = values(built(trial, world), by_place=world.by_place)
    return Probe(values=started, outputs=evaluation, training_outputs=training)


@torch.no_grad()
def answers(
    images: Tensor, model: nn.Module, draws: Draws, dtype: torch.dtype
) -> tuple[Tensors, Tensors]:
    """The outputs in evaluation mode, and those in the modes that the network begins with."""
    with draws:
        with evaluating(model):
            evaluation = outputs(model, images.to(dtype))
        return evaluation, outputs(model, images.to(dtype))


def outputs(model: nn.Module, images: Tensor) -> Tensors:
    """All tensors that the network returns, and those of each head."""
    said: list[Any] = [model(images)]
    if is_two_headed(model):
        said.append(model.heads(images))
    return tensors(said)

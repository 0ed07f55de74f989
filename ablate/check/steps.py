"""The first optimizer steps of a cell: the loop that trains it, at the peak learning rate.

A switch may act in training alone: it freezes, detaches, exempts from weight decay, or waits for
some step. All of that shows in what the network says a few steps later.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Any, final

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves
from torch.utils.data import DataLoader

from ablate.check.draws import Draws
from ablate.check.worlds import World, in_world
from ablate.plan.trial import Trial
from ablate.train.build import make_data, untrained_teacher
from ablate.train.classifier import Batch, Classifier
from ablate.train.fit import make_trainer, quiet

EPOCHS = 2
"""Each ends with a batch of validation."""

Tensors = tuple[Tensor, ...]


@final
class Batches(pl.LightningDataModule):
    """Batches that are already there."""

    def __init__(self, train: Sequence[Batch], validation: Sequence[Batch]) -> None:
        super().__init__()
        self.train, self.validation = train, validation

    def train_dataloader(self) -> DataLoader[Batch]:
        return DataLoader(self.train, batch_size=None)  # type: ignore[arg-type]

    def val_dataloader(self) -> DataLoader[Batch]:
        return DataLoader(self.validation, batch_size=None)  # type: ignore[arg-type]


@final
class Heard(pl.Callback):
    """Keep all that the network answers, and the loss of every step."""

    def __init__(self, classifier: Classifier) -> None:
        self.all: list[Tensor] = []
        for network in {classifier.model, classifier.evaluated}:
            network.register_forward_hook(lambda _, __, said: self.keep(said))

    def keep(self, said: object) -> None:
        self.all += [leaf.detach().clone() for leaf in tensors(said)]

    def on_train_batch_end(self, _: Any, __: Any, outputs: Any, *___: Any) -> None:
        self.keep(outputs)


def tensors(said: object) -> Tensors:
    """All tensors of whatever a network answers."""
    return tuple(leaf for leaf in tree_leaves(said) if isinstance(leaf, Tensor))


def first_steps(trial: Trial, world: World, count: int) -> Tensors:
    """The answers and losses of a trial's first `count` steps in that world."""
    data = make_data(trial)
    train = list(islice(cycle(data.train_dataloader()), count // EPOCHS))
    validation = list(islice(data.val_dataloader(), 1))
    recipe = at_peak(trial)

    def heard(model: nn.Module, draws: Draws, dtype: torch.dtype) -> Tensors:
        teacher = untrained_teacher(trial)
        if teacher is not None:
            teacher = teacher.to(dtype)
        with draws:
            classifier = Classifier(model, recipe.recipe, trial.seed, teacher)
            listener = Heard(classifier)
            batches = Batches(
                *[[(x.to(dtype), y) for x, y in part] for part in (train, validation)]
            )
            with quiet():
                make_trainer(recipe, None, [listener], "cpu").fit(classifier, datamodule=batches)
        return tuple(listener.all)

    return in_world(trial, world, heard)


def at_peak(trial: Trial) -> Trial:
    """The trial for `EPOCHS` epochs at its highest learning rate, without a warm-up."""
    steady = {"schedule": "constant", "warmup_epochs": 0.0, "cooldown_epochs": 0.0}
    recipe = trial.recipe.model_copy(update={**steady, "epochs": EPOCHS})
    return replace(trial, recipe=recipe)

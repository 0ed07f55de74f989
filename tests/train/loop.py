"""A training loop in a tenth of a second: noise to learn, a network with every kind of layer."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ablate.recipes.schema import Recipe
from ablate.train.classifier import Classifier
from ablate.train.fit import quiet

CLASSES = 3
RECIPE = Recipe(epochs=2, batch_size=4, lr=0.05)


class Net(nn.Module):
    """A convolution, a norm with statistics, a table of indices; one head or two."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.conv = nn.Conv2d(1, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(4, CLASSES)
        self.register_buffer("table", torch.arange(200))
        self.seen: list[Tensor] = []
        self.drawn: list[Tensor] = []

    def features(self, images: Tensor) -> Tensor:
        if self.training:
            self.seen.append(images)
            self.drawn.append(torch.rand(5))  # what dropout and drop path would do
        return torch.relu(self.norm(self.conv(images))).mean((2, 3))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))


class TwoHeads(Net):
    """The same with a head for the teacher."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.head_dist = nn.Linear(4, CLASSES)

    def heads(self, images: Tensor) -> tuple[Tensor, ...]:
        features = self.features(images)
        return self.head(features), self.head_dist(features)

    def forward(self, images: Tensor) -> Tensor:
        return torch.stack(self.heads(images)).mean(0)


class Noise(pl.LightningDataModule):
    """13 images of 5×5 pixels; the last batch of four has one."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        images = torch.randn(13, 1, 5, 5, generator=torch.Generator().manual_seed(0))
        batches = zip(
            images.split(recipe.batch_size),
            (torch.arange(13) % CLASSES).split(recipe.batch_size),
            strict=True,
        )
        self.batches = list(batches)

    def train_dataloader(self) -> DataLoader:
        return DataLoader(self.batches, batch_size=None)  # type: ignore[arg-type]

    val_dataloader = train_dataloader


def with_fields(**fields: object) -> Recipe:
    """The recipe with some fields changed, checked as a study's would be."""
    return Recipe.model_validate({**RECIPE.model_dump(), **fields})


def train(
    recipe: Recipe,
    model: nn.Module | None = None,
    teacher: nn.Module | None = None,
    callbacks: tuple[pl.Callback, ...] = (),
) -> Any:
    """The classifier after its run; Any, because tests ask for what only their networks have."""
    classifier = Classifier(model or Net(), recipe, seed=7, teacher=teacher)
    with quiet():
        trainer = pl.Trainer(
            accelerator="cpu",
            max_epochs=recipe.epochs,
            callbacks=list(callbacks),
            logger=False,
            deterministic=True,
            num_sanity_val_steps=0,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(classifier, datamodule=Noise(recipe))
    return classifier


def same(one: Classifier, other: Classifier) -> bool:
    """Whether two runs ended with the same network."""
    ours, theirs = (run.evaluated.state_dict() for run in (one, other))
    return all(torch.equal(ours[name], theirs[name]) for name in ours)

"""A data set of noise in any size, and what tests ask of data sets."""

from __future__ import annotations

import torch

from ablate.data.catalog import AS_THEY_ARE, Images
from ablate.data.memory import Batch, MemoryData
from ablate.models.initialize import stream
from ablate.recipes.schema import Recipe

RECIPE = Recipe(epochs=2, batch_size=16, lr=0.1)
GRAY_8, GRAY_16, COLOR_32 = (1, 8, 8), (1, 16, 16), (3, 32, 32)


def with_fields(**fields: object) -> Recipe:
    """The recipe with some fields changed, checked as a study's would be."""
    return Recipe.model_validate({**RECIPE.model_dump(), **fields})


class Noise(MemoryData):
    """Images of random pixels; label i belongs to the i-th image, for as many as there are."""

    def __init__(
        self,
        recipe: Recipe,
        seed: int,
        shape: tuple[int, ...] = GRAY_8,
        changes: Images = AS_THEY_ARE,
    ) -> None:
        self.shape = shape
        super().__init__(recipe, seed, changes)

    def splits(self) -> tuple[Batch, Batch, Batch]:
        train, val, test = torch.rand(3, 32, *self.shape, generator=stream(0, "noise"))
        labels = torch.arange(32)
        return (train, labels), (val, labels), (test, labels)


def at_epoch(data: MemoryData, epoch: int) -> list[Batch]:
    """The training batches of an epoch."""
    data.trainer = type("AtEpoch", (), {"current_epoch": epoch})()
    return list(data.train_dataloader())


def equal(ours: list[Batch], theirs: list[Batch]) -> bool:
    """Whether two lists of batches have the same images and labels."""
    pairs = zip(ours, theirs, strict=True)
    return all(torch.equal(a, c) and torch.equal(b, d) for (a, b), (c, d) in pairs)

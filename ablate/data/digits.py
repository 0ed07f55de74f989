"""scikit-learn's digits: 1,797 handwritten digits of 8×8 pixels, shipped with the library.

Splits are fixed and stratified: 1,077 images to train, 360 to choose the epoch, 360 to test.
The data are the test part of the UCI "Optical Recognition of Handwritten Digits" (E. Alpaydin,
C. Kaynak, 1998), grey values 0–16.
"""

from __future__ import annotations

from typing import final

import lightning
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader

from ablate.models.initialise import stream
from ablate.study.schema import Recipe

Batch = tuple[Tensor, Tensor]
DIRECTIONS = torch.tensor([(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)])


@final
class Digits(lightning.LightningDataModule):
    """Batches of images B·1·8·8, standardised, and labels B.

    Order and augmentation of an epoch are drawn from the seed and the number of the epoch alone.
    """

    def __init__(self, recipe: Recipe, seed: int) -> None:
        super().__init__()
        self.recipe, self.seed = recipe, seed
        self.train, self.validation, self.test = splits()

    def train_dataloader(self) -> DataLoader[Batch]:
        epoch = self.trainer.current_epoch if self.trainer else 0
        source = stream(self.seed, f"data {epoch}")
        images, labels = self.train
        order = torch.randperm(len(labels), generator=source)
        return self._loader((shifted(images[order], self.recipe.shift, source), labels[order]))

    def val_dataloader(self) -> DataLoader[Batch]:
        return self._loader(self.validation)

    def test_dataloader(self) -> DataLoader[Batch]:
        return self._loader(self.test)

    def _loader(self, examples: Batch) -> DataLoader[Batch]:
        """The examples in their order; they are in memory, so batches are cut beforehand."""
        images, labels = (torch.split(part, self.recipe.batch_size) for part in examples)
        return DataLoader(list(zip(images, labels, strict=True)), batch_size=None)  # type: ignore[arg-type]


def splits() -> tuple[Batch, Batch, Batch]:
    """Train, validation and test: the same on every machine, classes in equal parts."""
    digits = load_digits()
    rest, test = _split(range(len(digits.target)), digits.target, held_out=360)
    train, validation = _split(rest, digits.target[rest], held_out=360)
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1)  # N·1·8·8
    images = (images - images[train].mean()) / images[train].std()
    labels = torch.tensor(digits.target)
    return (
        (images[train], labels[train]),
        (images[validation], labels[validation]),
        (images[test], labels[test]),
    )


def _split(indices: object, classes: object, *, held_out: int) -> tuple[list[int], list[int]]:
    kept, out = train_test_split(indices, test_size=held_out, stratify=classes, random_state=0)
    return kept, out


def shifted(images: Tensor, probability: float, source: torch.Generator) -> Tensor:
    """Images B·C·H·W, each moved by one pixel with `probability`, in one of eight directions.

    The edge that comes in is black, which is the smallest value and, standardised, not zero.
    """
    count, channels, height, width = images.shape
    moved = torch.rand(count, generator=source) < probability
    direction = DIRECTIONS[torch.randint(len(DIRECTIONS), (count,), generator=source)]  # B·2
    down, right = (direction * moved[:, None] + 1).unbind(1)
    padded = functional.pad(images, (1, 1, 1, 1), value=float(images.min()))
    rows = (torch.arange(height) + down[:, None])[:, None, :, None]  # B·1·H·1
    columns = (torch.arange(width) + right[:, None])[:, None, None, :]  # B·1·1·W
    example = torch.arange(count)[:, None, None, None]
    channel = torch.arange(channels)[None, :, None, None]
    return padded[example, channel, rows, columns]

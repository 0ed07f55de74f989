"""Data that fit in memory: batches whose order and augmentation come from seed and epoch alone."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from ablate.data.catalog import AS_THEY_ARE, Images
from ablate.data.transforms import Augmentation, Standard, make_seeds
from ablate.models.initialize import stream
from ablate.recipes.schema import Recipe

Batch = tuple[Tensor, Tensor]
DIRECTIONS = torch.tensor([(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)])


class MemoryData(pl.LightningDataModule, ABC):
    """Batches of standardized images B·C·H·W and labels B.

    Order and augmentation of an epoch are drawn from the seed and the number of the epoch, so that
    every cell of a study is trained on the same batches. `standard` takes the place of the training
    images' own mean and deviation.
    """

    def __init__(
        self,
        recipe: Recipe,
        seed: int,
        images: Images = AS_THEY_ARE,
        standard: Standard | None = None,
    ) -> None:
        super().__init__()
        self.recipe, self.image_size, self.seed = recipe, images.image_size, seed
        train_split, validation, test = self.splits()
        self.unplaced = part_of(train_split, images.train_share)
        train = self._seen(self.unplaced[0], stream(0, "train"))
        self.standard = standard or Standard(train.mean(), train.std())
        self.augmentation = Augmentation(recipe, train.shape[-1], self.standard)
        self.validation = self._fixed("validation", *validation)
        self.test = self._fixed("test", *test)

    @abstractmethod
    def splits(self) -> tuple[Batch, Batch, Batch]:
        """Train, validation and test: images N·C·H·W in [0, 1], where 0 is black, and labels N."""

    def place(self, images: Tensor, source: torch.Generator) -> Tensor:  # noqa: ARG002
        """Images N·C·H·W as the model sees them; all randomness comes from `source`."""
        return images

    def _fixed(self, name: str, images: Tensor, labels: Tensor) -> Batch:
        """A split that is the same in every epoch and for every seed."""
        return self.standard(self._seen(images, stream(0, name))), labels

    def _seen(self, images: Tensor, source: torch.Generator) -> Tensor:
        """Images in their place, resized if the study asks for it."""
        placed = self.place(images, source)
        return placed if self.image_size is None else resized(placed, self.image_size)

    def train_dataloader(self) -> DataLoader[Batch]:
        epoch = self.trainer.current_epoch if self.trainer else 0
        source = stream(self.seed, f"data {epoch}")
        images, labels = self.unplaced
        order = torch.randperm(len(labels), generator=source)
        order = repeated(order, self.recipe.repeated_augmentation)
        images = self._seen(images[order], stream(self.seed, f"places {epoch}"))
        images = shifted(images, self.recipe.shift, source)
        if not self.augmentation:
            return self._loader(self.standard(images), labels[order])
        seeds = make_seeds(self.seed, epoch, len(order))
        batches = Augmented(self._batches(images, labels[order], seeds), self.augmentation)
        return DataLoader(batches, batch_size=None)

    def val_dataloader(self) -> DataLoader[Batch]:
        return self._loader(*self.validation)

    def test_dataloader(self) -> DataLoader[Batch]:
        return self._loader(*self.test)

    def _loader(self, *examples: Tensor) -> DataLoader[Batch]:
        return DataLoader(self._batches(*examples), batch_size=None)  # type: ignore[arg-type]

    def _batches(self, *parts: Tensor) -> list[tuple[Tensor, ...]]:
        """The examples cut into batches, in their order."""
        cut = (torch.split(part, self.recipe.batch_size) for part in parts)
        return list(zip(*cut, strict=True))


@final
class Augmented(Dataset[Batch]):
    """Batches of images, labels and seeds, augmented when they are asked for."""

    def __init__(self, batches: list[tuple[Tensor, ...]], augmentation: Augmentation) -> None:
        self.batches, self.augmentation = batches, augmentation

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> Batch:
        images, labels, seeds = self.batches[index]
        return self.augmentation(images, seeds), labels


def part_of(split: Batch, share: float) -> Batch:
    """A share of the images and labels, the same for all seeds; smaller shares lie in larger."""
    images, labels = split
    kept = torch.randperm(len(labels), generator=stream(0, "share"))[: round(share * len(labels))]
    return (images[kept], labels[kept]) if share < 1 else split


def resized(images: Tensor, side: int) -> Tensor:
    """Images B·C·H·W with `side` pixels a side, antialiased when they shrink."""
    return functional.interpolate(images, (side, side), mode="bilinear", antialias=True)


def repeated(order: Tensor, times: int) -> Tensor:
    """The first images of the order, each `times` in a row, as many in all as before.

    DeiT's repeated augmentation: an epoch has its usual length and sees a part of the images.
    """
    return order.repeat_interleave(times)[: len(order)]


def shifted(images: Tensor, probability: float, source: torch.Generator) -> Tensor:
    """Images B·C·H·W, each moved by one pixel with `probability`, in one of eight directions.

    The edge that comes in is black.
    """
    if not probability:
        return images
    moved = torch.rand(len(images), generator=source) < probability
    ways = torch.randint(len(DIRECTIONS), (len(images),), generator=source)
    corners = DIRECTIONS[ways] * moved[:, None] + 1  # B·2
    return windows(functional.pad(images, (1, 1, 1, 1)), corners, images.shape[2:])


def windows(images: Tensor, corners: Tensor, size: Sequence[int]) -> Tensor:
    """The part of each image B·C·H·W that begins at its corner (row, column), B·C·size."""
    down, right = corners.unbind(1)
    rows = (torch.arange(size[0]) + down[:, None])[:, None, :, None]  # B·1·height·1
    columns = (torch.arange(size[1]) + right[:, None])[:, None, None, :]  # B·1·1·width
    example = torch.arange(len(images))[:, None, None, None]
    channel = torch.arange(images.shape[1])[None, :, None, None]
    return images[example, channel, rows, columns]

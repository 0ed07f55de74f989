"""scikit-learn's digits: 1,797 handwritten digits of 8×8 pixels, shipped with the library.

Splits are fixed and stratified: 1,077 images to train, 360 to choose the epoch, 360 to test.
The data are the test part of the UCI "Optical Recognition of Handwritten Digits" (E. Alpaydin,
C. Kaynak, 1998), gray values 0–16.
"""

from functools import cache
from typing import final

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from ablate.data.memory import Batch, MemoryData


@final
class Digits(MemoryData):
    """The digits as they are, 1·8·8."""

    def splits(self) -> tuple[Batch, Batch, Batch]:
        return splits()


@cache
def splits() -> tuple[Batch, Batch, Batch]:
    """Train, validation and test: the same on every machine, stratified by class."""
    digits = load_digits()
    rest, test = _split(range(len(digits.target)), digits.target, held_out=360)
    train, validation = _split(rest, digits.target[rest], held_out=360)
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16  # N·1·8·8
    labels = torch.tensor(digits.target)
    return (
        (images[train], labels[train]),
        (images[validation], labels[validation]),
        (images[test], labels[test]),
    )


def _split(indices: object, classes: object, *, held_out: int) -> tuple[list[int], list[int]]:
    kept, out = train_test_split(indices, test_size=held_out, stratify=classes, random_state=0)
    return kept, out

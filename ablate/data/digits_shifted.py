"""scikit-learn's digits at random places on a canvas of 16×16 pixels.

Where a digit lies says nothing about which it is, so a model must find it first. Training digits
lie elsewhere in every epoch; those of validation and test have one place for all seeds. Splits
are those of `digits`.
"""

from typing import final

import torch
from torch import Tensor
from torch.nn import functional

from ablate.data.digits import splits
from ablate.data.memory import Batch, MemoryData, windows

CANVAS = 16


@final
class DigitsShifted(MemoryData):
    """The digits somewhere on black, 1·16·16."""

    def splits(self) -> tuple[Batch, Batch, Batch]:
        return splits()

    def place(self, images: Tensor, source: torch.Generator) -> Tensor:
        """Each image at one of the 9 × 9 places where it is whole, all equally likely."""
        room = CANVAS - images.shape[-1]
        corners = torch.randint(room + 1, (len(images), 2), generator=source)
        around = functional.pad(images, (room, room, room, room))
        return windows(around, corners, (CANVAS, CANVAS))

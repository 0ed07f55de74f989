"""Positions of a grid's tokens on the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrid:
    """A square grid. Lengths are pixels of the image, whose first pixel has its center at 0.5."""

    side: int
    first: float
    """The center of the first row, and of the first column."""
    pitch: float
    """From one center to the next."""

    def under(self, side: int, kernel: int, stride: int, padding: int) -> TokenGrid:
        """The grid that windows on this one make; a place is the center of its window."""
        first = self.first + ((kernel - 1) / 2 - padding) * self.pitch
        return TokenGrid(side=side, first=first, pitch=stride * self.pitch)

    def centers(self) -> Tensor:
        """side² × 2: row and column of each place, in raster order."""
        line = self.first + self.pitch * torch.arange(self.side, dtype=torch.float64)
        return torch.cartesian_prod(line, line)


def pixels(image_size: int) -> TokenGrid:
    """The grid that an image is."""
    return TokenGrid(side=image_size, first=0.5, pitch=1.0)


def distances(queries: TokenGrid, keys: TokenGrid) -> Tensor:
    """queries × keys: pixels in a straight line."""
    return torch.cdist(queries.centers(), keys.centers())

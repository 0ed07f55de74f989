"""The interpretation of one trained network, frozen and written to JSON. Lengths are pixels."""

from dataclasses import dataclass

FORMAT = 1
"""Counts the versions of the file."""

Tile = tuple[tuple[float, ...], ...]
"""Rows of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionStats:
    """Attention distances of the heads of one layer."""

    distances: tuple[float, ...]
    """Mean attention distance of each head, over the images."""
    uniform: float
    """The same for uniform attention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """A table of position embeddings."""

    part: str
    """The part of the model that adds it, named as in its outline: `stage 1`."""
    side: int
    tiles: tuple[Tile, ...]
    """Cosine of one place with all, for places in raster order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutImage:
    """One test image, and what of it reached the tokens that decide."""

    image: Tile
    """Mean over channels, at most 16 × 16, from 0 to 1."""
    rollout: Tile
    """Each place's share of the attention that is rolled out to places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The first convolution, averaged over color channels."""

    tiles: tuple[Tile, ...]
    count: int
    """The number of filters."""
    share: float | None
    """If the tiles are principal components: their share of the variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """The interpretation of one network. What its architecture does not have is empty."""

    format: int = FORMAT
    images: int = 0
    """Test images that attention was averaged over."""
    image_size: int = 0
    layers: tuple[AttentionStats, ...] = ()
    positions: tuple[Positions, ...] = ()
    rollouts: tuple[RolloutImage, ...] = ()
    filters: Filters | None = None
    cause: str | None = None
    """Why there is none."""

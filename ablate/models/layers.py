"""Layers that several architectures share. Stochastic depth is torchvision's."""

import math
from collections.abc import Mapping
from typing import Any, final, get_type_hints

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate
from torchvision.ops import StochasticDepth

from ablate.models.catalog import levels_of, not_among


@final
class Mlp(nn.Module):
    """Two linear layers with an activation between them, applied to each token alone."""

    def __init__(self, dim: int, hidden: int, activation: nn.Module) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.activation = activation
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × tokens × dim → the same shape."""
        return self.fc2(self.activation(self.fc1(tokens)))


@final
class Block(nn.Module):
    """Attention between tokens, then an MLP on each; norm first, residual around both."""

    def __init__(
        self,
        dim: int,
        attn: nn.Module,
        mlp_ratio: float,
        activation: nn.Module,
        drop_path: float,
        dropout: float = 0.0,
        eps: float = 1e-6,
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps)
        self.attn = attn
        self.norm2 = nn.LayerNorm(dim, eps)
        self.mlp = Mlp(dim, int(dim * mlp_ratio), activation)
        self.dropout = nn.Dropout(dropout)
        self.drop_path = StochasticDepth(drop_path, "row")

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """batch × tokens × dim → the same shape; the patches lie on height × width."""
        mixed = self.dropout(self.attn(self.norm1(tokens), height, width))
        tokens = tokens + self.drop_path(mixed)
        return tokens + self.drop_path(self.dropout(self.mlp(self.norm2(tokens))))


@final
class ChannelNorm(nn.LayerNorm):
    """LayerNorm over the channels at each place of a grid."""

    def forward(self, grid: Tensor) -> Tensor:
        """batch × dim × height × width → the same shape."""
        return super().forward(grid.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def drop_path_rates(last: float, depth: int) -> list[float]:
    """One rate per block, rising linearly from 0 to `last` (stochastic depth, 1603.09382)."""
    return [last * block / max(depth - 1, 1) for block in range(depth)]


def head_dim(dim: int, num_heads: int) -> int:
    """The width of one head: the heads share the whole width equally."""
    if dim % num_heads:
        raise ValueError(f"dim {dim} is not a multiple of num_heads {num_heads}")
    return dim // num_heads


def by_stage(given: Mapping[str, Any], *keywords: str) -> list[tuple[Any, ...]]:
    """The arguments of a constructor by stage: its width, then one value of each of the keywords.

    A single value holds in all stages.
    """
    stages = len(given["dims"])
    if not stages:
        raise ValueError("dims is empty; allowed: the width of each stage")
    columns = [given["dims"]]
    for keyword in keywords:
        value = given[keyword]
        columns.append(value if isinstance(value, tuple) else (value,) * stages)
        if len(columns[-1]) != stages:
            raise ValueError(f"{keyword} has {len(value)} values, but dims has {stages} stages")
    return list(zip(*columns, strict=True))


def resize_positions(
    table: Tensor, extra_tokens: int, height: int, width: int, mode: str
) -> Tensor:
    """A table of positions learned on a square grid, drawn to the places of another grid.

    The rows of tokens that have no place stay as they are. `mode`: "bilinear" or "bicubic".

    1 × (extra tokens + grid²) × dim → 1 × (extra tokens + height·width) × dim
    """
    extra, places = table.tensor_split([extra_tokens], dim=1)
    grid = math.isqrt(places.shape[1])
    if (height, width) == (grid, grid):
        return table
    square = places.reshape(1, grid, grid, -1).permute(0, 3, 1, 2)  # 1 × dim × grid × grid
    drawn = interpolate(square, size=(height, width), mode=mode, align_corners=False)
    return torch.cat([extra, drawn.flatten(2).transpose(1, 2)], dim=1)


def check_keywords(model: nn.Module, given: Mapping[str, Any], zero: tuple[str, ...] = ()) -> None:
    """Raise unless a model's constructor was given values that its keywords allow.

    `given`: its `locals()`. Whole numbers begin at 1, those of the keywords in `zero` at 0.
    """
    for keyword, kind in get_type_hints(type(model).__init__).items():
        values = given.get(keyword, ())
        for value in values if isinstance(values, tuple) else (values,):
            if levels := levels_of(kind):
                if value not in levels:
                    raise ValueError(not_among(value, f"a level of {keyword}", levels))
            elif allowed := _bounds(keyword, value, 0 if keyword in ("seed", *zero) else 1):
                raise ValueError(f"{keyword} is {value}; allowed: {allowed}")


def check_multiple(image_size: int, patch_size: int) -> None:
    """Raise unless patches fill the image."""
    if image_size % patch_size:
        raise ValueError(f"image_size {image_size} is not a multiple of patch_size {patch_size}")


def _bounds(keyword: str, value: float, least: int) -> str | None:
    """The bounds of a number, if it is outside them."""
    if keyword == "init_std":  # weights start out different from each other
        return None if value > 0 else "above 0"
    if keyword in ("dropout", "drop_path"):  # something is left of what is dropped
        return None if 0 <= value < 1 else "0 up to, but not, 1"
    return f"{least} and more" if isinstance(value, int) and value < least else None


def tokens_on_grid(
    patches: Tensor,
    cls_token: Tensor | None,
    table: Tensor | None,
    height: int,
    width: int,
    mode: str,
) -> Tensor:
    """The class token before the patches, positions added to all; each only where there is one.

    batch × height·width × dim → batch × ((1 or 0) + height·width) × dim
    """
    extra = int(cls_token is not None)
    if cls_token is not None:
        patches = torch.cat([cls_token.expand(patches.shape[0], -1, -1), patches], dim=1)
    if table is None:
        return patches
    return patches + resize_positions(table, extra, height, width, mode)


def split(tokens: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """The class token, batch × (1 or 0) × dim, and the grid, batch × dim × height × width."""
    cls_token, patches = tokens.tensor_split([-height * width], dim=1)
    return cls_token, torch.unflatten(patches.transpose(1, 2), 2, (height, width))

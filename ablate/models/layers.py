"""What several architectures share, and nothing else. Stochastic depth is torchvision's."""

import math
from collections.abc import Mapping
from typing import Any, final, get_args

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from ablate.models.catalog import not_among


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
        mixed: Tensor = self.fc2(self.activation(self.fc1(tokens)))
        return mixed


def drop_path_rates(last: float, depth: int) -> list[float]:
    """One rate per block, rising linearly from 0 to `last` (stochastic depth, 1603.09382)."""
    check_rate("drop_path", last)
    return [last * block / max(depth - 1, 1) for block in range(depth)]


def head_dim(dim: int, num_heads: int) -> int:
    """The width of one head: the heads share the whole width equally."""
    if dim % num_heads:
        raise ValueError(f"dim {dim} is not a multiple of num_heads {num_heads}")
    return dim // num_heads


def per_stage(keyword: str, value: object, stages: int) -> tuple[Any, ...]:
    """The value of each stage; a single one holds in all of them."""
    values = value if isinstance(value, tuple) else (value,) * stages
    if len(values) != stages:
        raise ValueError(f"{keyword} has {len(values)} values, but dims has {stages} stages")
    return values


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


def check_level(keyword: str, value: object, choice: object) -> None:
    """Raise unless `value` is one of the alternatives of the Literal `choice`."""
    levels = get_args(choice)
    if value not in levels:
        raise ValueError(not_among(value, f"a level of {keyword}", levels))


def check_spread(init_std: float) -> None:
    """Raise unless weights start out different from each other."""
    if not init_std > 0:
        raise ValueError(f"init_std is {init_std}; allowed: above 0")


def check_rate(keyword: str, rate: float) -> None:
    """Raise unless something is left of what is dropped."""
    if not 0.0 <= rate < 1.0:
        raise ValueError(f"{keyword} is {rate}; allowed: 0 up to, but not, 1")


def check_positive(counts: Mapping[str, int]) -> None:
    """Raise unless each of the keywords is at least 1."""
    for keyword, value in counts.items():
        if value < 1:
            raise ValueError(f"{keyword} is {value}; allowed: 1 and more")

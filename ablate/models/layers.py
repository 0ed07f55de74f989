"""What several architectures share, and nothing else. Stochastic depth is torchvision's."""

from collections.abc import Mapping
from typing import final, get_args

from torch import Tensor, nn

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
    if not 0.0 <= last < 1.0:
        raise ValueError(f"drop_path is {last}; allowed: 0 up to, but not, 1")
    return [last * block / max(depth - 1, 1) for block in range(depth)]


def head_dim(dim: int, num_heads: int) -> int:
    """The width of one head: the heads share the whole width equally."""
    if dim % num_heads:
        raise ValueError(f"dim {dim} is not a multiple of num_heads {num_heads}")
    return dim // num_heads


def check_level(keyword: str, value: object, choice: object) -> None:
    """Raise unless `value` is one of the alternatives of the Literal `choice`."""
    levels = get_args(choice)
    if value not in levels:
        raise ValueError(not_among(value, f"a level of {keyword}", levels))


def check_spread(init_std: float) -> None:
    """Raise unless weights start out different from each other."""
    if not init_std > 0:
        raise ValueError(f"init_std is {init_std}; allowed: above 0")


def check_positive(counts: Mapping[str, int]) -> None:
    """Raise unless each of the keywords is at least 1."""
    for keyword, value in counts.items():
        if value < 1:
            raise ValueError(f"{keyword} is {value}; allowed: 1 and more")

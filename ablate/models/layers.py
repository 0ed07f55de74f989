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
    return [last * block / max(depth - 1, 1) for block in range(depth)]


def check_level(keyword: str, value: object, choice: object) -> None:
    """Raise unless `value` is one of the alternatives of the Literal `choice`."""
    levels = get_args(choice)
    if value not in levels:
        raise ValueError(not_among(value, f"a level of {keyword}", levels))


def check_positive(counts: Mapping[str, int]) -> None:
    """Raise unless each of the keywords is at least 1."""
    for keyword, value in counts.items():
        if value < 1:
            raise ValueError(f"{keyword} is {value}; allowed: 1 and more")


def check_heads(dim: int, num_heads: int) -> None:
    """Raise unless the heads share the width equally."""
    if dim % num_heads:
        raise ValueError(f"dim {dim} is not a multiple of num_heads {num_heads}")


def check_drop_path(rate: float) -> None:
    """Raise unless `rate` is a probability that leaves something to train."""
    if not 0.0 <= rate < 1.0:
        raise ValueError(f"drop_path is {rate}; allowed: 0 up to, but not, 1")

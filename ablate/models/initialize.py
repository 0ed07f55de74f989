"""Initial values that depend on a seed and a parameter's name, and on nothing else.

One random stream for a whole model would give two cells different weights as soon as one of them
has a layer more, and a contrast would compare two initializations as well as two designs. Here each
parameter has a stream of its own: what two cells share by name and shape starts out equal.
"""

import hashlib
from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor, nn


class Initializable(Protocol):
    """A model that knows its paper's rule for each of its parameters."""

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Dotted names and parameters."""
        ...

    def init_parameter(
        self, name: str, parameter: nn.Parameter, generator: torch.Generator
    ) -> None:
        """Fill `parameter` in place; randomness comes from `generator` alone."""
        ...


def stream(seed: int, name: str) -> torch.Generator:
    """The random stream that belongs to a seed and a name, the same on every machine."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little"))


@torch.no_grad()
def initialize(model: Initializable, seed: int) -> None:
    """Give every parameter its initial value; on the meta device there is nothing to fill."""
    for name, parameter in model.named_parameters():
        if not parameter.is_meta:
            model.init_parameter(name, parameter, stream(seed, name))


def init_transformer(
    owner: nn.Module, leaf: str, parameter: Tensor, draw: torch.Generator, std: float
) -> None:
    """The rule that DeiT's, CvT's and PVT's official code share.

    Matrices, tokens and position tables: normal with deviation `std`, cut at ±2. Norms: 1 and 0.
    Other biases: 0. Convolutions: left by the authors as PyTorch makes them, which is uniform
    within 1/√fan_in for weight and bias alike; another kernel thus scales the bias.
    """
    match owner, leaf:
        case nn.Conv2d(), _:
            bound = owner.weight[0].numel() ** -0.5
            nn.init.uniform_(parameter, -bound, bound, generator=draw)
        case ((nn.LayerNorm() | nn.BatchNorm2d()), "weight"):
            nn.init.ones_(parameter)
        case _, "bias":
            nn.init.zeros_(parameter)
        case _:
            nn.init.trunc_normal_(parameter, std=std, generator=draw)

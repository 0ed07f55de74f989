"""Initial values that depend on a seed and a parameter's name, and on nothing else.

One random stream for a whole model would give two cells different weights as soon as one of them
has a layer more, and a contrast would compare two initializations as well as two designs. Here each
parameter has a stream of its own: what two cells share by name and shape starts out equal.
"""

import hashlib

import torch
from torch import nn


def stream(seed: int, name: str) -> torch.Generator:
    """The random stream that belongs to a seed and a name, the same on every machine."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little"))


class Network(nn.Module):
    """A network that knows the rule for its initial values: its paper's, or the one below."""

    init_std = 0.02

    def init_parameter(
        self, owner: nn.Module, name: str, parameter: nn.Parameter, draw: torch.Generator
    ) -> None:
        """Fill a parameter of the module `owner` in place; randomness comes from `draw` alone.

        The rule that DeiT's, CvT's and PVT's official code share. Matrices, tokens and position
        tables: normal with deviation `init_std`, cut at ±2. Norms: 1 and 0. Other biases: 0.
        Convolutions: left by the authors as PyTorch makes them, which is uniform within 1/√fan_in
        for weight and bias alike; another kernel thus scales the bias.
        """
        match owner, name.rpartition(".")[2]:
            case nn.Conv2d(), _:
                bound = owner.weight[0].numel() ** -0.5
                nn.init.uniform_(parameter, -bound, bound, generator=draw)
            case ((nn.LayerNorm() | nn.BatchNorm2d()), "weight"):
                nn.init.ones_(parameter)
            case _, "bias":
                nn.init.zeros_(parameter)
            case _:
                nn.init.trunc_normal_(parameter, std=self.init_std, generator=draw)


@torch.no_grad()
def initialize(model: nn.Module, seed: int) -> None:
    """Give every parameter its initial value, by the rule of the innermost network around it.

    On the meta device there is nothing to fill.
    """
    networks = [(path, one) for path, one in model.named_modules() if isinstance(one, Network)]
    for name, parameter in model.named_parameters():
        if not parameter.is_meta:
            owner = model.get_submodule(name.rpartition(".")[0])
            innermost = [one for path, one in networks if name.startswith(path)][-1]
            innermost.init_parameter(owner, name, parameter, stream(seed, name))

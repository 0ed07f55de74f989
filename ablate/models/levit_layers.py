"""The layers that LeViT is made of, and how those with BatchNorm lose it for inference.

"batch": BatchNorm after each layer, which then needs no bias. "pre_layer": LayerNorm before each
branch and head, whose layers have biases. It also follows what has no residual connection: the
convolutions of the stem, and the attention that shrinks the grid.
"""

from collections import OrderedDict
from copy import deepcopy
from typing import Literal, TypeVar, final

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval
from torchvision.ops import StochasticDepth

from ablate.models.layers import ChannelNorm

Norm = Literal["batch", "pre_layer"]
Model = TypeVar("Model", bound=nn.Module)


@torch.no_grad()
def fold_batch_norm(model: Model) -> Model:
    """A copy for inference, in which each BatchNorm of this file is part of the layer beside it."""
    folded = deepcopy(model).eval()
    for module in folded.modules():
        if isinstance(module, ConvNorm | TokenLinear | NormLinear):
            module.fold()
    return folded


def layer_norm(dim: int, norm: Norm) -> nn.Module:
    """LayerNorm, unless BatchNorm does its work elsewhere."""
    return nn.Identity() if norm == "batch" else nn.LayerNorm(dim, eps=1e-6)


@final
class TokenNorm(nn.BatchNorm1d):
    """BatchNorm over tokens; a single one has no spread and is normed as in evaluation."""

    running_mean: Tensor
    running_var: Tensor

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens × dim → the same shape."""
        if self.training and len(tokens) == 1:
            known = self.running_mean, self.running_var, self.weight, self.bias
            return batch_norm(tokens, *known, eps=self.eps)
        return super().forward(tokens)


@final
class ConvNorm(nn.Module):
    """A convolution, then its norm."""

    def __init__(self, channels: int, dim: int, kernel: int, stride: int, norm: Norm) -> None:
        super().__init__()
        padding = (kernel - 1) // 2 if kernel > stride else 0
        self.conv = nn.Conv2d(channels, dim, kernel, stride, padding, bias=False)
        self.norm: nn.Module = (
            nn.BatchNorm2d(dim) if norm == "batch" else ChannelNorm(dim, eps=1e-6)
        )

    def forward(self, grid: Tensor) -> Tensor:
        """batch × channels × height × width → batch × dim × height' × width'."""
        return self.norm(self.conv(grid))

    def fold(self) -> None:
        """One convolution with a bias."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv, self.norm = fuse_conv_bn_eval(self.conv, self.norm), nn.Identity()


@final
class TokenLinear(nn.Module):
    """A linear layer on each token, then BatchNorm over all tokens of the batch, if any."""

    def __init__(self, in_dim: int, out_dim: int, norm: Norm) -> None:
        super().__init__()
        is_normed = norm == "batch"
        self.linear = nn.Linear(in_dim, out_dim, bias=not is_normed)
        self.norm: nn.Module = TokenNorm(out_dim) if is_normed else nn.Identity()

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × tokens × in_dim → batch × tokens × out_dim."""
        out = self.linear(tokens)
        return self.norm(out.flatten(0, 1)).reshape(out.shape)

    def fold(self) -> None:
        """One linear layer with a bias."""
        if isinstance(self.norm, TokenNorm):
            self.linear, self.norm = fuse_linear_bn_eval(self.linear, self.norm), nn.Identity()


@final
class NormLinear(nn.Module):
    """A norm, then a linear layer: a head."""

    def __init__(self, in_dim: int, out_dim: int, norm: Norm) -> None:
        super().__init__()
        self.norm: nn.Module = TokenNorm(in_dim) if norm == "batch" else layer_norm(in_dim, norm)
        self.linear = nn.Linear(in_dim, out_dim)

    def forward(self, token: Tensor) -> Tensor:
        """batch × in_dim → batch × out_dim."""
        return self.linear(self.norm(token))

    def fold(self) -> None:
        """One linear layer."""
        if isinstance(self.norm, TokenNorm):
            scale = self.norm.weight * (self.norm.running_var + self.norm.eps).rsqrt()
            shift = self.norm.bias - self.norm.running_mean * scale
            self.linear.bias.add_(self.linear.weight @ shift)
            self.linear.weight.mul_(scale)
            self.norm = nn.Identity()


def token_mlp(dim: int, hidden: int, activation: nn.Module, norm: Norm) -> nn.Sequential:
    """Two linear layers with an activation between them, applied to each token alone."""
    layers = OrderedDict(
        pre_norm=layer_norm(dim, norm),
        fc1=TokenLinear(dim, hidden, norm),
        activation=activation,
        fc2=TokenLinear(hidden, dim, norm),
    )
    return nn.Sequential(layers)


@final
class Residual(nn.Module):
    """A branch and the connection around it."""

    def __init__(self, branch: nn.Module, drop_path: float) -> None:
        super().__init__()
        self.branch = branch
        self.drop_path = StochasticDepth(drop_path, "row")

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × tokens × dim → the same shape."""
        return tokens + self.drop_path(self.branch(tokens))


@final
class AttentionBias(nn.Module):
    """The attention bias of a head: a learned number for each distance on the grid (4.2).

    A distance counts rows and columns without sign. Queries stand on every `stride`-th row and
    column of the keys' grid.
    """

    index: Tensor

    def __init__(self, num_heads: int, side: int, stride: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(num_heads, side**2))
        places = torch.arange(side)
        apart = (places[::stride, None] - places).abs()  # rows of queries × rows of keys
        index = apart[:, None, :, None] * side + apart[None, :, None, :]
        self.shape = num_heads, len(apart) ** 2, side**2
        self.register_buffer("index", index.flatten(), persistent=False)

    def forward(self) -> Tensor:
        """→ heads × queries × keys."""
        # gather is several times as fast as indexing, forward and backward
        return self.table.gather(1, self.index.expand(len(self.table), -1)).view(self.shape)

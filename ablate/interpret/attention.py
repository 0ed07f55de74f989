"""Attention weights of every layer of a network, recorded in one forward pass.

Mean attention distance (ViT, 2010.11929, Fig. 7 and D.7): for each head, the distance in pixels
from a query to every key, weighted by attention, averaged over queries. The paper leaves open how
to treat tokens without a position, such as the class token. Here they are left out as queries and
as keys, and the weights of a query over the others are scaled up to 1 again. Keys may lie on a
coarser grid than queries; each lies at the center of the window of tokens that it is made from.

Attention rollout (D.8; Abnar and Zuidema, 2005.00928): attention averaged over heads and mixed
half and half with the identity, for the connection around it, multiplied over all layers.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from ablate.interpret.token_grid import TokenGrid, distances, pixels

Size = int | Sequence[int]
SOFTMAXES = (Tensor.softmax, torch.softmax, functional.softmax)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One attention layer. Tokens without a place come first, the same number on both sides."""

    weights: Tensor
    """images × heads × queries × keys; what a query gives adds up to 1."""
    queries: TokenGrid
    keys: TokenGrid


@torch.no_grad()
def record(model: nn.Module, images: Tensor) -> tuple[Tensor, list[Layer]]:
    """Logits as without recording, and every attention layer in the order of the forward pass.

    For the architectures of `ablate.models`, whose tokens lie on square grids. Images are
    batch × channels × side × side. The model is in evaluation mode afterwards.
    """
    model.eval()
    with Recorder(pixels(images.shape[-1])) as recorder:
        logits: Tensor = model(images)
    return logits, recorder.layers


@final
class Recorder(TorchFunctionMode):
    """Records attention weights while functions of PyTorch are called.

    It follows the grids too: convolutions, pooling and padding say where a new one lies.
    """

    def __init__(self, image: TokenGrid) -> None:
        super().__init__()
        self.grids = {image.side: image}
        self.layers: list[Layer] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        made = func(*args, **named)
        if func is functional.scaled_dot_product_attention:
            self.keep(weights(*args, **named))
        elif func in SOFTMAXES and made.ndim == 4:
            self.keep(made.double())
        elif func is functional.conv2d:
            self.follow(args[0], made, conv_window(*args, **named))
        elif func in (functional.avg_pool2d, functional.max_pool2d):
            self.follow(args[0], made, pool_window(*args, **named))
        elif func is functional.pad:
            self.follow(args[0], made, (1, 1, args[1][0]))
        return made

    def follow(self, before: Tensor, after: Tensor, window: tuple[Size, Size, Size]) -> None:
        """Note where the places of a new grid lie, if it is a new one."""
        old, new = before.shape[-1], after.shape[-1]
        if new != old and old in self.grids:
            self.grids[new] = self.grids[old].under(new, *map(one, window))

    def keep(self, found: Tensor) -> None:
        """A layer's weights, images × heads × queries × keys, with the grids of the moment."""
        queries, keys = (math.isqrt(tokens) for tokens in found.shape[2:])
        if queries < keys:  # tokens left out between those that ask
            self.grids[queries] = self.grids[keys].under(queries, 1, -(-keys // queries), 0)
        self.layers.append(Layer(weights=found, queries=self.grids[queries], keys=self.grids[keys]))


def weights(
    q: Tensor, k: Tensor, _v: Tensor, attn_mask: Tensor | None = None, scale: float | None = None
) -> Tensor:
    """The weights within `scaled_dot_product_attention`; other arguments of it are unknown here."""
    scores = q.double() @ k.double().mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    return (scores if attn_mask is None else scores + attn_mask).softmax(-1)


def conv_window(
    _grid: Tensor,
    weight: Tensor,
    _bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    *_: object,
) -> tuple[Size, Size, Size]:
    """Kernel, stride and padding of a convolution."""
    return weight.shape[-1], stride, padding


def pool_window(
    _grid: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    *_: object,
    **__: object,
) -> tuple[Size, Size, Size]:
    """Kernel, stride and padding of a pooling."""
    return kernel_size, kernel_size if stride is None else stride, padding


def one(size: Size) -> int:
    """A size that is the same both ways, which PyTorch may hold twice."""
    return size if isinstance(size, int) else size[-1]


def placed(layer: Layer) -> Tensor:
    """The weights between tokens with a place; what a query gives adds up to 1 again.

    images × heads × queries × keys
    """
    own = layer.weights[:, :, -(layer.queries.side**2) :, -(layer.keys.side**2) :]
    return own / own.sum(3, keepdim=True)


def mean_distance(layer: Layer) -> Tensor:
    """images × heads: pixels from a query to its keys, weighted by attention, mean over queries."""
    apart = distances(layer.queries, layer.keys).to(layer.weights.device)
    return (placed(layer) * apart).sum(3).mean(2)


def uniform_distance(layer: Layer) -> float:
    """The same for uniform attention."""
    return float(distances(layer.queries, layer.keys).mean())


def rollout(layers: Sequence[Layer]) -> Tensor | None:
    """images × tokens × tokens: what each token of the last layer has of each token of the image.

    None where a layer changes the grid, or there is none.
    """
    sizes = {tokens for layer in layers for tokens in layer.weights.shape[2:]}
    if len(sizes) != 1:
        return None
    identity = torch.eye(layers[0].weights.shape[-1]).to(layers[0].weights)
    joined = identity
    for layer in layers:
        joined = (layer.weights.mean(1) + identity) / 2 @ joined
    return joined

"""Parameters and multiply-accumulates of one image, in total and for each row of an outline.

The rule is PyTorch's flop counter, halved: the products of convolutions, linear layers and
attention (queries by keys, weights by values), those with padding included. Biases, norms,
activations, softmax, pooling and additions count nothing. One image, in evaluation mode. Papers
print the same number as "FLOPs"; LeViT's adds one for each attention weight, 0.05 to 0.2 % more.

Counted on the meta device, where tensors are shapes alone. On a CPU, PyTorch's fused attention is
an operation that the counter does not know, and the count would silently be too low.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import final

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ablate.models import build
from ablate.models.catalog import describe
from ablate.models.outline import Part

Image = tuple[int, int, int]
"""Channels × height × width."""

REST = "rest"
"""The row of what belongs to no part; an outline that is complete leaves none."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A whole model: its parameters, and the multiply-accumulates of one image."""

    parameters: int
    macs: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of a model, measured."""

    part: Part
    parameters: int
    macs: int


def sketch(architecture: str, variant: str, overrides: Mapping[str, object]) -> nn.Module:
    """The model without its numbers, on the meta device: shapes are enough to measure it."""
    with torch.device("meta"):
        return build(architecture, variant, overrides, seed=0)


def image_shape(architecture: str, variant: str, overrides: Mapping[str, object]) -> Image:
    """The images that the model is built for."""
    keywords = {**describe(architecture).defaults(variant), **overrides}
    channels, side = int(str(keywords["in_channels"])), int(str(keywords["image_size"]))
    return channels, side, side


def measure(model: nn.Module, image: Image) -> Measured:
    """All parameters of a model on the meta device, and the products for one image."""
    return Measured(
        parameters=sum(parameters_of(model).values()), macs=macs_of(model, image).get("", 0)
    )


def macs(make: Callable[[], nn.Module], image: Image) -> int | None:
    """The products for one image of the network that `make` gives.

    None where it needs more than shapes, as a user's network may that asks for its values.
    """
    try:
        with torch.device("meta"):
            model = make()
        return measure(model, image).macs
    except Exception:  # noqa: BLE001  # whatever such a network raises
        return None


def measure_parts(model: nn.Module, image: Image, outline: tuple[Part, ...]) -> tuple[Row, ...]:
    """The same by part. The rows add up to the whole: what no part holds is a row of its own."""
    sizes, macs = parameters_of(model), macs_of(model, image)
    rows = [
        Row(part=part, parameters=held(sizes, part.holds), macs=held(macs, part.holds))
        for part in outline
    ]
    parts = total(rows)
    rest = Row(
        part=Part(name=REST, holds=()),
        parameters=sum(sizes.values()) - parts.parameters,
        macs=macs.get("", 0) - parts.macs,
    )
    return (*rows, rest) if rest.parameters or rest.macs else tuple(rows)


def total(rows: Iterable[Row]) -> Measured:
    """The whole model that the rows are the parts of."""
    rows = tuple(rows)
    return Measured(
        parameters=sum(row.parameters for row in rows), macs=sum(row.macs for row in rows)
    )


def held(amounts: Mapping[str, int], holds: Iterable[str]) -> int:
    """The sum over all that is named or lies in a module that is; what is inside counts once."""
    chosen = {name for name in amounts if not {*holds}.isdisjoint(paths(name))}
    return sum(amounts[name] for name in chosen if chosen.isdisjoint(paths(name)[:-1]))


def paths(name: str) -> list[str]:
    """`blocks.0.attn` → `blocks`, `blocks.0` and itself."""
    return list(accumulate(name.split("."), "{}.{}".format))


def parameters_of(model: nn.Module) -> dict[str, int]:
    """The size of every parameter."""
    return {name: parameter.numel() for name, parameter in model.named_parameters()}


def macs_of(model: nn.Module, image: Image) -> dict[str, int]:
    """The products of each module that is called, modules inside it included; "" is the model.

    Puts the model into evaluation mode.
    """
    wrong = {p.device.type for p in model.parameters() if not p.is_meta}
    if wrong:
        raise ValueError(
            f"MACs are counted on the meta device, but the model is on {', '.join(sorted(wrong))}; "
            "build it under `with torch.device('meta')`"
        )
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.eval()(torch.empty(1, *image, device="meta"))
    counts = counter.get_flop_counts()
    counts.pop("Global", None)  # modules are named from the model's class on: ViT.blocks.0
    return {name.partition(".")[2]: sum(ops.values()) // 2 for name, ops in counts.items()}

"""From a trained network and test images to its interpretation."""

import logging
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from ablate.interpret.attention import Layer, mean_distance, record, rollout, uniform_distance
from ablate.interpret.model import AttentionStats, Interpretation, Positions, RolloutImage
from ablate.interpret.weights import first_filters, position_tables, similarity, tiles
from ablate.models.outline import Outlined
from ablate.models.vit import ViT

IMAGES = 128
"""As many as ViT's Fig. 7 averages over."""
PIXELS = 16 * 224**2
"""Of the images in one forward pass: attention takes much memory."""
ROLLOUTS = 4
FINEST = 16
"""Rows of an image that is kept."""


def interpret(model: nn.Module, images: Tensor) -> Interpretation:
    """The attention, position embeddings and filters of a network, as far as it has any.

    `images` are those of the test split, on the network's device; the first `IMAGES` count. Of a
    user's network only the filters can be found. An error in it is a cause, not an exception.
    """
    try:
        return _interpret(model.eval(), images[:IMAGES])
    except Exception as error:  # a finished run stays finished
        logging.warning("the network could not be interpreted", exc_info=True)
        return Interpretation(cause=f"{type(error).__name__} in the forward pass")


def _interpret(model: nn.Module, images: Tensor) -> Interpretation:
    is_ours = isinstance(model, Outlined)
    layers, distances, rollouts = _attention(model, images) if is_ours else ([], [], ())
    return Interpretation(
        images=len(images),
        image_size=images.shape[-1],
        layers=tuple(
            AttentionStats(distances=tuple(heads.tolist()), uniform=uniform_distance(layer))
            for heads, layer in zip(distances, layers, strict=True)
        ),
        positions=positions(model) if is_ours else (),
        rollouts=rollouts,
        filters=first_filters(model),
    )


def _attention(
    model: nn.Module, images: Tensor
) -> tuple[list[Layer], list[Tensor], tuple[RolloutImage, ...]]:
    """The layers of the last batch, the mean distance of each layer's heads, and the rollouts."""
    rollouts: tuple[RolloutImage, ...] = ()
    sums = []
    for batch in torch.split(images, max(1, PIXELS // images.shape[-1] ** 2)):
        _, layers = record(model, batch)
        sums.append([mean_distance(layer).sum(0).cpu() for layer in layers])
        rollouts = rollouts or rollouts_of(model, batch, layers)
    return layers, [sum(heads) / len(images) for heads in zip(*sums, strict=True)], rollouts


def positions(model: nn.Module) -> tuple[Positions, ...]:
    """Every learned or computed table of positions."""
    return tuple(
        Positions(
            part=part_of(name, model),
            side=math.isqrt(len(table)),
            tiles=tiles(similarity(table)),
        )
        for name, table in position_tables(model).items()
    )


def part_of(name: str, model: nn.Module) -> str:
    """The row of the model's outline that holds a parameter."""
    assert isinstance(model, Outlined)
    return next(
        part.name
        for part in model.outline()
        if any(name == one or name.startswith(f"{one}.") for one in part.holds)
    )


def rollouts_of(
    model: nn.Module, images: Tensor, layers: Sequence[Layer]
) -> tuple[RolloutImage, ...]:
    """The first images with the rollout to what the head reads: class tokens or the mean."""
    joined = rollout(layers)
    if joined is None:
        return ()
    side = layers[0].keys.side
    first = joined.shape[1] - side**2
    reads_tokens = first and not (isinstance(model, ViT) and model.pool == "avg")
    reading = joined[:ROLLOUTS, :first] if reads_tokens else joined[:ROLLOUTS, first:]
    shares = reading.mean(1)[:, first:]
    shares = (shares / shares.sum(1, keepdim=True)).reshape(-1, side, side)
    pictures = visible(images[:ROLLOUTS])
    return tuple(
        RolloutImage(image=image, rollout=share)
        for image, share in zip(tiles(pictures), tiles(shares), strict=True)
    )


def visible(images: Tensor) -> Tensor:
    """images × height × width: gray from 0 to 1 over each image's range, at most `FINEST` rows."""
    side = min(FINEST, images.shape[-1])
    gray = adaptive_avg_pool2d(images.mean(1), side)
    low, high = gray.amin((1, 2), keepdim=True), gray.amax((1, 2), keepdim=True)
    return (gray - low) / (high - low).clamp(min=1e-9)

"""Looking into trained networks: from a run's checkpoint to an interpretation."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Sequence
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from ablate.interpret.attention import Layer, even_distance, mean_distance, record, rollout
from ablate.interpret.cached import cache_interpretation
from ablate.interpret.model import (
    AttentionStats,
    Filters,
    Interpretation,
    Positions,
    RolloutImage,
    Tile,
)
from ablate.interpret.weights import first_filters, position_tables, similarity
from ablate.models.catalog import ARCHITECTURES
from ablate.models.outline import Outlined
from ablate.models.vit import ViT
from ablate.plan.trial import Trial
from ablate.store.store import Run, Store
from ablate.train.build import make_data, make_model

IMAGES = 128
"""As many as ViT's Fig. 7 is about."""
PIXELS = 16 * 224**2
"""Of the images that are looked at together: attention takes much memory."""
LOOKS = 4
FINEST = 16
"""Rows of an image that is kept."""
AGREEMENT = 0.98
"""Share of answers that must be those of the run: processors may differ in the last digit."""


class InterpretationError(Exception):
    """Why a network cannot be looked into."""


def look(runs: Sequence[Run], store: Store) -> None:
    """Look into each run's network and keep what was seen, or why there is nothing to see.

    Where data cannot be read, or the folder not be written, nothing is kept.
    """
    images: dict[tuple[str, object], Tensor] = {}
    with contextlib.suppress(OSError, RuntimeError):
        for run in runs:
            shown = run.trial.data, run.trial.images
            if shown not in images:
                images[shown] = test_images(run.trial)
            cache_interpretation(interpretation_of(run, images[shown]), run, store)


def test_images(trial: Trial) -> Tensor:
    """The first images of the test split, as the network gets them."""
    data = make_data(trial)
    data.prepare_data()
    data.setup("test")
    found: list[Tensor] = []
    for images, _ in data.test_dataloader():
        found.append(images)
        if sum(map(len, found)) >= IMAGES:
            break
    return torch.cat(found)[:IMAGES]


def interpretation_of(run: Run, images: Tensor) -> Interpretation:
    """What is seen in one network. Nothing that a checkpoint can be is an error here."""
    try:
        return see(trained(run), images, run)
    except InterpretationError as error:
        return Interpretation(cause=str(error))
    except Exception:  # noqa: BLE001 - a user's code may do anything
        return Interpretation(cause="today's code cannot run the network")


def trained(run: Run) -> nn.Module:
    """The network with its weights. Raises `InterpretationError`."""
    try:
        weights = torch.load(run.folder.best_file, weights_only=True, map_location="cpu")
    except Exception as error:
        raise InterpretationError("the checkpoint cannot be read") from error
    try:
        model = make_model(run.trial)
        model.load_state_dict(weights)
    except Exception as error:
        raise InterpretationError("the checkpoint does not fit today's code") from error
    return model.eval()


def see(model: nn.Module, images: Tensor, run: Run) -> Interpretation:
    """Everything, as far as the architecture has it.

    Raises `InterpretationError` if the network does not answer as the run's did.
    """
    is_ours = run.trial.architecture in ARCHITECTURES
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = model.to(device)
    looks: tuple[RolloutImage, ...] = ()
    logits, reached = [], []
    for batch in torch.split(images.to(device), max(1, PIXELS // images.shape[-1] ** 2)):
        answered, layers = watched(model, batch, is_ours)
        logits.append(answered.cpu())
        reached.append([mean_distance(layer).sum(0).cpu() for layer in layers])
        looks = looks or looks_of(model, batch, layers)
    check_answers(torch.cat(logits), run)
    return Interpretation(
        images=len(images),
        image_size=images.shape[-1],
        layers=tuple(
            AttentionStats(
                distances=tuple((sum(sums) / len(images)).tolist()), even=even_distance(layer)
            )
            for sums, layer in zip(zip(*reached, strict=True), layers, strict=True)
        ),
        positions=positions(model) if is_ours else (),
        looks=looks,
        filters=filters(model),
    )


def watched(model: nn.Module, images: Tensor, is_ours: bool) -> tuple[Tensor, list[Layer]]:
    """Logits, and the attention layers of an architecture of ours."""
    if is_ours:
        return record(model, images)
    with torch.no_grad():
        return model(images), []


def check_answers(logits: Tensor, run: Run) -> None:
    """Raise `InterpretationError` unless the run answered the same: code may have changed since."""
    try:
        with np.load(io.BytesIO(run.folder.predictions_file.read_bytes())) as file:
            answered = torch.from_numpy(file["predicted"][: len(logits)])
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
        raise InterpretationError("the run's answers cannot be read") from error
    if (logits.argmax(1) == answered).double().mean() < AGREEMENT:
        raise InterpretationError("today's code answers differently than the run did")


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


def looks_of(model: nn.Module, images: Tensor, layers: Sequence[Layer]) -> tuple[RolloutImage, ...]:
    """The first images, and what of them reaches what the head reads: class tokens or the mean."""
    joined = rollout(layers)
    if joined is None:
        return ()
    side = layers[0].keys.side
    first = joined.shape[1] - side**2
    reads_tokens = first and not (isinstance(model, ViT) and model.pool == "avg")
    reading = joined[:LOOKS, :first] if reads_tokens else joined[:LOOKS, first:]
    shares = reading.mean(1)[:, first:]
    shares = (shares / shares.sum(1, keepdim=True)).reshape(-1, side, side)
    pictures = visible(images[:LOOKS])
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


def filters(model: nn.Module) -> Filters | None:
    """The first convolution."""
    found = first_filters(model)
    if found is None:
        return None
    return Filters(tiles=tiles(found.tiles), count=found.count, share=found.share)


def tiles(values: Tensor) -> tuple[Tile, ...]:
    """tiles × height × width, as plain numbers."""
    return tuple(tuple(tuple(row) for row in tile) for tile in values.tolist())

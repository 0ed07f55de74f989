"""From a trial to what is trained: its data and its model."""

from __future__ import annotations

import importlib

import pytorch_lightning as pl
import torch

from ablate.data.catalog import DATA_SETS
from ablate.models import build
from ablate.models.catalog import describe
from ablate.plan.trial import Trial


def make_data(trial: Trial) -> pl.LightningDataModule:
    """The trial's data, its batches drawn by the trial's seed."""
    module, _, name = DATA_SETS[trial.data].module.partition(":")
    data: pl.LightningDataModule = getattr(importlib.import_module(module), name)(
        recipe=trial.recipe, seed=trial.seed, images=trial.images
    )
    return data


def make_model(trial: Trial) -> torch.nn.Module:
    """The trial's model, shaped for its data, its weights drawn by the trial's seed."""
    channels, side, _ = trial.image_shape
    classes = DATA_SETS[trial.data].num_classes
    shape = {"image_size": side, "in_channels": channels, "num_classes": classes}
    sizes = describe(trial.architecture).sizes  # a user's network need not have them all
    shape = {name: size for name, size in shape.items() if name in sizes}
    return build(trial.architecture, trial.variant, {**shape, **trial.toggles}, seed=trial.seed)

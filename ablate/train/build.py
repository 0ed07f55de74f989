"""From a trial to what is trained: its data, its model, and the teacher of a distilled one."""

import importlib
from dataclasses import replace

import pytorch_lightning as pl
import torch

from ablate.data.catalog import DATA_SETS
from ablate.data.transforms import Standard
from ablate.models import build
from ablate.models.catalog import MODEL_LIBRARIES, describe
from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder
from ablate.store.record import State
from ablate.store.store import Store


def make_data(trial: Trial) -> pl.LightningDataModule:
    """The trial's data, its batches drawn by the trial's seed."""
    module, _, name = DATA_SETS[trial.data].module.partition(":")
    data: pl.LightningDataModule = getattr(importlib.import_module(module), name)(
        recipe=trial.recipe,
        seed=trial.seed,
        images=trial.images,
        standard=brought_standard(trial),
    )
    return data


def brought_standard(trial: Trial) -> Standard | None:
    """The standardization that pretrained weights were made for; None without such weights."""
    if trial.architecture not in MODEL_LIBRARIES or not trial.toggles.get("pretrained"):
        return None
    # Not imported above: it would belong to the fingerprint of every network.
    library = importlib.import_module("ablate.models.library")
    found = library.normalization(trial.architecture, trial.variant)
    return found and Standard(*(torch.tensor(part)[:, None, None] for part in found))


def make_model(trial: Trial) -> torch.nn.Module:
    """The trial's model, shaped for its data, its weights drawn by the trial's seed."""
    channels, side, _ = trial.image_shape
    classes = DATA_SETS[trial.data].num_classes
    shape = {"image_size": side, "in_channels": channels, "num_classes": classes}
    sizes = describe(trial.architecture).sizes  # a user's network need not have them all
    shape = {name: size for name, size in shape.items() if name in sizes}
    return build(trial.architecture, trial.variant, {**shape, **trial.toggles}, seed=trial.seed)


def make_teacher(trial: Trial, folder: RunFolder) -> torch.nn.Module | None:
    """The trained teacher of a trial that runs in `folder`; None without distillation.

    Raises RuntimeError if the teacher has not been trained.
    """
    if trial.recipe.distillation == "none":
        return None
    if not trial.teacher:
        return teacher_network(trial, pretrained=True)
    taught = finished(Store(folder.path.parent.parent), trial)
    model = make_model(taught.trial())
    model.load_state_dict(torch.load(taught.best_file, weights_only=True))
    return model


def teacher_network(trial: Trial, **toggles: bool) -> torch.nn.Module:
    """The network that a distilled trial names as its teacher, without training."""
    architecture, _, variant = trial.recipe.teacher.partition(":")
    asked = replace(trial, architecture=architecture, variant=variant, toggles=dict(toggles))
    return make_model(asked)


def untrained_teacher(trial: Trial) -> torch.nn.Module | None:
    """The teacher as it starts, if there is one: enough to time steps, or to compare some."""
    return None if trial.recipe.distillation == "none" else teacher_network(trial)


def finished(store: Store, trial: Trial) -> RunFolder:
    """The last finished attempt at the teacher."""
    for attempt in reversed(store.attempts_at(trial.teacher)):
        record = attempt.record()
        if record is not None and record.state is State.FINISHED:
            return attempt
    raise RuntimeError(f"the teacher {trial.recipe.teacher} has no finished run ({trial.teacher})")

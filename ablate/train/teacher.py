"""The network that a distilled trial learns from, with its trained weights."""

from __future__ import annotations

from dataclasses import replace

import torch

from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder
from ablate.store.record import State
from ablate.store.store import Store
from ablate.train.build import make_model


def make_teacher(trial: Trial, folder: RunFolder) -> torch.nn.Module | None:
    """The teacher of a trial that runs in `folder`; None if it learns from labels alone.

    Raises RuntimeError if the teacher has not been trained.
    """
    if trial.recipe.distillation == "none":
        return None
    if not trial.teacher:
        return pretrained(trial)
    taught = finished(Store(folder.path.parent.parent), trial)
    model = make_model(taught.trial())
    model.load_state_dict(torch.load(taught.best_file, weights_only=True))
    return model.eval()


def pretrained(trial: Trial) -> torch.nn.Module:
    """A comparison network with the weights that its library offers."""
    architecture, _, variant = trial.recipe.teacher.partition(":")
    return make_model(
        replace(trial, architecture=architecture, variant=variant, toggles={"pretrained": True})
    ).eval()


def finished(store: Store, trial: Trial) -> RunFolder:
    """The last finished attempt at the teacher."""
    for attempt in reversed(store.attempts_at(trial.teacher)):
        record = attempt.record()
        if record is not None and record.state is State.FINISHED:
            return attempt
    raise RuntimeError(f"the teacher {trial.recipe.teacher} has no finished run ({trial.teacher})")

"""The cost of a trial from its first steps: the loop that trains it, cut short.

Two epochs of a few batches, each with a batch of validation. The first epoch warms up; the second
tells what a step, a batch of validation and the rest of an epoch take.
"""

import time
from itertools import pairwise
from statistics import median
from typing import Any, final

import pytorch_lightning as pl
import torch

from ablate.measure.memory import peak_memory_gb
from ablate.plan.trial import Trial
from ablate.store.dry_runs import DryRun
from ablate.store.folder import RunFolder
from ablate.train.build import make_data, make_model, untrained_teacher
from ablate.train.callbacks import BestEpoch
from ablate.train.classifier import Classifier
from ablate.train.fit import make_trainer, quiet

STEPS = 8
"""Of each of the two epochs."""


@final
class Stopwatch(pl.Callback):
    """Record when steps begin and end in the second epoch, then stop the training."""

    def __init__(self) -> None:
        self.epoch_ends: list[float] = []
        self.steps: list[float] = []
        self.validation: list[float] = []

    def on_train_epoch_start(self, *_: Any) -> None:
        self.steps.clear()
        self.validation.clear()

    def on_train_batch_start(self, *_: Any) -> None:
        if not self.steps:
            self.steps.append(now())

    def on_train_batch_end(self, *_: Any) -> None:
        self.steps.append(now())

    def on_validation_batch_start(self, *_: Any) -> None:
        self.validation.append(now())

    def on_validation_batch_end(self, *_: Any) -> None:
        self.validation.append(now())

    def on_train_epoch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        self.epoch_ends.append(now())
        trainer.should_stop = len(self.epoch_ends) == 2


def now() -> float:
    """The time, after waiting for an accelerator to finish what it was given."""
    if torch.accelerator.is_available():
        torch.accelerator.synchronize()
    return time.perf_counter()


def dry_run(trial: Trial, folder: RunFolder) -> DryRun:
    """The cost of a run of `trial`, from a few of its steps. Leaves weights in `folder`."""
    started = time.perf_counter()
    data = make_data(trial)
    classifier = Classifier(make_model(trial), trial.recipe, trial.seed, untrained_teacher(trial))
    folder.checkpoints.mkdir(exist_ok=True)
    watch = Stopwatch()
    best = BestEpoch(folder.best_file, trial.metric)
    trainer = make_trainer(trial, None, [watch, best])
    trainer.limit_train_batches, trainer.limit_val_batches = STEPS, 1
    trainer.fit_loop.max_epochs = max(2, trial.recipe.epochs)
    with quiet():
        trainer.fit(classifier, datamodule=data)
    first, second = watch.epoch_ends
    steps = [after - before for before, after in pairwise(watch.steps)]
    evaluation = watch.validation[-1] - watch.validation[0]
    return DryRun(
        timed_steps=len(steps),
        start_s=max(0.0, first - started - (second - first)),
        epoch_s=max(0.0, second - first - sum(steps) - evaluation),
        step_s=median(steps),
        evaluation_s=evaluation,
        epochs=trial.recipe.epochs,
        steps=len(data.train_dataloader()),
        validation_batches=len(data.val_dataloader()),
        test_batches=len(data.test_dataloader()),
        memory_gb=peak_memory_gb(),
        parameters=sum(parameter.numel() for parameter in classifier.model.parameters()),
    )

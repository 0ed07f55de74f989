"""Train one trial: data, model, epochs; the best epoch by validation is scored once on test.

Best is what the study's metric says. The same seed gives every cell the same batches in the same
order with the same augmentation, and every weight that two cells share by name and shape the same
initial value.
"""

import contextlib
import io
import logging
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import Logger
from torch.nn import functional

from ablate.plan.trial import Trial
from ablate.store.files import write_bytes
from ablate.store.folder import RunFolder
from ablate.train.build import make_data, make_model, make_teacher
from ablate.train.callbacks import BestEpoch, History
from ablate.train.classifier import Classifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A trained trial."""

    scores: dict[str, float]
    best_epoch: int
    parameters: int
    train_s: float
    model: torch.nn.Module
    """With the weights that were scored."""
    data: pl.LightningDataModule


def fit(trial: Trial, folder: RunFolder, logger: Logger | None = None) -> Fitted:
    """Train `trial`, leaving history, weights and predictions in `folder`.

    Raises `DivergedError` when a loss or metric is not a number any more.
    """
    started = time.perf_counter()
    data = make_data(trial)
    teacher = make_teacher(trial, folder)
    classifier = Classifier(make_model(trial), trial.recipe, trial.seed, teacher)
    folder.checkpoints.mkdir(exist_ok=True)
    best = BestEpoch(folder.best_file, trial.metric)
    trainer = make_trainer(trial, logger, [best, History(folder.history_file)])
    with quiet():
        trainer.fit(classifier, datamodule=data)
        best.restore(classifier)
        trainer.test(classifier, datamodule=data, verbose=False)
    logits, labels = torch.cat(classifier.logits), torch.cat(classifier.labels)
    save_predictions(folder, logits, labels)
    assert best.epoch is not None
    return Fitted(
        scores=scores(logits, labels),
        best_epoch=best.epoch,
        parameters=sum(p.numel() for p in classifier.model.parameters()),
        train_s=time.perf_counter() - started,
        model=classifier.evaluated,
        data=data,
    )


def make_trainer(
    trial: Trial, logger: Logger | None, callbacks: list[pl.Callback], accelerator: str = "auto"
) -> pl.Trainer:
    """Lightning's trainer without screen output: Ablate shows progress itself."""
    with quiet():
        return pl.Trainer(
            max_epochs=trial.recipe.epochs,
            logger=logger or False,
            callbacks=callbacks,
            accelerator=accelerator,
            devices=1,
            deterministic=True,
            detect_anomaly=torch.is_anomaly_enabled(),  # Lightning would switch it off
            reload_dataloaders_every_n_epochs=1,
            num_sanity_val_steps=0,
            log_every_n_steps=1,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )


def scores(logits: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """The test metrics of logits N·classes and labels N, in the units of `METRICS`."""
    return {
        "top1": 100 * int((logits.argmax(1) == labels).sum()) / len(labels),
        "loss": float(functional.cross_entropy(logits.double(), labels)),
    }


def save_predictions(folder: RunFolder, logits: torch.Tensor, labels: torch.Tensor) -> None:
    """Save the predicted class of each test image and whether it is correct."""
    predicted = logits.argmax(1)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        format=np.array(1),
        predicted=predicted.to(torch.int16).numpy(),
        correct=(predicted == labels).numpy(),
    )
    write_bytes(folder.predictions_file, buffer.getvalue())


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence Lightning's notes on the hardware, and advice that does not apply here."""
    log = logging.getLogger("pytorch_lightning")
    level = log.level
    log.setLevel(logging.WARNING)
    with contextlib.ExitStack() as stack:
        stack.callback(log.setLevel, level)
        stack.enter_context(warnings.catch_warnings())
        # Images in memory need no loader processes.
        warnings.filterwarnings("ignore", message=".*does not have many workers")
        # A network may begin with a part of it frozen so.
        warnings.filterwarnings("ignore", message=".*in eval mode at the start of training")
        # Lightning 2.6.6 beside torch 2.15 (November 2026); to go when Lightning follows.
        warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\)")
        yield

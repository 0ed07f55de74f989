"""The errors that would stop a run later, in the first and last batches of an epoch."""

from typing import Any, final

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ablate.check.steps import Batches
from ablate.data.catalog import DATA_SETS
from ablate.errors import AblateError
from ablate.models.catalog import describe
from ablate.plan.trial import Trial
from ablate.train.build import untrained_teacher
from ablate.train.classifier import Batch, Classifier
from ablate.train.fit import make_trainer, quiet


@final
class Finite(pl.Callback):
    """Stop where a loss is not a number before anything was learned.

    What an update brings about is an outcome: such a run is recorded as diverged.
    """

    def __init__(self) -> None:
        self.diverged = False

    def on_train_batch_end(self, trainer: pl.Trainer, _: Any, outputs: Any, *__: Any) -> None:
        if not torch.isfinite(outputs["loss"]):
            self.diverged = trainer.global_step > 1
            self.require(outputs["loss"], "the first step")

    def on_validation_epoch_end(self, trainer: pl.Trainer, _: Any) -> None:
        self.require(trainer.callback_metrics["val/loss"], "validation")

    def require(self, loss: Tensor, where: str) -> None:
        if not self.diverged and not torch.isfinite(loss):
            raise AblateError(f"the loss is {float(loss)} in {where}")


def rehearse(trial: Trial, model: nn.Module, data: pl.LightningDataModule) -> None:
    """Train `model` on the ends of an epoch, as a run would. Raises whatever stops it."""
    batches = Batches(ends(data.train_dataloader()), ends(data.val_dataloader()))
    model.register_forward_hook(lambda _, seen, said: require_logits(trial, seen[0], said))
    classifier = Classifier(model, trial.recipe, trial.seed, untrained_teacher(trial))
    with quiet(), torch.random.fork_rng(devices=[]):
        trainer = make_trainer(trial, None, [Finite()], "cpu")
        trainer.fit_loop.max_epochs = 1
        trainer.fit(classifier, datamodule=batches)


def ends(loader: DataLoader[Batch]) -> list[Batch]:
    """The first batch and the last."""
    batches: Any = loader.dataset
    return [batches[index] for index in sorted({0, len(batches) - 1})]


def require_logits(trial: Trial, images: Tensor, said: object) -> None:
    """Refuse an answer that is not the logits of each image. Raises `AblateError`."""
    classes = DATA_SETS[trial.data].num_classes
    if isinstance(said, Tensor) and said.shape == (len(images), classes):
        return
    message = (
        f"the network answers with {_described(said)}; wanted: its logits alone, one tensor of "
        f"{len(images)} × {classes} (images × classes)"
    )
    if isinstance(said, Tensor) and "num_classes" not in describe(trial.architecture).sizes:
        message += f"; {trial.architecture} gets no num_classes, since it does not name it"
    raise AblateError(message)


def _described(said: object) -> str:
    match said:
        case Tensor():
            return f"a tensor {' × '.join(map(str, said.shape)) or 'of one number'}"
        case dict():
            return f"a dict of {', '.join(map(str, said))}"
        case tuple() | list():
            return f"a {type(said).__name__} of {len(said)}"
    return type(said).__name__

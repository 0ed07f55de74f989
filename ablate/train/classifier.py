"""What is optimised: a classifier's loss, its metrics, AdamW, and warm-up with a cosine decay."""

from __future__ import annotations

import math
from typing import Any, final

import lightning
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.nn import functional

from ablate.models.initialise import stream
from ablate.study.schema import Recipe

Batch = tuple[Tensor, Tensor]


@final
class Classifier(lightning.LightningModule):
    """Trains `model` on batches of images B·C·H·W and labels B by `recipe`.

    Logs `train/loss`, `val/loss` and `val/top1` (percent) once per epoch. After `test`,
    `predicted` and `labels` hold what was said and what was right, in the order of the test set.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, seed: int) -> None:
        super().__init__()
        self.model, self.recipe, self.seed = model, recipe, seed
        self.logits: list[Tensor] = []
        self.labels: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        """Images B·C·H·W → logits B·classes."""
        logits: Tensor = self.model(images)
        return logits

    def on_train_epoch_start(self) -> None:
        # Dropout and drop path draw from a stream of their epoch, so that an epoch is the same
        # whatever was drawn before it.
        source = stream(self.seed, f"epoch {self.current_epoch}")
        torch.manual_seed(source.initial_seed())

    def training_step(self, batch: Batch) -> Tensor:
        images, labels = batch
        loss = functional.cross_entropy(
            self(images), labels, label_smoothing=self.recipe.label_smoothing
        )
        self.log("train/loss", loss, on_step=False, on_epoch=True, batch_size=len(labels))
        return loss

    def validation_step(self, batch: Batch) -> None:
        images, labels = batch
        logits = self(images)
        right = (logits.argmax(1) == labels).double().mean() * 100
        self.log("val/loss", functional.cross_entropy(logits, labels), batch_size=len(labels))
        self.log("val/top1", right, batch_size=len(labels))

    def test_step(self, batch: Batch) -> None:
        images, labels = batch
        self.logits.append(self(images).cpu())
        self.labels.append(labels.cpu())

    def configure_optimizers(self) -> OptimizerLRScheduler:
        optimizer = torch.optim.AdamW(
            decay_groups(self.model, self.recipe.weight_decay), lr=self.recipe.lr, fused=True
        )
        steps = int(self.trainer.estimated_stepping_batches)
        warmup = round(steps * self.recipe.warmup_epochs / self.recipe.epochs)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: factor(s, warmup, steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def factor(step: int, warmup: int, steps: int) -> float:
    """The learning rate at a step, as a part of its peak: linear warm-up, then half a cosine."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Parameters with and without weight decay: norms, biases and the model's own exceptions."""
    exempt: frozenset[str] = getattr(model, "no_weight_decay", frozenset())
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        is_free = parameter.ndim <= 1 or name.rsplit(".", 1)[-1] in exempt
        (free if is_free else decayed).append(parameter)
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]


def scores(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """The test metrics of logits N·classes and labels N, in the units of `METRICS`."""
    return {
        "top1": 100 * int((logits.argmax(1) == labels).sum()) / len(labels),
        "loss": float(functional.cross_entropy(logits.double(), labels)),
    }

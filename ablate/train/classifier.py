"""The LightningModule that trains a classifier by a recipe, and its metrics."""

from typing import Any, final

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.nn import functional

from ablate.models.initialize import stream
from ablate.recipes.schema import Recipe
from ablate.train.averaging import make_average
from ablate.train.clipping import clip
from ablate.train.losses import answers, loss_of, probabilities
from ablate.train.mixing import mixed, mixes
from ablate.train.optimizers import make_optimizer
from ablate.train.schedules import make_factor

Batch = tuple[Tensor, Tensor]


@final
class Classifier(pl.LightningModule):
    """Train `model` on batches of images B·C·H·W and labels B by `recipe`.

    Logs `train/loss`, `val/loss` and `val/top1` (percent) once per epoch. After `test`, `logits`
    and `labels` hold the predictions and the truth, in the order of the test set. Raises ValueError
    for distillation without a teacher, or a teacher without distillation.
    """

    def __init__(
        self, model: nn.Module, recipe: Recipe, seed: int, teacher: nn.Module | None = None
    ) -> None:
        super().__init__()
        if (recipe.distillation == "none") is not (teacher is None):
            who = "no teacher" if teacher is None else "a teacher"
            raise ValueError(f"distillation is {recipe.distillation!r}, but there is {who}")
        self.model, self.recipe, self.seed = model, recipe, seed
        self.average = make_average(model, recipe.weight_averaging)
        # In a tuple, where Lightning does not see it: it is not trained, saved or counted.
        self.teachers = (teacher.eval().requires_grad_(False),) if teacher else ()
        self.logits: list[Tensor] = []
        self.labels: list[Tensor] = []

    @property
    def evaluated(self) -> nn.Module:
        """The network that is validated, saved and tested: the average of weights, if any."""
        return self.average.module if self.average else self.model

    def forward(self, images: Tensor) -> Tensor:
        """Images B·C·H·W → logits B·classes of the network that is evaluated."""
        return self.evaluated(images)

    def on_fit_start(self) -> None:
        for teacher in self.teachers:
            teacher.to(self.device)

    def on_train_epoch_start(self) -> None:
        # Dropout and drop path draw from a stream of their epoch, so that an epoch is the same
        # whatever was drawn before it.
        source = stream(self.seed, f"epoch {self.current_epoch}")
        torch.manual_seed(source.initial_seed())

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        images, labels = batch
        shares: Tensor | None = None
        if mixes(self.recipe):
            source = stream(self.seed, f"mix {self.current_epoch} {batch_idx}")
            images, shares = mixed(images, self.recipe, source)
        logits = answers(self.model, images, self.recipe)
        targets = labels if shares is None else probabilities(labels, shares, logits[0].shape[1])
        loss = loss_of(logits, targets, self.taught(images), self.recipe)
        self.log("train/loss", loss, on_step=False, on_epoch=True, batch_size=len(labels))
        return loss

    @torch.no_grad()
    def taught(self, images: Tensor) -> Tensor | None:
        """Images B·C·H·W → the teacher's logits B·classes; None without a teacher."""
        return self.teachers[0](images) if self.teachers else None

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
        optimizer = make_optimizer(self.model, self.recipe)
        factor = make_factor(self.recipe, int(self.trainer.estimated_stepping_batches))
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def configure_gradient_clipping(self, *_: Any, **__: Any) -> None:
        clip(self.model, self.recipe)

    def optimizer_step(self, *args: Any, **keywords: Any) -> None:
        super().optimizer_step(*args, **keywords)
        if self.average:
            self.average.update_parameters(self.model)

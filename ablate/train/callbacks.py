"""Files written while a run trains: a line of history per epoch, and the best epoch's weights."""

import io
import math
import time
from pathlib import Path
from typing import Any, final

import pytorch_lightning as pl
import torch

from ablate.store.files import append_line, write_bytes
from ablate.study.metrics import METRICS


class DivergedError(Exception):
    """The loss is NaN or infinite."""


@final
class History(pl.Callback):
    """Append to `file` after each epoch: epoch, lr, losses, validation metrics, seconds so far."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.started = time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, module: Any) -> None:
        seen = {name: float(value) for name, value in trainer.callback_metrics.items()}
        for name, value in seen.items():
            if not math.isfinite(value):
                raise DivergedError(f"{name} is {value} after epoch {trainer.current_epoch + 1}")
        row = {"epoch": trainer.current_epoch, "lr": module.lr_schedulers().get_last_lr()[0]}
        append_line(self.file, row | seen | {"time_s": time.perf_counter() - self.started})


@final
class BestEpoch(pl.Callback):
    """Save the weights of the best epoch by validation in `file`.

    Best is that of the metric, in its direction, and among equals the one of the lowest loss: on a
    small validation set many epochs share their top-1.
    """

    def __init__(self, file: Path, metric: str) -> None:
        self.file = file
        self.metric = METRICS[metric]
        self.epoch: int | None = None
        self.merit = (-math.inf, -math.inf)

    def on_validation_epoch_end(self, trainer: pl.Trainer, module: Any) -> None:
        seen = trainer.callback_metrics
        score = float(seen[f"val/{self.metric.name}"])
        merit = (self.metric.merit(score), -float(seen["val/loss"]))
        if merit > self.merit:
            self.merit, self.epoch = merit, trainer.current_epoch
            buffer = io.BytesIO()
            torch.save(module.evaluated.state_dict(), buffer)
            write_bytes(self.file, buffer.getvalue())

    def restore(self, module: Any) -> None:
        """Give the module the weights of the best epoch."""
        module.evaluated.load_state_dict(torch.load(self.file, weights_only=True))

"""The best epoch is the one that the study's metric says, in its direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import torch

from ablate.train.callbacks import BestEpoch


@dataclass
class Validated:
    """A trainer after validation, and its module, whose weights name the epoch."""

    current_epoch: int
    callback_metrics: dict[str, float]

    @property
    def evaluated(self) -> torch.nn.Module:
        layer = torch.nn.Linear(1, 1)
        torch.nn.init.constant_(layer.weight, self.current_epoch)
        return layer


@pytest.mark.parametrize(
    ("metric", "epochs", "best"),
    [
        ("top1", [(85.0, 0.8), (88.0, 7.0), (80.0, 0.5)], 1),
        ("loss", [(85.0, 0.8), (88.0, 7.0), (80.0, 0.5)], 2),
        ("top1", [(85.0, 0.8), (85.0, 0.5), (85.0, 0.6)], 1),
        ("loss", [(85.0, 0.8), (99.0, 0.8)], 0),
    ],
)
def test_the_weights_that_are_kept_are_those_of_the_epoch_that_the_metric_calls_best(
    tmp_path, metric, epochs, best
):
    kept = BestEpoch(tmp_path / "best.pt", metric)
    for number, (top1, loss) in enumerate(epochs):
        seen: Any = Validated(number, {"val/top1": top1, "val/loss": loss})
        kept.on_validation_epoch_end(seen, seen)
    assert kept.epoch == best
    assert float(torch.load(kept.file, weights_only=True)["weight"]) == best

"""`python -m tests.bench models`: the speed of our models beside timm's of the same name.

The two take turns in one process, on the same images, so that what slows the machine down slows
both. A round gives one ratio, ours / theirs: below 1 we are faster. Shown are the median of the
rounds and their range. A CPU is measured on one thread and in processor time, which other programs
disturb least; a GPU, if there is one, by the clock. Takes just under four minutes of an idle core.
Names after `models` select from the list.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import timm
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES

ROUNDS = 5
GPU_BATCHES = 64
"""How many times as many images a batch has on a GPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A model of ours, the same one of timm's, and a batch that takes some tenths of a second."""

    architecture: str
    variant: str
    theirs: str
    batch: int


# timm has neither CvT nor the first PVT.
PAIRS = (
    Pair(architecture="vit", variant="deit-s", theirs="deit_small_patch16_224", batch=2),
    Pair(architecture="vit", variant="vit-b16", theirs="vit_base_patch16_224", batch=1),
    Pair(architecture="levit", variant="levit-128s", theirs="levit_128s", batch=16),
    Pair(architecture="levit", variant="levit-256", theirs="levit_256", batch=8),
    Pair(architecture="convmixer", variant="convmixer-768-32", theirs="convmixer_768_32", batch=1),
    Pair(architecture="vit", variant="vit-r50-b16", theirs="vit_base_r50_s16_224", batch=1),
)


def main(names: Sequence[str]) -> None:
    pairs = [pair for pair in PAIRS if pair.architecture in ARCHITECTURES]
    unknown = set(names) - {pair.variant for pair in pairs}
    if unknown:
        sys.exit(f"not measured: {', '.join(sorted(unknown))}")
    torch.set_num_threads(1)
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    for device in devices:
        for pair in pairs:
            if not names or pair.variant in names:
                compare(pair, device)


def compare(pair: Pair, device: str) -> None:
    """Both models' forward pass, then their training step."""
    batch = pair.batch * (GPU_BATCHES if device == "cuda" else 1)
    images = torch.randn(batch, 3, 224, 224, device=device)
    labels = torch.randint(1000, (batch,), device=device)
    ours = build(pair.architecture, pair.variant, without_drops(pair), seed=0).to(device)
    theirs = timm.create_model(pair.theirs, num_classes=1000).to(device)
    sizes = [sum(p.numel() for p in model.parameters()) for model in (ours, theirs)]
    if sizes[0] != sizes[1]:
        raise ValueError(f"{pair.variant} is not {pair.theirs}: {sizes} parameters")
    steps: dict[str, Callable[[nn.Module, Tensor, Tensor], None]] = {
        "forward": judge,
        "training step": train,
    }
    for what, step in steps.items():
        rounds = [turn(step, ours, theirs, images, labels) for _ in range(ROUNDS + 1)][1:]
        tell(pair, device, batch, what, rounds)


def without_drops(pair: Pair) -> dict[str, Any]:
    """timm's models drop nothing unless told to."""
    return {} if pair.architecture == "convmixer" else {"drop_path": 0.0}


@torch.no_grad()
def judge(model: nn.Module, images: Tensor, labels: Tensor) -> None:
    model.eval()(images)


def train(model: nn.Module, images: Tensor, labels: Tensor) -> None:
    """Forward and backward."""
    model.zero_grad(set_to_none=True)
    torch.autograd.backward(cross_entropy(model.train()(images), labels))


def turn(
    step: Callable[[nn.Module, Tensor, Tensor], None],
    ours: nn.Module,
    theirs: nn.Module,
    images: Tensor,
    labels: Tensor,
) -> tuple[float, float]:
    """Seconds of ours and of theirs: one, the other twice, and the first again."""
    seconds = {ours: 0.0, theirs: 0.0}
    for model in (ours, theirs, theirs, ours):
        clock = time.perf_counter if images.is_cuda else time.process_time
        began = clock()
        step(model, images, labels)
        if images.is_cuda:
            torch.cuda.synchronize()
        seconds[model] += (clock() - began) / 2
    return seconds[ours], seconds[theirs]


def tell(
    pair: Pair, device: str, batch: int, what: str, rounds: Sequence[tuple[float, float]]
) -> None:
    ratios = [ours / theirs for ours, theirs in rounds]
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    sys.stdout.write(
        f"{pair.variant:<18}{device:<6}{what:<15}{statistics.median(ratios):.3f}   "
        f"{min(ratios):.3f} to {max(ratios):.3f}   ours {1000 * ours:.0f} ms, "
        f"timm {1000 * theirs:.0f} ms a batch of {batch}\n"
    )
    sys.stdout.flush()

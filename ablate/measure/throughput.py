"""How fast a network answers: images per second in evaluation mode."""

import time
from statistics import median

import torch
from torch import Tensor, nn

WARM_UP = 2
"""The first passes choose algorithms and fill caches; they are not timed."""
LEAST = 5
ENOUGH_S = 0.15
"""At least so many passes are timed, and as many more as fit into so many seconds."""


@torch.inference_mode()
def images_per_s(model: nn.Module, images: Tensor) -> float:
    """Images B·C·H·W → images per second, of the median pass over all of them at once.

    Both are on the device that is asked about. Puts the model into evaluation mode.
    """
    model.eval()
    for _ in range(WARM_UP):
        timed(model, images)
    times: list[float] = []
    while len(times) < LEAST or sum(times) < ENOUGH_S:
        times.append(timed(model, images))
    return len(images) / median(times)


def timed(model: nn.Module, images: Tensor) -> float:
    """Seconds of one pass. An accelerator answers before it is done, so it is waited for."""
    started = time.perf_counter()
    model(images)
    if images.device.type != "cpu":
        torch.accelerator.synchronize()
    return time.perf_counter() - started

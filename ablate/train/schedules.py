"""The learning rate over a run: linear warm-up, a schedule, and a cool-down."""

from __future__ import annotations

import math
from collections.abc import Callable

from ablate.recipes.schema import Recipe

# ConvMixer's one-cycle climbs for 40 % of a run, falls to a twentieth until 80 %, then to nothing.
CLIMB = 0.4
KNEE = (0.8 - CLIMB) / (1 - CLIMB)
LOW = 1 / 20


def make_factor(recipe: Recipe, steps: int) -> Callable[[int], float]:
    """The learning rate of each step of a run of `steps`, as a fraction of the peak."""
    warmup = round(steps * recipe.warmup_epochs / recipe.epochs)
    if recipe.schedule == "one_cycle" and not warmup:
        warmup = round(steps * CLIMB)
    cooldown = round(steps * recipe.cooldown_epochs / recipe.epochs)
    way = max(1, steps - cooldown - warmup)
    lowest, fall = recipe.min_lr / recipe.lr, FALLS[recipe.schedule]

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        if cooldown and step >= steps - cooldown:
            return lowest
        return lowest + (1 - lowest) * fall(min(step - warmup, way), way)

    return factor


def one_cycle(done: int, way: int) -> float:
    """ConvMixer's schedule after the climb."""
    if done < KNEE * way:
        return 1 - (1 - LOW) * done / (KNEE * way)
    return LOW * (way - done) / (way - KNEE * way)


FALLS: dict[str, Callable[[int, int], float]] = {
    "cosine": lambda done, way: 0.5 * (1 + math.cos(math.pi * done / way)),
    "linear": lambda done, way: 1 - done / way,
    "one_cycle": one_cycle,
    "constant": lambda done, way: 1.0,  # noqa: ARG005
}
"""The part of the peak that is left after `done` of `way` steps between warm-up and cool-down."""

"""How the learning rate goes over a run: linear warm-up, a schedule, and a cool-down."""

from __future__ import annotations

import math
from collections.abc import Callable

from ablate.recipes.schema import Recipe

# ConvMixer's one-cycle climbs for 40 % of a run, falls to a twentieth until 80 %, then to nothing.
CLIMB = 0.4
KNEE = (0.8 - CLIMB) / (1 - CLIMB)
LOW = 1 / 20


def make_factor(recipe: Recipe, steps: int) -> Callable[[int], float]:
    """A function from a step of a run of `steps` to its learning rate, as a part of the peak."""
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


def cosine(done: int, way: int) -> float:
    """Half a cosine."""
    return 0.5 * (1 + math.cos(math.pi * done / way))


def linear(done: int, way: int) -> float:
    """A straight line."""
    return 1 - done / way


def one_cycle(done: int, way: int) -> float:
    """What follows the climb of ConvMixer's schedule."""
    if done < KNEE * way:
        return 1 - (1 - LOW) * done / (KNEE * way)
    return LOW * (way - done) / (way - KNEE * way)


def constant(done: int, way: int) -> float:  # noqa: ARG001
    """No fall at all."""
    return 1.0


FALLS: dict[str, Callable[[int, int], float]] = {
    "cosine": cosine,
    "linear": linear,
    "one_cycle": one_cycle,
    "constant": constant,
}
"""What is left of the peak when so many steps are done of the way from warm-up to cool-down."""

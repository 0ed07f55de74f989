"""The learning rate over a run: linear warm-up, a schedule, and a cool-down."""

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
    length = max(1, steps - cooldown - warmup)
    lowest, fall = recipe.min_lr / recipe.lr, FALLS[recipe.schedule]

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        if cooldown and step >= steps - cooldown:
            return lowest
        return lowest + (1 - lowest) * fall(min(step - warmup, length), length)

    return factor


def one_cycle(done: int, length: int) -> float:
    """ConvMixer's schedule after the climb."""
    if done < KNEE * length:
        return 1 - (1 - LOW) * done / (KNEE * length)
    return LOW * (length - done) / (length - KNEE * length)


FALLS: dict[str, Callable[[int, int], float]] = {
    "cosine": lambda done, length: 0.5 * (1 + math.cos(math.pi * done / length)),
    "linear": lambda done, length: 1 - done / length,
    "one_cycle": one_cycle,
    "constant": lambda done, length: 1.0,  # noqa: ARG005
}
"""The part of the peak that is left after `done` of the `length` steps until the cool-down."""

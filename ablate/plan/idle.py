"""Parts of a recipe that its other parts leave nothing to do.

They are taken out before a trial gets its signature: cells that differ in them alone are one and
the same, and a plan refuses such a pair.
"""

from __future__ import annotations

from collections.abc import Callable

from ablate.study.schema import Recipe

IDLE: dict[str, Callable[[Recipe], bool]] = {
    "momentum": lambda recipe: recipe.optimizer != "sgd",
    "epsilon": lambda recipe: recipe.optimizer == "sgd",
    "min_lr": lambda recipe: recipe.schedule == "constant" and not recipe.cooldown_epochs,
    "distillation_tau": lambda recipe: recipe.distillation != "soft",
}
"""When each part does nothing. What distillation as a whole needs, `ablate.plan.teachers` knows."""


def without_idle(recipe: Recipe) -> Recipe:
    """The recipe with those parts at their defaults, which stay out of signatures."""
    said = recipe.model_dump()
    return Recipe.model_validate(
        {name: said[name] for name in said if name not in IDLE or not IDLE[name](recipe)}
    )

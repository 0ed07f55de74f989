"""Gradient clipping: by the norm of the whole gradient, and unit by unit."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from ablate.recipes.schema import Recipe

LEAST_WEIGHT = 1e-3
LEAST_GRADIENT = 1e-6


def clip(model: nn.Module, recipe: Recipe) -> None:
    """Clip the gradients of `model` as the recipe asks: first by units, then as a whole."""
    if recipe.clip_adaptive:
        clip_units(model.parameters(), recipe.clip_adaptive)
    if recipe.clip_norm:
        nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)


@torch.no_grad()
def clip_units(parameters: Iterable[nn.Parameter], part: float) -> None:
    """Clip each unit's gradient to `part` of the norm of its weights (2102.06171, section 4).

    That paper leaves the last linear layer alone. LeViT's code, whose recipe has this, does not,
    and neither is it done here.
    """
    for parameter in parameters:
        if parameter.grad is not None:
            longest = part * unit_norms(parameter).clamp(min=LEAST_WEIGHT)
            norms = unit_norms(parameter.grad).clamp(min=LEAST_GRADIENT)
            parameter.grad.mul_((longest / norms).clamp(max=1))


def unit_norms(weights: Tensor) -> Tensor:
    """The norm of each output's weights, a row or a kernel; of a vector, its norm."""
    dims = tuple(range(1, weights.ndim)) or None
    return torch.linalg.vector_norm(weights, dim=dims, keepdim=True)

"""PyTorch's optimizers as a recipe asks for them, and which parameters they decay."""

from typing import Any

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from ablate.recipes.schema import Recipe


def make_optimizer(model: nn.Module, recipe: Recipe) -> Optimizer:
    """The recipe's optimizer for all parameters of `model`, at the peak learning rate."""
    groups = decay_groups(model, recipe.weight_decay)
    match recipe.optimizer:
        case "adamw":
            return AdamW(groups, lr=recipe.lr, eps=recipe.epsilon, fused=True)
        case "adam":
            return Adam(groups, lr=recipe.lr, eps=recipe.epsilon, fused=True)
        case "sgd":
            return SGD(groups, lr=recipe.lr, momentum=recipe.momentum, fused=True)


def decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Parameters with and without weight decay: norms, biases and the model's own exceptions."""
    exempt: frozenset[str] = getattr(model, "no_weight_decay", frozenset())
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        is_free = parameter.ndim <= 1 or name.rsplit(".", 1)[-1] in exempt
        (free if is_free else decayed).append(parameter)
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]

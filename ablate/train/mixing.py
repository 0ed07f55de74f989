"""Mixup and CutMix: torchvision's, on whole batches, drawn from a stream of their own."""

import torch
from torch import Tensor
from torchvision.transforms import v2 as transforms

from ablate.recipes.schema import Recipe


def mixes(recipe: Recipe) -> bool:
    """Whether the recipe mixes images at all."""
    return recipe.mixup > 0 or recipe.cutmix > 0


def mixed(images: Tensor, recipe: Recipe, source: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images B·C·H·W → images mixed in pairs, and the share of each image in each, B·B.

    With both kinds in the recipe, `source` decides which of them this batch gets.
    """
    kinds = {transforms.MixUp: recipe.mixup, transforms.CutMix: recipe.cutmix}
    mixer = transforms.RandomChoice([kind(alpha=a) for kind, a in kinds.items() if a > 0])
    # torchvision draws from the global stream, which dropout and drop path draw from as well.
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(source.initial_seed())
        # Neighbors are mixed, but repeated augmentation puts copies of one image side by side.
        order = torch.randperm(len(images)).to(images.device)
        shares = torch.eye(len(images), dtype=images.dtype, device=images.device)[order]
        mixture: tuple[Tensor, Tensor] = mixer(images[order], shares)
    return mixture

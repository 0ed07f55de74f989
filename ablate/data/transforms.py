"""The augmentation of single training images: crop, flip, colors, rectangles.

torchvision's transforms, in the order in which the papers' library, timm, has its own. The two
differ in this:
- RandAugment: here always two operations, of exactly the magnitude that is asked for. Behind the
  papers' "m9-mstd0.5-inc1" each is left out with probability ½, and magnitudes scatter by 0.5.
  timm also inverts and solarizes by adding, and posterizes down to no bits instead of four. All
  else has the same reach: magnitude 9 of 10 turns by 27° and shears by 0.27.
- AutoAugment: the policy of its paper for ImageNet, which is timm's "original".
- What comes in from outside is black, not the data's mean. Interpolation is bilinear, not bicubic.
- `color_jitter` acts beside RandAugment and AutoAugment; timm leaves it out there, silently.
Gray images have no saturation: what would change it leaves them as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2 as transforms

from ablate.models.initialize import stream
from ablate.recipes.schema import Recipe

Step = Callable[[Tensor], Tensor]
STEPS = ("crop", "flip", "rand_augment", "auto_augment", "color_jitter", "erasing")


@final
@dataclass(frozen=True, slots=True)
class Standard:
    """Standardization by the mean and standard deviation of the training images."""

    mean: Tensor
    std: Tensor

    def __call__(self, images: Tensor) -> Tensor:
        """Images in [0, 1] → standardized, the same shape."""
        return (images - self.mean) / self.std


@final
class Augmentation:
    """The steps of a recipe, each with a column of seeds.

    Every image and every step has a seed of its own. So what is drawn depends on the image's
    place in the epoch alone, not on what a model draws; and a cell without one of the steps
    still has the others as its baseline has them.
    """

    def __init__(self, recipe: Recipe, image_size: int, standard: Standard) -> None:
        self.standard = standard
        self.steps = pixel_steps(recipe, image_size)
        self.last = erasing(recipe)

    def __bool__(self) -> bool:
        """Whether there is anything to do besides standardizing."""
        return bool(self.steps or self.last)

    def __call__(self, images: Tensor, seeds: Tensor) -> Tensor:
        """Images B·C·H·W in [0, 1] and B·steps seeds → B·C·size·size, standardized."""
        images = each(self.steps, images, seeds)
        return each(self.last, self.standard(images), seeds)


def pixel_steps(recipe: Recipe, image_size: int) -> dict[str, Step]:
    """The transforms of images in [0, 1]: of each field that is not at its default, in order."""
    smooth = InterpolationMode.BILINEAR
    steps: dict[str, Step] = {}
    if recipe.crop_scale < 1:
        scale = (recipe.crop_scale, 1.0)
        steps["crop"] = transforms.RandomResizedCrop(image_size, scale, interpolation=smooth)
    if recipe.flip:
        steps["flip"] = transforms.RandomHorizontalFlip(recipe.flip)
    if recipe.rand_augment:  # a hundred steps of magnitude, so that 9 and 9.5 are not the same
        steps["rand_augment"] = transforms.RandAugment(
            2, round(10 * recipe.rand_augment), num_magnitude_bins=101, interpolation=smooth
        )
    if recipe.auto_augment:
        steps["auto_augment"] = transforms.AutoAugment(interpolation=smooth)
    if recipe.color_jitter:
        steps["color_jitter"] = transforms.ColorJitter(*[recipe.color_jitter] * 3)
    return steps


def erasing(recipe: Recipe) -> dict[str, Step]:
    """The transform of standardized images: noise as wide as they are, in a rectangle."""
    if not recipe.erasing:
        return {}
    return {"erasing": transforms.RandomErasing(recipe.erasing, value="random")}


def make_seeds(seed: int, epoch: int, images: int) -> Tensor:
    """A seed for every image of an epoch and every step, images·steps."""
    sources = (stream(seed, f"{step} {epoch}") for step in STEPS)
    return torch.stack([torch.randint(2**63 - 1, (images,), generator=s) for s in sources], dim=1)


def each(steps: dict[str, Step], images: Tensor, seeds: Tensor) -> Tensor:
    """The images after each of the steps, one image at a time.

    torchvision draws from torch's global stream, and once for all images that it is given.
    """
    with torch.random.fork_rng(devices=[]):
        for name, step in steps.items():
            own = seeds[:, STEPS.index(name)].tolist()
            images = torch.stack([seeded(step, *one) for one in zip(images, own, strict=True)])
    return images


def seeded(step: Step, image: Tensor, seed: int) -> Tensor:
    """The step done to an image C·H·W with the random numbers of that seed."""
    torch.default_generator.manual_seed(seed)
    return step(image)

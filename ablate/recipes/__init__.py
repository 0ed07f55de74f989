"""The papers' recipes, by name: one YAML file each, beside this one.

A setting or a study begins its recipe with one and changes what it must:

    recipe: {like: deit, epochs: 20, batch_size: 64}

Each file says where its numbers come from and what is not as there. Nearly all papers trained with
timm, and this holds for every recipe that did:
- timm's cosine counts the warm-up's epochs as its own and begins below the peak; the warm-up starts
  at 1e-6. Here the cosine begins at the peak, where the warm-up ends.
- Cool-down epochs that a configuration lists were never reached: training stopped before them.
- A color jitter that a configuration lists is left out by timm beside RandAugment.
- timm mixes the first image of a batch with the last, and so on; torchvision mixes neighbors.
- What torchvision's RandAugment does otherwise, `ablate.data.transforms` says.
- Stochastic depth and dropout belong to the model: `baseline: {drop_path: 0.1}`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import final

from ruamel.yaml import YAML

from ablate.errors import UnknownNameError
from ablate.recipes.schema import Recipe, StrictModel

FOLDER = Path(__file__).parent
LIKE = "like"
"""The key that names the recipe to begin with."""


@final
class NamedRecipe(StrictModel):
    """A recipe file."""

    title: str
    recipe: Recipe


def recipe_names() -> tuple[str, ...]:
    """All recipes, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load_recipe(name: str) -> NamedRecipe:
    """The recipe called `name`. Raises `UnknownNameError`."""
    if name not in recipe_names():
        raise UnknownNameError("recipe", name, recipe_names())
    said = YAML(typ="safe", pure=True).load(FOLDER / f"{name}.yaml")
    return NamedRecipe(title=said["title"], recipe=completed(said["recipe"]))


def completed(changes: Mapping[str, object], base: Recipe | None = None) -> Recipe:
    """The recipe that `changes` start from (`like`), or else `base`, with these changes.

    Raises `UnknownNameError` for the name and pydantic's ValidationError for the rest.
    """
    own = dict(changes)
    if LIKE in own:
        base = load_recipe(str(own.pop(LIKE))).recipe
    return Recipe.model_validate({**(base.model_dump() if base else {}), **own})

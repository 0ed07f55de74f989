"""A trial: a cell and a seed, resolved until nothing is left to look up, and its signature."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ablate.data.catalog import DATA_SETS
from ablate.study.schema import AS_THEY_ARE, Images, Levels, Recipe

SIGNATURE_VERSION = 1
"""1: architecture, trained variant, levels that are not its defaults, recipe, data, seed, and the
signature of the teacher where there is one, and what is done to images where anything is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one run is asked to do. `format` counts the versions of `trial.json`."""

    format: int = 1
    study: str
    setting: str
    cell: str
    """The cell's name in the study: `cvt_13[pos_embed=none]`."""
    seed: int
    architecture: str
    variant: str
    """The variant that is trained, which a setting may have exchanged for the study's."""
    toggles: Levels
    """The model's keywords where they differ from the variant's defaults."""
    recipe: Recipe
    data: str
    images: Images = AS_THEY_ARE
    """What is done to the images of the data set."""
    metric: str
    signature: str
    teacher: str = ""
    """The signature of the trial that trains the teacher, if one must be trained."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the network gets to see."""
        channels, *sides = DATA_SETS[self.data].shape
        height, width = (self.images.image_size or side for side in sides)
        return channels, height, width

    @property
    def name(self) -> str:
        """How people call the trial: the cell and the seed."""
        return f"{self.cell}/s{self.seed}"


def make_trial(
    *,
    study: str,
    setting: str,
    cell: str,
    seed: int,
    architecture: str,
    variant: str,
    toggles: Levels,
    recipe: Recipe,
    data: str,
    metric: str,
    images: Images = AS_THEY_ARE,
    teacher: str = "",
) -> Trial:
    """The trial that asks this, under its signature."""
    asked = signature(
        architecture=architecture,
        variant=variant,
        toggles=toggles,
        recipe=recipe,
        data=data,
        images=images,
        seed=seed,
        teacher=teacher,
    )
    return Trial(
        study=study,
        setting=setting,
        cell=cell,
        seed=seed,
        architecture=architecture,
        variant=variant,
        toggles=toggles,
        recipe=recipe,
        data=data,
        images=images,
        metric=metric,
        signature=asked,
        teacher=teacher,
    )


def signature(
    *,
    architecture: str,
    variant: str,
    toggles: Levels,
    recipe: Recipe,
    data: str,
    seed: int,
    images: Images = AS_THEY_ARE,
    teacher: str = "",
) -> str:
    """The identity of what is asked: `v1-` and 16 hexadecimal digits.

    Only what can change the result counts. Names, labels and the study do not, so that two
    studies share the runs of a cell they have in common; neither do executor, threads or folder.
    Defaults are left out, so that a toggle or a part of the recipe that is added later changes
    no signature of today.
    """
    asked = {
        "version": SIGNATURE_VERSION,
        "architecture": architecture,
        "variant": variant,
        "toggles": toggles,
        "recipe": recipe.model_dump(exclude_defaults=True),
        "data": data,
        "seed": seed,
    }
    changes = images.model_dump(exclude_defaults=True)
    asked |= {"images": changes} if changes else {}
    asked |= {"teacher": teacher} if teacher else {}
    digest = hashlib.sha256(canonical(asked).encode()).hexdigest()
    return f"v{SIGNATURE_VERSION}-{digest[:16]}"


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, 2 and 2.0 the same number."""
    return json.dumps(_normal(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _normal(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(member) for member in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

"""A trial: a cell and a seed, resolved until nothing is left to look up, and its signature."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from ablate.data.catalog import AS_THEY_ARE, DATA_SETS, Images
from ablate.recipes.schema import Recipe
from ablate.study.schema import Levels

SIGNATURE_VERSION = 1
"""1: architecture, trained variant, levels that are not its defaults, recipe, data, seed, and the
signature of the teacher where there is one, what is done to images where anything is, and the
metric, which chooses the epoch, where it is not top-1."""

FIRST_METRIC = "top1"
"""Signatures of runs that it judges do not name it: once it chose the epoch of all runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run to be made; `format` counts the versions of `trial.json`."""

    format: int = 1
    study: str
    setting: str
    cell: str
    """The cell's name in the study: `cvt_13[pos_embed=none]`."""
    seed: int
    architecture: str
    variant: str
    """The variant that is trained, which a setting may have put in place of the study's."""
    toggles: Levels
    """The model's keywords where they differ from the variant's defaults."""
    recipe: Recipe
    data: str
    images: Images = AS_THEY_ARE
    metric: str
    """The study's, which also says which epoch is scored."""
    signature: str = ""
    """Computed by `signature_of` unless a record states it."""
    teacher: str = ""
    """The signature of the trial that trains the teacher, if one must be trained."""

    def __post_init__(self) -> None:
        if not self.signature:
            object.__setattr__(self, "signature", signature_of(self))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the images as the network sees them."""
        data = DATA_SETS[self.data]
        side = self.images.image_size or data.image_size
        return data.in_channels, side, side

    @property
    def name(self) -> str:
        """The cell and the seed, as printed: `cvt_13[pos_embed=none]/s0`."""
        return f"{self.cell}/s{self.seed}"

    def with_seed(self, seed: int) -> Trial:
        """The trial of the same cell with another seed."""
        return replace(self, seed=seed, signature="")


def signature_of(trial: Trial) -> str:
    """The identity of what a trial asks: `v1-` and 16 hexadecimal digits.

    Only what can change the result counts. Names, labels and the study do not, so that two
    studies share the runs of a cell they have in common; neither do executor, threads or folder.
    Defaults are left out, so that a toggle or a part of the recipe that is added later changes
    no signature of today.
    """
    asked = {
        "version": SIGNATURE_VERSION,
        "architecture": trial.architecture,
        "variant": trial.variant,
        "toggles": trial.toggles,
        "recipe": trial.recipe.model_dump(exclude_defaults=True),
        "data": trial.data,
        "seed": trial.seed,
    }
    changes = trial.images.model_dump(exclude_defaults=True)
    asked |= {"images": changes} if changes else {}
    asked |= {"teacher": trial.teacher} if trial.teacher else {}
    asked |= {"metric": trial.metric} if trial.metric != FIRST_METRIC else {}
    digest = hashlib.sha256(canonical(asked).encode()).hexdigest()
    return f"v{SIGNATURE_VERSION}-{digest[:16]}"


def canonical(value: Any) -> str:
    """The canonical JSON of a value: sorted keys, no spaces, 2 and 2.0 the same number."""
    return json.dumps(_normal(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _normal(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(member) for member in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

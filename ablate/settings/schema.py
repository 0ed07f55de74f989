"""A setting, and what a study changes in it, as frozen pydantic models."""

from __future__ import annotations

from ablate.recipes.schema import Positive, Recipe, Scalar, StrictModel


class Setting(StrictModel):
    """A scale at which a question is asked: data, sizes that fit them, and the recipe."""

    title: str
    data: str
    """A data set of `ablate.data`."""
    variants: dict[str, str]
    """The study's variant → the variant that is trained at this scale."""
    recipe: Recipe


class Override(StrictModel):
    """What a study changes in a setting."""

    variants: dict[str, str] = {}
    recipe: dict[str, Scalar] = {}
    """Parts of the recipe; with `like: deit` they change that paper's instead of the setting's."""
    margin: Positive | None = None

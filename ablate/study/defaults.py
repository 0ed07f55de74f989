"""What a factor is where a study says nothing: the variant's value, "not used" in a recipe."""

from __future__ import annotations

from typing import Any

from ablate.data.catalog import Images
from ablate.models.catalog import describe
from ablate.recipes.schema import Recipe
from ablate.study.schema import Level, Model

RECIPE = "recipe."
"""Factors with this prefix vary the recipe instead of the model."""
DATA = "data."
"""Factors with this prefix vary what is done to the images."""
VARIANT = "variant"
"""This factor exchanges the variant as a whole; its levels are variants of the architecture."""


def default_of(model: Model, factor: str) -> Level | None:
    """The level of a factor; None if there is no such factor or it must always be said.

    A setting may use another recipe or a smaller variant.
    """
    if factor == VARIANT:
        return model.variant
    if factor.startswith(RECIPE):
        field = Recipe.model_fields.get(factor.removeprefix(RECIPE))
        return None if field is None or field.is_required() else field.default
    if factor.startswith(DATA):
        field = Images.model_fields.get(factor.removeprefix(DATA))
        return None if field is None else field.default
    known: dict[str, Any] = describe(model.architecture).defaults(model.variant)
    return known.get(factor)

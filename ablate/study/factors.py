"""Mistakes in a model's part of a study: its architecture, factors and levels."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ablate.data.catalog import Images
from ablate.errors import AblateError, hint
from ablate.models.catalog import Architecture, architecture_names, describe
from ablate.models.user_model import halves
from ablate.recipes import recipe_names
from ablate.recipes.schema import Recipe, StrictModel
from ablate.study.defaults import DATA, RECIPE, VARIANT
from ablate.study.design_mistakes import check_scheme
from ablate.study.designs import Scheme
from ablate.study.schema import Level, Model
from ablate.study.source import Place, Source


def check_model(source: Source, place: Place, model: Model, scheme: Scheme | None) -> None:
    """Blame what is wrong in one model. Without a scheme its design is wrong and blamed already."""
    architecture = _architecture(source, place, model)
    if architecture is None:
        return
    _check_levels(source, (*place, "baseline"), architecture, model.baseline)
    for factor, levels in model.ablate.items():
        for index, level in enumerate(levels):
            spot = (*place, "ablate", factor, index)
            _check_level(source, spot, architecture, factor, level)
    for index, cell in enumerate(model.cells):
        _check_levels(source, (*place, "cells", index), architecture, cell)
    if scheme is not None and model.variant in architecture.variants:
        check_scheme(source, place, model, scheme)


def _architecture(source: Source, place: Place, model: Model) -> Architecture | None:
    """What the model is of, its variant checked too; None if that cannot be known."""
    if model.model is not None:
        return _own(source, place, model.model)
    for name in ("architecture", "variant"):
        if not getattr(model, name) and name not in _said(source, place):
            source.blame((*place, name), "is missing")
    if model.architecture not in architecture_names():
        if model.architecture:
            known = hint(model.architecture, architecture_names())
            source.blame((*place, "architecture"), f"unknown architecture {known}")
        return None
    architecture = describe(model.architecture)
    if model.variant and model.variant not in architecture.variants:
        known = hint(model.variant, architecture.variants)
        source.blame((*place, "variant"), f"unknown variant {known}")
    return architecture


def _own(source: Source, place: Place, name: str) -> Architecture | None:
    """A network of the user's."""
    for other in ("architecture", "variant"):
        if other in _said(source, place):
            source.blame((*place, other), "belongs to Ablate's models; yours has `model` alone")
    try:
        halves(name)
        return describe(name)
    except AblateError as error:
        source.blame((*place, "model"), str(error))
        return None


def _said(source: Source, place: Place) -> Any:
    """What the file has at a place."""
    data = source.data
    for step in place:
        data = data[step]
    return data


def _check_levels(
    source: Source, place: Place, architecture: Architecture, levels: dict[str, Level]
) -> None:
    for factor, level in levels.items():
        _check_level(source, (*place, factor), architecture, factor, level)


def _check_level(
    source: Source, place: Place, architecture: Architecture, factor: str, level: Level
) -> None:
    """One factor and one of its levels; an unknown factor is blamed where it is named."""
    if factor.startswith(RECIPE):
        problem = recipe_problem(factor.removeprefix(RECIPE), level)
    elif factor.startswith(DATA):
        problem = images_problem(factor.removeprefix(DATA), level)
    elif factor == VARIANT:
        known = level in architecture.variants
        problem = None if known else f"unknown variant {hint(level, architecture.variants)}"
    elif factor in architecture.toggles:
        problem = architecture.toggles[factor].problem(level)
    elif architecture.takes_any:
        problem = None
    else:
        place = place if place[-1] == factor else place[:-1]
        problem = f"unknown factor {hint(factor, architecture.toggles)}"
    if problem:
        source.blame(place, problem)


def like_problem(name: object) -> str | None:
    """What is wrong with the name of a recipe to begin with; None if nothing is."""
    return None if name in recipe_names() else f"unknown recipe {hint(name, recipe_names())}"


def recipe_problem(name: str, level: object) -> str | None:
    """What is wrong with a part of the recipe having this value; None if nothing is."""
    if name not in Recipe.model_fields:
        return f"unknown part of the recipe {hint(name, Recipe.model_fields)}"
    return _problem(Recipe, {"epochs": 1, "batch_size": 1, "lr": 1.0}, name, level)


def images_problem(name: str, level: object) -> str | None:
    """The same of what is done to the images."""
    if name not in Images.model_fields:
        return f"unknown change of the data {hint(name, Images.model_fields)}"
    return _problem(Images, {}, name, level)


def _problem(
    words: type[StrictModel], parts: dict[str, Any], name: str, level: object
) -> str | None:
    try:
        words.model_validate({**parts, name: level})
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Input should be ")
        return f"must be {said}, not {level!r}"
    return None

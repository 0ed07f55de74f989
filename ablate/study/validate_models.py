"""Mistakes in one model of a study: its architecture, its levels, and how they make cells."""

from __future__ import annotations

from pydantic import ValidationError

from ablate.data.catalog import Images
from ablate.errors import AblateError, hint
from ablate.models.catalog import Architecture, architecture_names, describe
from ablate.models.user_model import halves
from ablate.recipes.schema import Recipe, StrictModel
from ablate.study.designs import (
    DATA,
    MADE_OF,
    RECIPE,
    TWO_LEVELS,
    VARIANT,
    conflict,
    default_of,
    levels_of,
)
from ablate.study.levels import alike, level_text
from ablate.study.schema import Level, Model, Study
from ablate.study.source import Place, Source

SMALLEST = {Recipe: {"epochs": 1, "batch_size": 1, "lr": 1.0}, Images: {}}
"""The required fields of each, beside the one that is checked."""


def check_model(source: Source, place: Place, model: Model) -> bool:
    """Note unknown names and levels in a model, and return whether its variant exists."""
    architecture = _architecture(source, place, model)
    if architecture is None:
        return False
    for spot, factor, level in levels_of(model):
        _check_level(source, (*place, *spot), architecture, factor, level)
    return model.variant in architecture.variants


def _architecture(source: Source, place: Place, model: Model) -> Architecture | None:
    """The model's architecture, its variant checked too; None if it cannot be known."""
    if model.model is not None:
        return _user_model(source, place, model.model)
    for name in ("architecture", "variant"):
        if not getattr(model, name):
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


def _user_model(source: Source, place: Place, name: str) -> Architecture | None:
    for other in ("architecture", "variant"):
        if other in source.data["models"][place[-1]]:
            source.blame((*place, other), "belongs to Ablate's models; yours has `model` alone")
    try:
        halves(name)
        return describe(name)
    except AblateError as error:
        source.blame((*place, "model"), str(error))
        return None


def _check_level(
    source: Source, place: Place, architecture: Architecture, factor: str, level: Level
) -> None:
    """Check one level of a factor; an unknown factor is blamed where it is named."""
    if factor.startswith(RECIPE):
        problem = recipe_problem(factor.removeprefix(RECIPE), level)
    elif factor.startswith(DATA):
        problem = _field_problem(Images, "change of the data", factor.removeprefix(DATA), level)
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


def recipe_problem(name: str, level: object) -> str | None:
    """The mistake in giving a part of the recipe this value; None if there is none."""
    return _field_problem(Recipe, "part of the recipe", name, level)


def _field_problem(owner: type[StrictModel], what: str, name: str, level: object) -> str | None:
    if name not in owner.model_fields:
        return f"unknown {what} {hint(name, owner.model_fields)}"
    try:
        owner.model_validate({**SMALLEST[owner], name: level})
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Input should be ")
        return f"must be {said}, not {level!r}"
    return None


def check_design(source: Source, place: Place, model: Model, study: Study) -> None:
    """Note whatever the design cannot make cells of, in a model whose variant exists."""
    before = len(source.problems)
    _check_parts(source, place, model, study)
    for name, group in model.groups.items():
        for factor in group:
            if factor not in model.ablate:
                known = hint(factor, model.ablate)
                source.blame((*place, "groups", name), f"not among what is ablated: {known}")
    if study.design == "from_to":
        _check_ways_back(source, place, model)
    for factor, levels in model.ablate.items():
        if study.design in TWO_LEVELS and len(levels) > 1:
            said = f"has {len(levels)} levels; design {study.design!r} takes one for each factor"
            source.blame((*place, "ablate", factor), said)
    _check_distinct(source, place, model)
    if len(source.problems) == before:
        for cell in study.cells:
            # A full factorial has left out excluded cells by itself.
            if cell.model == place[-1] and (why := conflict(model, cell.changes, study.factors)):
                source.blame(cell.place, why)


def _check_parts(source: Source, place: Place, model: Model, study: Study) -> None:
    """Check that a model has only the part that its design makes cells of."""
    made_of = MADE_OF.get(study.design, "ablate")
    for part in ("ablate", "cells"):
        if getattr(model, part) and part != made_of:
            said = f"does not belong to design {study.design!r}, which is made of `{made_of}`"
            source.blame((*place, part), said)
    if model.groups and study.design != "leave_one_out":
        source.blame((*place, "groups"), "belongs to design 'leave_one_out'")


def _check_ways_back(source: Source, place: Place, model: Model) -> None:
    """Check that each level of a tuned baseline has a default to go back to."""
    for factor, level in model.baseline.items():
        default = default_of(model, factor)
        if default is None:
            said = "has no value of its own to go back to"
            source.blame((*place, "baseline", factor), said)
        elif default == level:
            said = f"{level_text(level)} is the value to go back to; leave it out"
            source.blame((*place, "baseline", factor), said)


def _check_distinct(source: Source, place: Place, model: Model) -> None:
    """Check that no level is the baseline's own or repeated: one cell would have two names.

    Nor may two be alike: True and 1 are equal in Python, and a row of spaces is printed as one.
    """
    known: dict[tuple[str, object], str] = {}
    for spot, factor, level in levels_of(model):
        same = alike(level) if isinstance(level, str) else level
        other = known.setdefault((factor, same), level_text(level))
        if other != level_text(level):
            said = f"{level_text(level)} and {other} are too much alike to be two levels"
            source.blame((*place, *spot), said)
    for factor, levels in model.ablate.items():
        start = model.baseline.get(factor, None if "." in factor else default_of(model, factor))
        for index, level in enumerate(levels):
            spot = (*place, "ablate", factor, index)
            if start is not None and level_text(start) == level_text(level):
                source.blame(spot, f"{level_text(level)} is the baseline's own level")
            elif level_text(level) in map(level_text, levels[:index]):
                source.blame(spot, f"{level_text(level)} is listed twice")

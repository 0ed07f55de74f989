"""Designs: the rules by which the factors of a model make cells beside its baseline.

one_factor      each level of each factor, all else as in the baseline
leave_one_out   each factor at its one level, and each group of factors together
cumulative      one level after the other, on top of those before: a ladder
from_to         the same, from a tuned baseline back to the variant's own values
full_factorial  every combination
fractional      as few combinations of two levels each as the resolution asks for
listed          the cells that the study spells out
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, reduce
from itertools import combinations, product
from operator import xor
from typing import TYPE_CHECKING, Any, NamedTuple

from ablate.data.catalog import Images
from ablate.errors import UnknownNameError
from ablate.models.catalog import describe
from ablate.recipes.schema import Recipe
from ablate.study.levels import level_text

if TYPE_CHECKING:
    from ablate.study.schema import Design, Factor, Level, Levels, Model, Study
    from ablate.study.source import Place

RECIPE = "recipe."
"""Factors with this prefix vary the recipe instead of the model."""
DATA = "data."
"""Factors with this prefix vary what is done to the images."""
VARIANT = "variant"
"""This factor replaces the variant as a whole; its levels are variants of the architecture."""


class Asked(NamedTuple):
    """A cell that a design makes: what it changes, and where that stands in its model's part."""

    changes: Levels
    place: Place
    title: str = ""
    """The name of a group of factors."""


def asked_cells(model: Model, study: Study) -> Iterator[Asked]:
    """The cells beside the baseline. Combinations that factors exclude are left out."""
    for asked in DESIGNS[study.design](model, study):
        is_combination = study.design == "full_factorial"
        if not (is_combination and conflict(model, asked.changes, study.factors)):
            yield asked


def levels_of(model: Model) -> Iterator[tuple[Place, str, Level]]:
    """Every level that a study names in a model: where, of which factor, and the level."""
    for factor, level in model.baseline.items():
        yield ("baseline", factor), factor, level
    for factor, levels in model.ablate.items():
        for index, level in enumerate(levels):
            yield ("ablate", factor, index), factor, level
    for index, cell in enumerate(model.cells):
        for factor, level in cell.items():
            yield ("cells", index, factor), factor, level


def default_of(model: Model, factor: str) -> Level | None:
    """The level that a factor has unless a study says otherwise.

    That is the variant's value, or "not used" in a recipe. None if there is no such factor or
    variant, or if it must always be said.
    """
    if factor == VARIANT:
        return model.variant
    if factor.startswith(RECIPE):
        field = Recipe.model_fields.get(factor.removeprefix(RECIPE))
        return None if field is None or field.is_required() else field.default
    if factor.startswith(DATA):
        field = Images.model_fields.get(factor.removeprefix(DATA))
        return None if field is None else field.default
    try:
        known: dict[str, Any] = describe(model.architecture).defaults(model.variant)
    except UnknownNameError:
        return None
    return known.get(factor)


def one_factor(model: Model, _: Study) -> Iterator[Asked]:
    for factor, levels in model.ablate.items():
        for index, level in enumerate(levels):
            yield Asked({factor: level}, ("ablate", factor, index))


def leave_one_out(model: Model, study: Study) -> Iterator[Asked]:
    yield from one_factor(model, study)
    for name, group in model.groups.items():
        changes: Levels = {one: model.ablate[one][0] for one in group if one in model.ablate}
        yield Asked(changes, ("groups", name), name)


def cumulative(model: Model, study: Study) -> Iterator[Asked]:
    yield from ladder(one_factor(model, study))


def from_to(model: Model, _: Study) -> Iterator[Asked]:
    ways = ((factor, default_of(model, factor)) for factor in model.baseline)
    yield from ladder(
        Asked({factor: default}, ("baseline", factor))
        for factor, default in ways
        if default is not None
    )


def ladder(steps: Iterator[Asked]) -> Iterator[Asked]:
    """Each step on top of those before it."""
    taken: Levels = {}
    for step in steps:
        taken = {**taken, **step.changes}
        yield Asked(taken, step.place)


def full_factorial(model: Model, study: Study) -> Iterator[Asked]:
    steps = list(one_factor(model, study))
    choices = [(None, *(s for s in steps if factor in s.changes)) for factor in model.ablate]
    for combination in product(*choices):
        if taken := [step for step in combination if step]:
            yield together(taken)


def fractional(model: Model, study: Study) -> Iterator[Asked]:
    steps = list(one_factor(model, study))
    for run in fraction(len(steps), study.resolution or len(steps) + 1):
        if taken := [step for step, is_on in zip(steps, run, strict=True) if is_on]:
            yield together(taken)


def listed(model: Model, _: Study) -> Iterator[Asked]:
    for index, changes in enumerate(model.cells):
        yield Asked(changes, ("cells", index))


DESIGNS: dict[Design, Callable[[Model, Study], Iterator[Asked]]] = {
    "one_factor": one_factor,
    "leave_one_out": leave_one_out,
    "cumulative": cumulative,
    "from_to": from_to,
    "full_factorial": full_factorial,
    "fractional": fractional,
    "listed": listed,
}
TWO_LEVELS = ("leave_one_out", "fractional")
"""Designs in which each factor has one level besides the baseline's."""
MADE_OF = {"listed": "cells", "from_to": "baseline"}
"""The part of a model that cells are made of, where it is not `ablate`."""
LOOKS_UP = ("from_to", "full_factorial")
"""Designs whose cells depend on the defaults of the variant."""


def together(steps: list[Asked]) -> Asked:
    """All changes at once, at the place of the last one."""
    changes: Levels = {name: level for step in steps for name, level in step.changes.items()}
    return Asked(changes, steps[-1].place)


@cache
def fraction(factors: int, resolution: int) -> list[tuple[bool, ...]]:
    """The runs of the smallest regular fraction of 2^`factors` with that resolution.

    Every factor is a column: a sum, modulo 2, of independent ones. Sums of columns that vanish
    are what is mixed up, and the shortest such sum is the resolution. The run in which every
    factor is off is the first.
    """
    width, columns = 0, list[int]()
    while len(columns) < factors:
        width += 1
        columns = independent(factors, width, resolution)
    runs = range(2**width)
    return [tuple((run & column).bit_count() % 2 == 1 for column in columns) for run in runs]


def independent(count: int, width: int, resolution: int) -> list[int]:
    """Up to `count` columns of that width, no sum of fewer than `resolution` of which vanishes."""
    if count <= width:
        return [1 << bit for bit in range(count)]
    found = [1 << bit for bit in range(width)]

    def extend(start: int) -> bool:
        if len(found) == count:
            return True
        sums = {
            reduce(xor, few)
            for size in range(1, resolution - 1)
            for few in combinations(found, size)
        }
        for column in range(start, 2**width):
            if column not in sums:
                found.append(column)
                if extend(column + 1):
                    return True
                found.pop()
        return False

    return found if extend(1) else []


def conflict(model: Model, changes: Levels, factors: Mapping[str, Factor]) -> str | None:
    """Why a factor of a cell cannot be changed beside the others; None if all can."""

    def level_of(other: str) -> Level | None:
        return {**model.baseline, **changes}.get(other, default_of(model, other))

    for name in (name for name in changes if name in factors):
        for other, allowed in factors[name].requires.items():
            if level_of(other) not in allowed:
                levels = " or ".join(map(level_text, allowed))
                return f"{name} requires {other} to be {levels}, not {level_text(level_of(other))}"
        for other, barred in factors[name].excludes.items():
            if level_of(other) in barred:
                return f"{name} excludes {other}: {level_text(level_of(other))}"
    return None

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
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from ablate.study.defaults import default_of
from ablate.study.schema import Design, Factor, Level, Levels, Model

if TYPE_CHECKING:
    from ablate.study.source import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The design of a study, and what it needs to know besides a model's factors."""

    design: Design = "one_factor"
    resolution: int | None = None
    """Of a fractional design: effects of fewer factors than this are not mixed up among
    themselves; 3 keeps main effects apart, 4 from interactions too, 5 also those."""
    factors: Mapping[str, Factor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A cell that a design makes: what it changes, and where that stands in its model's part."""

    changes: Levels
    place: Place
    title: str = ""
    """What a group of factors is called."""


def asked_cells(model: Model, scheme: Scheme) -> Iterator[Asked]:
    """The cells beside the baseline. Combinations that factors exclude are left out."""
    for asked in DESIGNS[scheme.design](model, scheme):
        is_combination = scheme.design == "full_factorial"
        if not (is_combination and conflict(model, asked.changes, scheme.factors)):
            yield asked


def one_factor(model: Model, _: Scheme) -> Iterator[Asked]:
    for factor, levels in model.ablate.items():
        for index, level in enumerate(levels):
            yield Asked(changes={factor: level}, place=("ablate", factor, index))


def leave_one_out(model: Model, scheme: Scheme) -> Iterator[Asked]:
    yield from one_factor(model, scheme)
    for name, group in model.groups.items():
        changes: Levels = {one: model.ablate[one][0] for one in group if one in model.ablate}
        yield Asked(changes=changes, place=("groups", name), title=name)


def cumulative(model: Model, scheme: Scheme) -> Iterator[Asked]:
    yield from ladder(one_factor(model, scheme))


def from_to(model: Model, _: Scheme) -> Iterator[Asked]:
    ways = ((factor, default_of(model, factor)) for factor in model.baseline)
    yield from ladder(
        Asked(changes={factor: default}, place=("baseline", factor))
        for factor, default in ways
        if default is not None
    )


def ladder(steps: Iterator[Asked]) -> Iterator[Asked]:
    """Each step on top of those before it."""
    taken: Levels = {}
    for step in steps:
        taken = {**taken, **step.changes}
        yield Asked(changes=taken, place=step.place)


def full_factorial(model: Model, scheme: Scheme) -> Iterator[Asked]:
    steps = list(one_factor(model, scheme))
    choices = [(None, *(s for s in steps if factor in s.changes)) for factor in model.ablate]
    for combination in product(*choices):
        if taken := [step for step in combination if step]:
            yield together(taken)


def fractional(model: Model, scheme: Scheme) -> Iterator[Asked]:
    steps = list(one_factor(model, scheme))
    for run in fraction(len(steps), scheme.resolution or len(steps) + 1):
        if taken := [step for step, is_on in zip(steps, run, strict=True) if is_on]:
            yield together(taken)


def listed(model: Model, _: Scheme) -> Iterator[Asked]:
    for index, changes in enumerate(model.cells):
        yield Asked(changes=changes, place=("cells", index))


DESIGNS: dict[Design, Callable[[Model, Scheme], Iterator[Asked]]] = {
    "one_factor": one_factor,
    "leave_one_out": leave_one_out,
    "cumulative": cumulative,
    "from_to": from_to,
    "full_factorial": full_factorial,
    "fractional": fractional,
    "listed": listed,
}
TWO_LEVELS = ("leave_one_out", "fractional")
"""Designs in which a factor is as in the baseline or at its one other level."""
SPELLED = {"listed": "cells", "from_to": "baseline"}
"""Designs that make their cells of something else than `ablate`."""


def together(steps: list[Asked]) -> Asked:
    """All changes at once, told where the last one stands."""
    changes: Levels = {name: level for step in steps for name, level in step.changes.items()}
    return Asked(changes=changes, place=steps[-1].place)


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
        for column in range(start, 2**width):
            if not any(_sum(few) == column for few in _few(found, resolution - 2)):
                found.append(column)
                if extend(column + 1):
                    return True
                found.pop()
        return False

    return found if extend(1) else []


def _few(columns: list[int], most: int) -> Iterator[tuple[int, ...]]:
    for size in range(1, most + 1):
        yield from combinations(columns, size)


def _sum(columns: tuple[int, ...]) -> int:
    total = 0
    for column in columns:
        total ^= column
    return total


def conflict(model: Model, changes: Levels, factors: Mapping[str, Factor]) -> str | None:
    """Which factor of a cell cannot be changed beside the others, and why; None if all can."""

    def level_of(other: str) -> Level | None:
        return {**model.baseline, **changes}.get(other, default_of(model, other))

    for name in changes:
        rules = factors.get(name, Factor())
        for other, allowed in rules.requires.items():
            if level_of(other) not in allowed:
                levels = " or ".join(map(level_text, allowed))
                return f"{name} requires {other} to be {levels}, not {level_text(level_of(other))}"
        for other, barred in rules.excludes.items():
            if level_of(other) in barred:
                return f"{name} excludes {other}: {level_text(level_of(other))}"
    return None


def level_text(level: Level | None) -> str:
    """A level as YAML would write it: `true`, `0.5`, `none`, `[conv,linear]`."""
    if isinstance(level, bool):
        return str(level).lower()
    if isinstance(level, tuple | list):
        return f"[{','.join(level_text(part) for part in level)}]"
    return str(level)

"""Cells: the complete choices of levels that a study compares, and the names they go by.

A cell is written `cvt_13` for a model's baseline and `cvt_13[pos_embed=none]` for any other: the
model and the levels in which it differs. Studies, records, dashboards and reports use that one
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ablate.study.schema import Design, Level, Levels, Model

FACTOR = re.compile(r",\s*(?![^\[]*\])")
"""A comma that separates factors, not the stages of one level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row of the table: a model of the study with `levels` for all that is not its variant."""

    model: str
    levels: Levels
    changes: Levels
    """The levels in which the cell differs from its baseline; empty for the baseline itself."""

    @property
    def is_baseline(self) -> bool:
        return not self.changes

    @property
    def name(self) -> str:
        return cell_name(self.model, self.changes)


def cells_of(name: str, model: Model, design: Design) -> tuple[Cell, ...]:
    """The cells of one model by the rule of the study's design, the baseline first and once."""
    return tuple(
        Cell(model=name, levels={**model.baseline, **changes}, changes=changes)
        for changes in ({}, *RULES[design](model))
    )


def one_factor(model: Model) -> Iterator[Levels]:
    """Each level of each factor, all else as in the baseline."""
    for factor, levels in model.ablate.items():
        for level in levels:
            yield {factor: level}


def cumulative(model: Model) -> Iterator[Levels]:
    """A ladder: each level in turn, on top of those before it."""
    taken: Levels = {}
    for factor, levels in model.ablate.items():
        for level in levels:
            taken = {**taken, factor: level}
            yield taken


def full_factorial(model: Model) -> Iterator[Levels]:
    """Every combination of the baseline's level and the others of each factor."""
    choices = [
        ({}, *({factor: level} for level in levels)) for factor, levels in model.ablate.items()
    ]
    for combination in product(*choices):
        changes: Levels = {k: v for choice in combination for k, v in choice.items()}
        if changes:
            yield changes


def listed(model: Model) -> Iterator[Levels]:
    """The cells that the study spells out."""
    yield from model.cells


RULES: dict[Design, Callable[[Model], Iterator[Levels]]] = {
    "one_factor": one_factor,
    "cumulative": cumulative,
    "full_factorial": full_factorial,
    "listed": listed,
}


def cell_name(model: str, changes: Mapping[str, Level]) -> str:
    """`model[factor=level,…]`, or the bare model for its baseline."""
    inside = ",".join(f"{factor}={level_text(level)}" for factor, level in changes.items())
    return f"{model}[{inside}]" if inside else model


def level_text(level: Level) -> str:
    """A level as YAML would write it: `true`, `0.5`, `none`, `[conv,linear]`."""
    if isinstance(level, bool):
        return str(level).lower()
    if isinstance(level, tuple | list):
        return f"[{','.join(level_text(part) for part in level)}]"
    return str(level)


def same_cell(reference: str, name: str) -> bool:
    """Whether a reference typed in a study means the cell called `name`: order is free."""
    return _parts(reference) == _parts(name)


def _parts(reference: str) -> tuple[str, frozenset[str]]:
    model, _, inside = reference.replace(" ", "").partition("[")
    return model, frozenset(FACTOR.split(inside.removesuffix("]")))

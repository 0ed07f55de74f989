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
from typing import TYPE_CHECKING

from ablate.study.schema import Design, Level, Levels, Model

if TYPE_CHECKING:
    from ablate.study.source import Place

FACTOR = re.compile(r",\s*(?![^\[]*\])")
"""A comma that separates factors, not the stages of one level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row of the table: a model of the study with `levels` for all that is not its variant."""

    model: str
    levels: Levels
    changes: Levels
    """The levels in which the cell differs from its baseline; empty for the baseline itself."""
    place: Place = ()
    """Where the study asks for it; of a combination, where its last level stands."""

    @property
    def is_baseline(self) -> bool:
        return not self.changes

    @property
    def name(self) -> str:
        return cell_name(self.model, self.changes)


def cells_of(name: str, model: Model, design: Design) -> tuple[Cell, ...]:
    """The cells of one model by the rule of the study's design, the baseline first and once."""
    return tuple(
        Cell(
            model=name,
            levels={**model.baseline, **changes},
            changes=changes,
            place=("models", name, *place),
        )
        for changes, place in (({}, ("baseline",)), *RULES[design](model))
    )


Asked = tuple[Levels, "Place"]
"""What a cell changes, and where in its model's part of the file that stands."""


def one_factor(model: Model) -> Iterator[Asked]:
    """Each level of each factor, all else as in the baseline."""
    for factor, levels in model.ablate.items():
        for index, level in enumerate(levels):
            yield {factor: level}, ("ablate", factor, index)


def cumulative(model: Model) -> Iterator[Asked]:
    """A ladder: each level in turn, on top of those before it."""
    taken: Levels = {}
    for change, place in one_factor(model):
        taken = {**taken, **change}
        yield taken, place


def full_factorial(model: Model) -> Iterator[Asked]:
    """Every combination of the baseline's level and the others of each factor."""
    steps = list(one_factor(model))
    choices = [(None, *(step for step in steps if factor in step[0])) for factor in model.ablate]
    for combination in product(*choices):
        taken = [step for step in combination if step]
        if taken:
            yield {k: v for changes, _ in taken for k, v in changes.items()}, taken[-1][1]


def listed(model: Model) -> Iterator[Asked]:
    """The cells that the study spells out."""
    for index, changes in enumerate(model.cells):
        yield changes, ("cells", index)


RULES: dict[Design, Callable[[Model], Iterator[Asked]]] = {
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

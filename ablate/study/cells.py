"""Cells: the complete choices of levels that a study compares, and the names they go by.

A cell is written `cvt_13` for a model's baseline and `cvt_13[pos_embed=none]` for any other: the
model and the levels in which it differs. Studies, records, dashboards and reports use that one
name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ablate.study.designs import Asked, asked_cells, level_text

if TYPE_CHECKING:
    from ablate.study.schema import Claim, Level, Levels, Study
    from ablate.study.source import Place

FACTOR = re.compile(r",\s*(?![^\[]*\])")
"""A comma between factors, not one within a level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row of the table: a model of the study with `levels` for all that is not its variant."""

    model: str
    levels: Levels
    changes: Levels
    """The levels in which the cell differs from its baseline; empty for the baseline itself."""
    place: Place = ()
    """Where the study asks for it; of a combination, where its last level stands."""
    title: str = ""
    """The name of the group of factors that it leaves out."""

    @property
    def is_baseline(self) -> bool:
        return not self.changes

    @property
    def name(self) -> str:
        return cell_name(self.model, self.changes)


def alone(cell: Named) -> tuple[str, ...]:
    """The names of the cells that have one of its changes each."""
    return tuple(cell_name(cell.model, {name: level}) for name, level in cell.changes.items())


def cells_of(study: Study, name: str) -> tuple[Cell, ...]:
    """The cells of one model by the design of its study, the baseline first and once."""
    model = study.models[name]
    return tuple(
        Cell(
            model=name,
            levels={**model.baseline, **asked.changes},
            changes=asked.changes,
            place=("models", name, *asked.place),
            title=asked.title,
        )
        for asked in (Asked({}, ("baseline",)), *asked_cells(model, study))
    )


def cell_name(model: str, changes: Mapping[str, Level]) -> str:
    """`model[factor=level,…]`, or the bare model for its baseline."""
    inside = ",".join(f"{factor}={level_text(level)}" for factor, level in changes.items())
    return f"{model}[{inside}]" if inside else model


class Named(Protocol):
    """A cell or what became of one."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def changes(self) -> Levels: ...


def deciding(claim: Claim, cells: Sequence[Named]) -> set[str]:
    """The names of the cells whose scores decide a claim."""

    def find(reference: str) -> Named:
        return next(cell for cell in cells if same_cell(reference, cell.name))

    if claim.order:
        return {find(reference).name for reference in claim.ordered}
    cell = find(claim.interaction or claim.contrast or "")
    rival = find(claim.against or cell.model)  # a baseline is called like its model
    names = {cell.name, rival.name}
    return names | set(alone(cell)) if claim.interaction else names


def same_cell(reference: str, name: str) -> bool:
    """Whether a reference typed in a study means the cell called `name`: order is free."""
    return _parts(reference) == _parts(name)


def _parts(reference: str) -> tuple[str, frozenset[str]]:
    model, _, inside = reference.replace(" ", "").partition("[")
    return model, frozenset(FACTOR.split(inside.removesuffix("]")))

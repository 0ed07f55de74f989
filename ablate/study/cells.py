"""Cells: the complete choices of levels that a study compares, and the names they go by.

A cell is written `cvt_13` for a model's baseline and `cvt_13[pos_embed=none]` for any other: the
model and the levels in which it differs. Studies, records, dashboards and reports use that one
name. It is as good as the cell itself: no two cells of a study have the same, and
`ablate.study.references` reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ablate.study.designs import Asked, asked_cells
from ablate.study.references import Identified, Named, Reference, cell_name

if TYPE_CHECKING:
    from ablate.study.schema import Claim, Levels, Study
    from ablate.study.source import Place

One = TypeVar("One", bound=Named)


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


def alone(cell: Identified) -> tuple[Reference, ...]:
    """The cells that have one of its changes each."""
    return tuple(Reference(cell.model, {name: level}) for name, level in cell.changes.items())


def find(reference: Reference, cells: Sequence[One]) -> One:
    """The cell that is meant."""
    return next(cell for cell in cells if reference.means(cell))


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


def deciding(claim: Claim, cells: Sequence[Named]) -> set[str]:
    """The names of the cells whose scores decide a claim."""
    meant = claim.ordered or (claim.cell, claim.rival)
    needed = alone(claim.cell) if claim.interaction else ()
    return {find(one, cells).name for one in (*meant, *needed)}

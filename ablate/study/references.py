"""The names of cells, written and read: `cvt_13[pos_embed=none]`.

Claims and published values refer to cells by them. A reference is read once, into a model and
levels. The order of factors is free, and so is the spelling of a number: `.5` is 0.5. Nothing else
is: `1` is a number and `"1"` a text, as in YAML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, final

from ablate.study.levels import LEVEL, NAME, QUOTED, level_text, read_level

if TYPE_CHECKING:
    from ablate.study.schema import Level, Levels

CHANGE = rf"\s*({NAME})\s*=\s*({LEVEL})\s*"
CELL = re.compile(rf"\s*({NAME})\s*(?:\[({CHANGE}(?:,{CHANGE})*)\]\s*)?")
PART = re.compile(rf"(?:{QUOTED}|[^>\"'])+|[\"']")
"""A part of an order: all up to the next `>` that is not within quotes."""


class Identified(Protocol):
    """Anything that has the identity of a cell."""

    @property
    def model(self) -> str: ...
    @property
    def changes(self) -> Levels: ...


class Named(Identified, Protocol):
    """A cell or what became of one."""

    @property
    def name(self) -> str: ...


@final
@dataclass(frozen=True, slots=True)
class Reference:
    """A cell that is meant, by its model and what it changes."""

    model: str
    changes: Levels

    def __str__(self) -> str:
        return cell_name(self.model, self.changes)

    def means(self, cell: Identified) -> bool:
        """Whether this is the cell: the model and the levels are the same, in whatever order."""
        return self.model == cell.model and _exact(self.changes) == _exact(cell.changes)


def cell_name(model: str, changes: Mapping[str, Level]) -> str:
    """`model[factor=level,…]`, or the bare model for its baseline."""
    inside = ",".join(f"{factor}={level_text(level)}" for factor, level in changes.items())
    return f"{model}[{inside}]" if inside else model


@cache
def read_reference(text: str) -> Reference:
    """The cell that a text means. A text that is none names a model that does not exist."""
    found = CELL.fullmatch(text)
    inside = re.findall(CHANGE, found[2] or "") if found else []
    try:
        changes = {factor: read_level(level) for factor, level in inside}
    except ValueError:
        return Reference(text, {})
    return Reference(found[1] if found and len(changes) == len(inside) else text, changes)


@cache
def read_order(text: str) -> tuple[Reference, ...]:
    """The cells of an order, from the highest to the lowest."""
    return tuple(map(read_reference, PART.findall(text)))


def _exact(changes: Mapping[str, Level]) -> dict[str, str]:
    return {factor: level_text(level) for factor, level in changes.items()}  # True is no 1

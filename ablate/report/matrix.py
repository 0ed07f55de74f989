"""The columns that say what a cell is: a level of each factor, ✓ and ✗ where it is on or off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Column, TableCell
from ablate.report.formatting import MISSING
from ablate.report.labels import NO, YES, change_label, factor_label, level_label
from ablate.study.designs import level_text
from ablate.study.schema import Level

MOST_FACTORS = 5
"""With a column for each of more, the differences would be off the page."""
MOST_TOGGLES = 8
"""The same where all columns are ✓ and ✗."""
OFF = (False, "none", "off")
"""Levels that switch a factor off; 0 is one of them, since it equals False."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column and how to fill it."""

    column: Column
    cell: Callable[[CellResult], TableCell]


def factor_columns(analysis: Analysis) -> Iterator[Field]:
    """A column per factor; of many, one that says what changed; of none, the cell's name."""
    if not analysis.factors:
        title = Column(title="Cell", factor=True)
        yield Field(column=title, cell=lambda cell: TableCell(text=cell.name))
    elif _are_many(analysis):
        title = Column(title="Change", factor=True)
        yield Field(column=title, cell=lambda cell: TableCell(text=change_label(cell, analysis)))
    else:
        switches = toggles(analysis)
        for factor in analysis.factors:
            if len(switches) > 1 and factor in switches:
                yield _toggle(factor, switches[factor], analysis)
            else:
                yield _levels(factor, analysis)


def _are_many(analysis: Analysis) -> bool:
    """Whether factors do without columns of their own: many, and those of a ladder."""
    if len(toggles(analysis)) == len(analysis.factors):
        return len(analysis.factors) > MOST_TOGGLES
    is_ladder = any(cell.added for cell in analysis.cells)
    return len(analysis.factors) > (1 if is_ladder else MOST_FACTORS)


def toggles(analysis: Analysis) -> dict[str, Level]:
    """The factors that are on or off, with the level that is on.

    Not those whose off level has a name of its own in the study: it wants to see that.
    """
    found = {}
    for factor in analysis.factors:
        levels = {cell.levels[factor] for cell in analysis.cells if factor in cell.levels}
        off = [level for level in levels if level in OFF]
        if len(levels) == 2 and len(off) == 1 and level_text(off[0]) not in analysis.labels:
            (found[factor],) = levels.difference(off)
    return found


def _toggle(factor: str, on: Level, analysis: Analysis) -> Field:
    """A column of ✓ and ✗; the title says what is on, unless that is plain."""
    label = factor_label(factor, analysis.labels)
    word = level_label(on, analysis.labels)
    return Field(
        column=Column(
            title=label if word == YES else f"{label} ({word})", align="center", factor=True
        ),
        cell=_shown(factor, lambda level: YES if level == on else NO, analysis),
    )


def _levels(factor: str, analysis: Analysis) -> Field:
    title = factor_label(factor, analysis.labels)
    return Field(
        column=Column(title=title, factor=True),
        cell=_shown(factor, lambda level: level_label(level, analysis.labels), analysis),
    )


def _shown(
    factor: str, words: Callable[[Level], str], analysis: Analysis
) -> Callable[[CellResult], TableCell]:
    """A level in those words, strong where it is changed."""
    several = len(analysis.factors) > 1

    def cell(result: CellResult) -> TableCell:
        if factor not in result.levels:
            return TableCell(text=MISSING)
        changed = factor in result.changes
        return TableCell(text=words(result.levels[factor]), strong=several and changed)

    return cell


def baselines(analysis: Analysis) -> Iterator[str]:
    """`Baseline of CvT-13: Position embedding none, …`, where factors have no columns."""
    if not _are_many(analysis):
        return
    several = len({one.model for one in analysis.cells}) > 1
    for cell in analysis.cells:
        if cell.is_baseline:
            whose = f" of {cell.model_label}" if several else ""
            yield f"Baseline{whose}: {_in_words(cell, analysis)}."


def _in_words(cell: CellResult, analysis: Analysis) -> str:
    return ", ".join(
        f"{factor_label(factor, analysis.labels)} {level_label(level, analysis.labels)}"
        for factor, level in cell.levels.items()
    )

"""The columns that say what a cell is: a level of each factor, ✓ and ✗ where it is on or off."""

from collections.abc import Iterator, Sequence

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Column, TableCell
from ablate.report.formatting import MISSING
from ablate.report.labels import (
    change_label,
    factor_label,
    factor_of,
    factors_by_label,
    level_label,
)
from ablate.report.table import Field, text_column
from ablate.study.labels import NO, YES, level_words
from ablate.study.schema import Level

MOST_FACTORS = 5
"""With a column for each of more, the differences would be off the page."""
MOST_TOGGLES = 8
"""The same where all columns are ✓ and ✗."""
OFF = (False, "none", "off")
"""Levels that switch a factor off; 0 is one of them, since it equals False."""


def factor_columns(analysis: Analysis) -> Iterator[Field[CellResult]]:
    """A column per factor; of many, one that says what changed; of none, the cell's name."""
    if not analysis.factors:
        yield text_column("Cell", lambda cell: cell.name, factor=True)
    elif _are_many(analysis):
        yield text_column("Change", lambda cell: change_label(cell, analysis), factor=True)
    else:
        switches = toggles(analysis)
        switches = switches if len(switches) > 1 else {}
        for title, factors in factors_by_label(analysis).items():
            yield _factor(title, factors, switches.get(factors[0]), analysis)


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
        if len(levels) == 2 and len(off) == 1 and _is_plain(factor, off[0], analysis):
            (found[factor],) = levels.difference(off)
    return found


def _is_plain(factor: str, level: Level, analysis: Analysis) -> bool:
    return level_label(factor, level, analysis) == level_words(level)


def _factor(
    title: str, factors: Sequence[str], on: Level | None, analysis: Analysis
) -> Field[CellResult]:
    """A column of levels, strong where they are changed; of ✓ and ✗ where one level is on.

    The title then says what is on, unless that is plain.
    """
    several = len(factors_by_label(analysis)) > 1

    def entry(cell: CellResult) -> TableCell:
        factor = factor_of(cell, factors, analysis)
        if factor is None:
            return TableCell(text=MISSING)
        level = cell.levels[factor]
        switch = YES if level == on else NO
        words = level_label(factor, level, analysis) if on is None else switch
        return TableCell(text=words, strong=several and factor in cell.changes)

    if on is None:
        return text_column(title, entry, factor=True)
    word = level_label(factors[0], on, analysis)
    title = title if word == YES else f"{title} ({word})"
    return Field(Column(title=title, align="center", factor=True), entry)


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
        f"{factor_label(factor, analysis.labels)} {level_label(factor, level, analysis)}"
        for factor, level in cell.levels.items()
    )

"""The table of what is measured beside the study's metric."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ablate.analysis.findings import MoreMetric, MoreScore
from ablate.analysis.model import Analysis, CellResult
from ablate.analysis.verdicts import ALPHA
from ablate.report.blocks import Column, Group, Row, Table, TableCell
from ablate.report.formatting import MISSING, difference, score_of_cell, share, units
from ablate.report.labels import BASELINE, change_label


def more_table(analysis: Analysis) -> Iterator[Table]:
    """One row per cell, two columns per metric; nothing where there is but one metric."""
    if not analysis.more:
        return
    columns = [Column(title="Change", factor=True)]
    for one in analysis.more:
        columns += [_number(f"{one.metric.label} ({one.metric.unit})"), _number("Difference")]
    groups = groupby(analysis.cells, key=lambda cell: cell.model)
    yield Table(
        caption=_caption(analysis),
        columns=tuple(columns),
        groups=tuple(
            Group(label=cells[0].model_label, rows=tuple(_row(cell, analysis) for cell in cells))
            for cells in (tuple(group) for _, group in groups)
        ),
    )


def _number(title: str) -> Column:
    return Column(title=title, align="right")


def _row(cell: CellResult, analysis: Analysis) -> Row:
    label = change_label(cell, analysis)
    found = [part for one in analysis.more for part in _cells(cell, one)]
    return Row(label=label, cells=(TableCell(text=label), *found), baseline=cell.is_baseline)


def _cells(cell: CellResult, one: MoreMetric) -> tuple[TableCell, TableCell]:
    score = next(score for score in one.scores if score.cell == cell.name)
    own = TableCell(text=score_of_cell(score.estimate, cell.planned, one.metric))
    return own, _difference(score, one) if not cell.is_baseline else TableCell(text=BASELINE)


def _difference(score: MoreScore, one: MoreMetric) -> TableCell:
    if score.difference is None:
        return TableCell(text=MISSING)
    clear = score.p_adjusted is not None and score.p_adjusted <= ALPHA
    return TableCell(text=difference(score.difference, one.metric), strong=clear)


def _caption(analysis: Analysis) -> str:
    told = [
        f"{one.metric.label} in {units(one.metric)} on the {one.metric.split} split, where "
        f"{one.metric.direction} is better"
        for one in analysis.more
    ]
    return (
        f"Measured besides, and judging no claim: {'; '.join(told)}. Mean ± standard deviation "
        f"(number of seeds), and differences from the baseline with {share(analysis.confidence)} "
        "t-intervals; bold marks p ≤ 0.05, adjusted over the differences of each (Holm)."
    )

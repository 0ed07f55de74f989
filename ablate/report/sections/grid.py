"""Scores by the levels of two factors, where two are all there are."""

from collections.abc import Iterator

from ablate.analysis.findings import Grid
from ablate.analysis.model import Analysis
from ablate.report.blocks import Table
from ablate.report.formatting import MISSING, score_of_cell
from ablate.report.labels import factor_label, level_label, levels_label, model_label
from ablate.report.table import Field, build_table, number_column, text_column
from ablate.study.schema import Level

Line = tuple[Grid, Level]
"""A level of the first factor in the grid of a model."""


def grid(analysis: Analysis) -> Iterator[Table]:
    """The first factor down, the second across, grouped by model."""
    if len(analysis.factors) != 2 or not analysis.grids:
        return
    first, second = analysis.factors
    down, across = (factor_label(factor, analysis.labels) for factor in (first, second))
    levels = dict.fromkeys(p.levels[second] for one in analysis.grids for p in one.points)
    yield build_table(
        [
            (one, level)
            for one in analysis.grids
            for level in dict.fromkeys(point.levels[first] for point in one.points)
        ],
        [
            text_column(down, lambda line: level_label(first, line[1], analysis), factor=True),
            *(_column(second, level, analysis) for level in levels),
        ],
        name="grid",
        caption=(
            f"{down} by {across}: {analysis.metric.label} in {analysis.metric.unit}, "
            "mean ± standard deviation (number of seeds)."
        ),
        group=lambda line: line[0].model,
        heading=lambda lines: model_label(lines[0][0].model, analysis),
    )


def _column(factor: str, level: Level, analysis: Analysis) -> Field[Line]:
    def score(line: Line) -> str:
        grid, row = line
        here = {grid.factors[0]: row, factor: level}
        found = (point.estimate for point in grid.points if point.levels == here)
        estimate = next(found, None)
        if estimate is None:
            return MISSING
        return score_of_cell(estimate, len(analysis.seeds), analysis.metric)

    return number_column(levels_label({factor: level}, analysis), score)

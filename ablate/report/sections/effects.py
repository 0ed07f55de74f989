"""How a factorial study tells its main effects and interactions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ablate.analysis.findings import Effect, Grid
from ablate.analysis.model import Analysis
from ablate.analysis.verdicts import ALPHA
from ablate.report.blocks import Column, Group, Row, Table, TableCell
from ablate.report.formatting import (
    MISSING,
    count,
    difference,
    p_text,
    score_of_cell,
    share,
    units,
)
from ablate.report.labels import factor_label, level_label, levels_label
from ablate.report.numbers import of_difference, of_p
from ablate.study.cells import cell_name
from ablate.study.schema import Level, Levels


def effects_table(analysis: Analysis) -> Table:
    """One row per effect, grouped by model."""
    mixed = any(effect.aliases for effect in analysis.effects)
    titles = ["Effect", f"Difference [{share(analysis.confidence)}]", "p"]
    columns = [Column(title=titles[0], factor=True)]
    columns += [Column(title=title, align="right") for title in titles[1:]]
    columns += [Column(title="Cannot be told from")] if mixed else []
    groups = groupby(analysis.effects, key=lambda effect: effect.model)
    return Table(
        caption=_caption(analysis),
        columns=tuple(columns),
        groups=tuple(
            Group(
                label=_model(model, analysis),
                rows=tuple(_row(effect, analysis, mixed) for effect in effects),
            )
            for model, effects in groups
        ),
    )


def grid_table(analysis: Analysis) -> Table | None:
    """Rows by columns, where two factors are all there are."""
    if len(analysis.factors) != 2 or not analysis.grids:
        return None
    first, second = analysis.factors
    columns = dict.fromkeys(p.levels[second] for grid in analysis.grids for p in grid.points)
    titles = [levels_label({second: level}, analysis) for level in columns]
    return Table(
        caption=(
            f"{factor_label(first, analysis.labels)} by {factor_label(second, analysis.labels)}: "
            f"{analysis.metric.label} in {analysis.metric.unit}, mean ± standard deviation "
            "(number of seeds)."
        ),
        columns=(
            Column(title=factor_label(first, analysis.labels), factor=True),
            *(Column(title=title, align="right") for title in titles),
        ),
        groups=tuple(
            Group(
                label=_model(grid.model, analysis),
                rows=tuple(_grid_rows(grid, tuple(columns), analysis)),
            )
            for grid in analysis.grids
        ),
    )


def _grid_rows(grid: Grid, columns: tuple[Level, ...], analysis: Analysis) -> Iterator[Row]:
    first, second = grid.factors
    scores = {
        (point.levels[first], point.levels[second]): score_of_cell(
            point.estimate, len(analysis.seeds), analysis.metric
        )
        for point in grid.points
    }
    for level in dict.fromkeys(row for row, _ in scores):
        name = level_label(level, analysis.labels)
        texts = [name, *(scores.get((level, column), MISSING) for column in columns)]
        yield Row(label=name, cells=tuple(TableCell(text=text) for text in texts))


def sums(analysis: Analysis) -> tuple[str, ...]:
    """For each model, whether its changes add up."""
    return tuple(_sum(effect, analysis) for effect in analysis.sums)


def _sum(effect: Effect, analysis: Analysis) -> str:
    d, model = effect.difference, _model(effect.model, analysis)
    size = difference(d, analysis.metric, units(analysis.metric))
    seeds = count(d.n, "seed")
    if d.p is not None and d.p <= ALPHA:
        return (
            f"The changes of {model} do not add up: all at once differ by {size} over {seeds} "
            "from the sum of what they do one by one."
        )
    return (
        f"As far as {seeds} can tell, the changes of {model} add up: all at once differ by {size} "
        "from the sum of what they do one by one."
    )


def _row(effect: Effect, analysis: Analysis, mixed: bool) -> Row:
    d = effect.difference
    clear = effect.p_adjusted is not None and effect.p_adjusted <= ALPHA
    cells = [
        TableCell(text=_label(effect.changes, analysis)),
        TableCell(
            text=difference(d, analysis.metric),
            strong=clear,
            numbers=of_difference(d, analysis.metric),
        ),
        TableCell(text=p_text(effect.p_adjusted), numbers=of_p(effect.p_adjusted)),
    ]
    if mixed:
        cells.append(TableCell(text="; ".join(_label(alias, analysis) for alias in effect.aliases)))
    key = f"effect {cell_name(effect.model, effect.changes)}"
    return Row(label=cells[0].text, cells=tuple(cells), key=key)


def _label(changes: Levels, analysis: Analysis) -> str:
    """`Token embedding: patch × Position embedding: none`."""
    return " × ".join(
        f"{factor_label(factor, analysis.labels)}: {level_label(level, analysis.labels)}"
        for factor, level in changes.items()
    )


def _model(name: str, analysis: Analysis) -> str:
    return next(cell.model_label for cell in analysis.cells if cell.model == name)


def _caption(analysis: Analysis) -> str:
    n = len(analysis.effects)
    family = f" and adjusted for {n} effects (Holm)" if n > 1 else ""
    return (
        "Main effects are what a level does on average over the settings of the other factors; "
        "an interaction (×) is how much more one does with the other than without it. In "
        f"{units(analysis.metric)}, seed by seed, with {share(analysis.confidence)} t-intervals; "
        f"p is two-sided{family}, and bold marks p ≤ 0.05."
    )

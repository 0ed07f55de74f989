"""Robustness beyond the t-interval over seeds: other images, tests and metrics."""

from collections.abc import Callable, Iterator

from ablate.analysis.findings import MoreMetric
from ablate.analysis.model import Analysis, CellResult, Contrast
from ablate.report.blocks import Block, Details, Table, TableCell
from ablate.report.formatting import (
    MISSING,
    difference_decimals,
    interval,
    p_text,
    score_of_cell,
    share,
    units,
)
from ablate.report.labels import BASELINE, change_label, full_label
from ablate.report.numbers import difference_cell
from ablate.report.sections._families import intervals
from ablate.report.table import Field, build_table, number_column, text_column
from ablate.study.metrics import Metric

Compared = tuple[CellResult, Contrast]
Bounds = tuple[float | None, float | None]


def robustness(analysis: Analysis) -> Iterator[Block]:
    """A table that opens and a table of further metrics, each where there is anything to tell."""
    contrasts = [cell.contrast for cell in analysis.cells if cell.contrast]
    if any(one.test_set or one.p_exact is not None for one in contrasts):
        table = _intervals_table(analysis)
        yield Details(summary="Other intervals and tests", table=table, file="results.csv")
    if analysis.more:
        yield _metrics_table(analysis)


def _intervals_table(analysis: Analysis) -> Table:
    """Every interval and test of each difference."""
    rows = [(cell, cell.contrast) for cell in analysis.cells if cell.contrast]
    images = any(contrast.test_set for _, contrast in rows)
    exact = any(contrast.p_exact is not None for _, contrast in rows)
    return build_table(
        rows,
        [
            text_column("Change", lambda row: full_label(row[0], analysis), factor=True),
            *_intervals(analysis.metric, images),
            number_column("p", lambda row: p_text(row[1].p_adjusted)),
            *([number_column("p, exact", lambda row: p_text(row[1].p_exact))] if exact else []),
        ],
        name="intervals",
        caption=_intervals_caption(analysis, images, exact),
    )


def _intervals(metric: Metric, images: bool) -> Iterator[Field[Compared]]:
    def column(title: str, bounds: Callable[[Contrast], Bounds | None]) -> Field[Compared]:
        def entry(row: Compared) -> str:
            low, high = bounds(row[1]) or (None, None)
            return interval(low, high, difference_decimals(row[1].difference, metric)) or MISSING

        return number_column(title, entry)

    yield column("Over seeds", lambda one: (one.difference.low, one.difference.high))
    if images:
        yield column(
            "Over test images", lambda one: one.test_set.over_images if one.test_set else None
        )
        yield column("Over both", lambda one: one.test_set.over_both if one.test_set else None)


def _intervals_caption(analysis: Analysis, images: bool, exact: bool) -> str:
    others = (
        "; over test images, with the trained networks as they are; over both, as if seeds and "
        "test images were drawn anew"
    )
    test = "; “p, exact” is from the sign-flip test and not adjusted"
    return (
        f"{share(analysis.confidence)} intervals of the differences in {units(analysis.metric)}: "
        f"over seeds, as in the table of results{others if images else ''}. p is from the paired "
        f"t-test, adjusted for all comparisons{test if exact else ''}."
    )


def _how(analysis: Analysis) -> str:
    return " and for looks (Bonferroni)" if analysis.adaptive else " (Holm)"


def _metrics_table(analysis: Analysis) -> Table:
    """One row per cell, two columns for each further metric."""
    return build_table(
        analysis.cells,
        [
            text_column("Change", lambda cell: change_label(cell, analysis), factor=True),
            *(field for one in analysis.more for field in _metric(one)),
        ],
        name="metrics",
        caption=_metrics_caption(analysis),
        group=lambda cell: cell.model,
        heading=lambda cells: cells[0].model_label,
        baseline=lambda cell: cell.is_baseline,
    )


def _metric(one: MoreMetric) -> Iterator[Field[CellResult]]:
    scores = {score.cell: score for score in one.scores}

    def difference(cell: CellResult) -> TableCell:
        if cell.is_baseline:
            return TableCell(text=BASELINE)
        score = scores[cell.name]
        return difference_cell(score.difference, one.metric, clear=score.clear)

    yield number_column(
        f"{one.metric.label} ({one.metric.unit})",
        lambda cell: score_of_cell(scores[cell.name].estimate, cell.planned, one.metric),
    )
    yield number_column("Difference", difference)


def _metrics_caption(analysis: Analysis) -> str:
    metrics = "; ".join(
        f"{one.metric.label} in {units(one.metric)} on the {one.metric.split} split, where "
        f"{one.metric.direction} is better"
        for one in analysis.more
    )
    return (
        f"Further metrics, which decide no claim: {metrics}; all at {analysis.metric.epoch} "
        f"by {analysis.metric.label}. Mean ± standard deviation (number of seeds), and differences "
        f"from the baseline with {intervals(analysis)}; bold marks p ≤ 0.05, "
        f"adjusted over the differences in each metric{_how(analysis)}."
    )

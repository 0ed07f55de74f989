"""The table of results, as a paper prints it: one row per cell, grouped by model."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from ablate.analysis.model import Analysis, CellResult, ClaimResult
from ablate.report.blocks import Block, Heading, TableCell
from ablate.report.formatting import (
    MISSING,
    deviation,
    macs,
    mean_score,
    parameters,
    published,
    score_of_cell,
    seconds,
    share,
    throughput,
    units,
)
from ablate.report.labels import BASELINE, change_label
from ablate.report.numbers import difference_cell, named_cell, p_cell
from ablate.report.sections._columns import baselines, factor_columns
from ablate.report.sections._families import adjusted, intervals
from ablate.report.sections._footnotes import about_difference, missing_seeds
from ablate.report.table import Field, build_table, number_column, text_column
from ablate.study.metrics import Metric


def results(analysis: Analysis) -> Iterator[Block]:
    """The levels, costs and scores of each cell, and its difference from the baseline."""
    yield Heading(text="Results")
    yield build_table(
        analysis.cells,
        [
            *factor_columns(analysis),
            *_costs(analysis),
            *_scores(analysis),
            *_published(analysis),
            _single("Time per run", lambda c: seconds(c.train_s), short="Time", essential=False),
        ],
        name="results",
        caption=" ".join(_caption(analysis)),
        group=lambda cell: cell.model,
        heading=lambda cells: cells[0].model_label,
        detail=_what_was_trained,
        label=partial(change_label, analysis=analysis),
        baseline=lambda cell: cell.is_baseline,
        key=lambda cell: cell.name,
    )


def _what_was_trained(cells: Sequence[CellResult]) -> str:
    """`cvt-8px, in place of cvt-13`; where the variant is the factor, each cell's own."""
    pairs = {(cell.trained_variant, cell.asked_variant) for cell in cells}
    if len(pairs) > 1:
        return ", ".join(dict.fromkeys(cell.trained_variant for cell in cells))
    ((trained, asked),) = pairs
    return f"{trained}, in place of {asked}" if trained != asked else trained


def _single(title: str, entry: Callable[[CellResult], str], **more: Any) -> Field[CellResult]:
    """A column of single numbers, which are called what the column is called."""
    return number_column(title, lambda cell: named_cell(entry(cell), title), **more)


def _costs(analysis: Analysis) -> Iterator[Field[CellResult]]:
    """The costs of a cell before it is trained."""
    yield _single("Parameters", lambda c: parameters(c.parameters), short="Size", essential=False)
    # Records of long ago have neither. Where nothing has finished yet the columns stand empty, so
    # that the names of their numbers in a paper are there from the beginning.
    begun = any(cell.scores for cell in analysis.cells)
    if not begun or any(cell.macs is not None for cell in analysis.cells):
        yield _single("MACs", lambda cell: macs(cell.macs), essential=False)
    if not begun or any(cell.speed is not None for cell in analysis.cells):
        yield _single("Images/s", lambda cell: throughput(cell.speed), essential=False)


def _scores(analysis: Analysis) -> Iterator[Field[CellResult]]:
    """The metric, and what follows from it."""
    metric, level = analysis.metric, share(analysis.confidence)
    yield number_column(
        f"{metric.label} ({metric.unit})",
        partial(_score, metric=metric),
        footnote=missing_seeds,
    )
    if any(not cell.is_baseline for cell in analysis.cells):
        yield number_column(
            f"Difference [{level}]",
            partial(_difference, metric=metric),
            short="Difference",
            footnote=partial(about_difference, analysis=analysis),
        )
        yield number_column("p", _p)
    if verdicts := _verdicts(analysis):
        yield text_column("Verdict", lambda cell: verdicts.get(cell.name, ""), essential=False)
    if any(cell.step for cell in analysis.cells):
        entry = partial(_step, metric=metric)
        yield number_column(f"Step [{level}]", entry, short="Step", essential=False)


def _score(cell: CellResult, metric: Metric) -> TableCell:
    """`97.9 ± 0.4 (5)`."""
    mean, sd = mean_score(cell.estimate, metric), deviation(cell.estimate, metric)
    numbers = {"score": mean, "sd": sd, "n": str(cell.estimate.n)}
    return TableCell(text=score_of_cell(cell.estimate, cell.planned, metric), numbers=numbers)


def _difference(cell: CellResult, metric: Metric) -> TableCell:
    if cell.is_baseline:
        return TableCell(text=BASELINE)
    if cell.contrast is None:
        return difference_cell(None, metric)
    return difference_cell(cell.contrast.difference, metric, clear=cell.contrast.clear)


def _p(cell: CellResult) -> TableCell:
    if cell.is_baseline:
        return TableCell(text="")
    return p_cell(cell.contrast.p_adjusted if cell.contrast else None)


def _verdicts(analysis: Analysis) -> dict[str, str]:
    """Cell → the verdicts on the claims about it; orders are about no single one."""
    found: dict[str, list[str]] = {}
    for claim in analysis.claims:
        if claim.kind != "order":
            found.setdefault(claim.cell, []).append(_called(claim))
    return {name: ", ".join(dict.fromkeys(verdicts)) for name, verdicts in found.items()}


def _called(claim: ClaimResult) -> str:
    return f"{claim.verdict} (exploratory)" if claim.exploratory else claim.verdict.value


def _step(cell: CellResult, metric: Metric) -> TableCell:
    """The difference from the row before."""
    if cell.step is None:
        return TableCell(text="" if cell.is_baseline else MISSING)
    return difference_cell(cell.step.difference, metric, clear=cell.step.clear, which="step ")


def _published(analysis: Analysis) -> Iterator[Field[CellResult]]:
    """The paper's scores and differences, where it has any, below a head that they share."""
    metric = analysis.papers_metric or analysis.metric
    if any(cell.published is not None for cell in analysis.cells):
        yield _single(
            f"Paper's {metric.label}",
            lambda cell: published(cell.published, metric),
            short="Paper",
            essential=False,
            over="Paper",
            under=metric.label,
        )
    if any(cell.contrast and cell.contrast.published is not None for cell in analysis.cells):
        entry = partial(_published_difference, metric=metric)
        heads = {"short": "Paper Δ", "over": "Paper", "under": "Difference"}
        yield _single("Paper's difference", entry, **heads)


def _published_difference(cell: CellResult, metric: Metric) -> str:
    if cell.is_baseline:
        return ""
    return published(cell.contrast.published if cell.contrast else None, metric, sign=True)


def _caption(analysis: Analysis) -> Iterator[str]:
    """The meaning of the columns, as far as they are there."""
    metric = analysis.metric
    alone = all(cell.estimate.n <= 1 for cell in analysis.cells) and len(analysis.seeds) == 1
    score_is = "one run" if alone else "mean ± standard deviation"
    turned = ", where lower is better," if metric.direction == "lower" else ""
    yield (
        f"{metric.label} in {metric.unit}{turned} on the {metric.split} split, at {metric.epoch}:"
        f" {score_is} (number of seeds)."
    )
    if contrasts := sum(cell.contrast is not None for cell in analysis.cells):
        yield (
            f"Differences from the model's baseline, in {units(metric)}, are paired by seed"
            + ("; one seed has no interval and no p." if alone else _tests(contrasts, analysis))
        )
    if _verdicts(analysis):
        yield "Verdicts are those on the study's claims."
    if steps := sum(cell.step is not None for cell in analysis.cells):
        family = adjusted(steps, "steps", analysis)
        yield f"Steps are differences from the row above{family and f', with p {family}'}."
    if any(cell.speed for cell in analysis.cells):
        yield (
            "Images/s: mean ± standard deviation (number of runs), each network timed alone after "
            "all runs."
        )
    if any(cell.train_s for cell in analysis.cells):
        yield "Times per run are as they were beside other runs, and compare no cells."
    if any(cell.published is not None for cell in analysis.cells):
        where = f", {analysis.paper.table}" if analysis.paper and analysis.paper.table else ""
        yield f"Paper: the published values{where}{_in_another_metric(analysis)}."
    yield from baselines(analysis)


def _in_another_metric(analysis: Analysis) -> str:
    theirs = analysis.papers_metric
    if theirs is None:
        return ""
    return (
        f", in another metric than ours, {theirs.label} ({theirs.unit}), where {theirs.direction} "
        "is better"
    )


def _tests(contrasts: int, analysis: Analysis) -> str:
    family = adjusted(contrasts, "comparisons", analysis, analysis.adjustment.capitalize())
    family = f" and {family}" if family else ""
    return f", with {intervals(analysis)}; p is two-sided{family}, and bold marks p ≤ 0.05."

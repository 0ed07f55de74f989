"""The two tables: results as a paper prints them, and every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

from ablate.analysis.model import Analysis, CellResult, RunRow
from ablate.analysis.verdicts import ALPHA
from ablate.report.blocks import Column, Footnote, Group, Number, Row, Table, TableCell
from ablate.report.formatting import (
    MISSING,
    count,
    decimals,
    difference,
    macs,
    p_text,
    parameters,
    published,
    score,
    score_of_cell,
    seconds,
    share,
    throughput,
    units,
)
from ablate.report.labels import (
    BASELINE,
    change_label,
    join_words,
    state_words,
)
from ablate.report.matrix import Field, baselines, factor_columns
from ablate.report.moved import moved
from ablate.report.numbers import of_difference, of_p, of_score
from ablate.report.sections.answer import is_clear


def results(analysis: Analysis) -> Table:
    """One row per cell, grouped by model."""
    notes = Footnotes(analysis)
    fields = [*factor_columns(analysis), *_measures(analysis, notes)]
    groups = groupby(analysis.cells, key=lambda cell: cell.model)
    return Table(
        caption=_caption(analysis),
        columns=tuple(field.column for field in fields),
        groups=tuple(_group(tuple(cells), fields, analysis) for _, cells in groups),
        footnotes=notes.all,
    )


def _group(cells: tuple[CellResult, ...], fields: list[Field], analysis: Analysis) -> Group:
    return Group(
        label=cells[0].model_label,
        detail=_what_was_trained(cells),
        rows=tuple(
            Row(
                label=change_label(cell, analysis),
                cells=tuple(field.cell(cell) for field in fields),
                baseline=cell.is_baseline,
                key=cell.name,
            )
            for cell in cells
        ),
    )


def _what_was_trained(cells: tuple[CellResult, ...]) -> str:
    """`cvt-8px, in place of cvt-13`; where the variant is the factor, each cell's own."""
    pairs = {(cell.trained_variant, cell.asked_variant) for cell in cells}
    if len(pairs) > 1:
        return ", ".join(dict.fromkeys(cell.trained_variant for cell in cells))
    ((trained, asked),) = pairs
    return f"{trained}, in place of {asked}" if trained != asked else trained


def _measures(analysis: Analysis, notes: Footnotes) -> Iterator[Field]:
    metric = analysis.metric

    def own(cell: CellResult) -> TableCell:
        text = score_of_cell(cell.estimate, cell.planned, metric)
        note = notes.mark(_lacking(cell))
        return TableCell(text=text, note=note, numbers=of_score(cell.estimate, metric))

    def contrast(cell: CellResult) -> TableCell:
        return _difference(cell, analysis, notes.mark(_beside(cell, analysis)))

    yield from _sizes(analysis)
    yield Field(column=_column(f"{metric.label} ({metric.unit})"), cell=own)
    if any(not cell.is_baseline for cell in analysis.cells):
        title = f"Difference [{share(analysis.confidence)}]"
        yield Field(column=_column(title, "Difference"), cell=contrast)
        yield Field(column=_column("p"), cell=_p)
    verdicts = _verdicts(analysis)
    if verdicts:
        column = Column(title="Verdict", essential=False)
        yield Field(column=column, cell=lambda c: TableCell(text=verdicts.get(c.name, "")))
    if any(cell.step for cell in analysis.cells):
        title = f"Step [{share(analysis.confidence)}]"
        yield Field(
            column=_column(title, "Step", essential=False), cell=lambda cell: _step(cell, analysis)
        )
    yield from _paper(analysis)
    yield _field("Time per run", lambda c: seconds(c.train_s), "Time", essential=False)


def _verdicts(analysis: Analysis) -> dict[str, str]:
    """Cell → what became of the claims about it; orders are about no single one."""
    found: dict[str, list[str]] = {}
    for claim in analysis.claims:
        if claim.kind != "order":
            found.setdefault(claim.cell, []).append(claim.verdict.value)
    return {name: ", ".join(dict.fromkeys(verdicts)) for name, verdicts in found.items()}


def _sizes(analysis: Analysis) -> Iterator[Field]:
    """What a cell costs without being trained."""
    yield _field("Parameters", lambda c: parameters(c.parameters), "Size", essential=False)
    # Records of long ago have neither. Where nothing has finished yet the columns stand empty, so
    # that the names of their numbers in a paper are there from the beginning.
    begun = any(cell.scores for cell in analysis.cells)
    if not begun or any(cell.macs is not None for cell in analysis.cells):
        yield _field("MACs", lambda c: macs(c.macs), essential=False)
    if not begun or any(cell.images_per_s is not None for cell in analysis.cells):
        yield _field("Images/s", lambda c: throughput(c.images_per_s), essential=False)


def _paper(analysis: Analysis) -> Iterator[Field]:
    metric = analysis.metric
    if any(cell.published is not None for cell in analysis.cells):
        field = _field(
            f"Paper's {metric.label}",
            lambda c: published(c.published, metric),
            "Paper",
            essential=False,
        )
        yield _below("Paper", metric.label, field)
    if any(cell.contrast and cell.contrast.published is not None for cell in analysis.cells):
        field = _field("Paper's difference", lambda c: _published(c, analysis), "Paper Δ")
        yield _below("Paper", "Difference", field)


def _below(over: str, under: str, field: Field) -> Field:
    """The column below a head that it shares."""
    return replace(field, column=replace(field.column, over=over, under=under))


def _field(
    title: str,
    text: Callable[[CellResult], str],
    short: str = "",
    *,
    essential: bool = True,
) -> Field:
    """A column of single numbers, which are called what the column is called."""

    def cell(result: CellResult) -> TableCell:
        found = text(result)
        return TableCell(text=found, numbers=(Number(name=title, text=found),) if found else ())

    return Field(column=_column(title, short, essential=essential), cell=cell)


def _column(title: str, short: str = "", *, essential: bool = True) -> Column:
    return Column(title=title, align="right", short=short, essential=essential)


def _difference(cell: CellResult, analysis: Analysis, note: str) -> TableCell:
    if cell.is_baseline:
        return TableCell(text=BASELINE)
    d = cell.contrast.difference if cell.contrast else None
    text = difference(d, analysis.metric) if d else MISSING
    numbers = of_difference(d, analysis.metric)
    return TableCell(text=text, strong=is_clear(cell), note=note, numbers=numbers)


def _step(cell: CellResult, analysis: Analysis) -> TableCell:
    """What the row does on top of the row before."""
    if cell.is_baseline:
        return TableCell(text="")
    if cell.step is None:
        return TableCell(text=MISSING)
    clear = cell.step.p_adjusted is not None and cell.step.p_adjusted <= ALPHA
    d = cell.step.difference
    text, numbers = difference(d, analysis.metric), of_difference(d, analysis.metric, "step ")
    return TableCell(text=text, strong=clear, numbers=numbers)


def _p(cell: CellResult) -> TableCell:
    if cell.is_baseline:
        return TableCell(text="")
    p = cell.contrast.p_adjusted if cell.contrast else None
    return TableCell(text=p_text(p), numbers=of_p(p))


def _published(cell: CellResult, analysis: Analysis) -> str:
    if cell.is_baseline:
        return ""
    value = cell.contrast.published if cell.contrast else None
    return published(value, analysis.metric, sign=True)


def _caption(analysis: Analysis) -> str:
    """What stands in the columns, as far as they are there."""
    metric = analysis.metric
    alone = all(cell.estimate.n <= 1 for cell in analysis.cells) and len(analysis.seeds) == 1
    score_is = "one run" if alone else "mean ± standard deviation"
    parts = [
        f"{metric.label} in {metric.unit} on the {metric.split} split, at {metric.epoch}:"
        f" {score_is} (number of seeds)."
    ]
    contrasts = sum(cell.contrast is not None for cell in analysis.cells)
    if contrasts:
        interval = f"with {share(analysis.confidence)} t-intervals"
        tests = f"p is two-sided{_family(contrasts, analysis)}, and bold marks p ≤ 0.05"
        parts.append(
            f"Differences from the model's baseline, in {units(metric)}, are paired by seed"
            + ("; one seed has no interval and no p." if alone else f", {interval}; {tests}.")
        )
    if _verdicts(analysis):
        parts.append("Verdicts are of the study's claims.")
    steps = sum(cell.step is not None for cell in analysis.cells)
    if steps:
        parts.append(f"Steps are from the row before{_steps(steps)}.")
    if any(cell.published is not None for cell in analysis.cells):
        parts.append(f"Paper: {_paper_words(analysis)}.")
    parts += baselines(analysis)
    return " ".join(parts)


def _family(contrasts: int, analysis: Analysis) -> str:
    how = analysis.adjustment.capitalize()
    return f" and adjusted for {contrasts} comparisons ({how})" if contrasts > 1 else ""


def _steps(steps: int) -> str:
    return f", their p adjusted for {steps} steps (Holm)" if steps > 1 else ""


def _paper_words(analysis: Analysis) -> str:
    where = analysis.paper.table if analysis.paper and analysis.paper.table else ""
    return f"the published values, {where}" if where else "the published values"


class Footnotes:
    """What a table says below itself: first which runs are missing, then what moved along.

    Cells with the same to say share a note.
    """

    def __init__(self, analysis: Analysis) -> None:
        texts = [_lacking(cell) for cell in analysis.cells]
        texts += [_beside(cell, analysis) for cell in analysis.cells if cell.contrast]
        distinct = dict.fromkeys(text for text in texts if text)
        self.marks = {text: _mark(position) for position, text in enumerate(distinct)}

    @property
    def all(self) -> tuple[Footnote, ...]:
        return tuple(Footnote(mark=mark, text=text) for text, mark in self.marks.items())

    def mark(self, text: str) -> str:
        """The mark of a note; nothing if there is nothing to say."""
        return self.marks.get(text, "")


def _lacking(cell: CellResult) -> str:
    """`4 of 5 seeds: 1 diverged.`; nothing if nothing is missing."""
    if not cell.missing:
        return ""
    states = Counter(state_words(missing.state) for missing in cell.missing)
    fates = join_words(f"{times} {state}" for state, times in states.items())
    return f"{cell.estimate.n} of {cell.planned} seeds: {fates}."


def _beside(cell: CellResult, analysis: Analysis) -> str:
    """What is to be known of a difference: other seeds than one would think, and what moved."""
    return f"{_compared(cell)} {moved(cell, analysis)}".strip()


def _compared(cell: CellResult) -> str:
    """Which seeds, where they are not simply those of the score."""
    d = cell.contrast.difference if cell.contrast else None
    if d is None or (d.others is None and d.n == cell.estimate.n):
        return ""
    if d.others is None:
        return f"Over the {count(d.n, 'seed')} that both have."
    return f"Unpaired: {count(d.n, 'seed')} against {count(d.others, 'other')} (Welch)."


def _mark(position: int) -> str:
    """a, b, …, z, aa, ab, …"""
    more, letter = divmod(position, 26)
    return (_mark(more - 1) if more else "") + chr(ord("a") + letter)


def runs(analysis: Analysis) -> Table:
    """One row per trial, for provenance."""
    columns = (
        Column(title="Cell", code=True),
        Column(title="Seed", align="right"),
        Column(title="State"),
        Column(title=f"{analysis.metric.label} ({analysis.metric.unit})", align="right"),
        Column(title="Best epoch", align="right"),
        Column(title="Time", align="right"),
        Column(title="Signature", code=True),
        Column(title="Remark"),
    )
    rows = tuple(_run(row, analysis) for row in analysis.runs)
    return Table(columns=columns, groups=(Group(rows=rows),))


def _run(row: RunRow, analysis: Analysis) -> Row:
    texts = (
        row.cell,
        str(row.seed),
        state_words(row.state),
        _run_score(row, analysis),
        MISSING if row.best_epoch is None else str(row.best_epoch),
        seconds(row.train_s),
        row.signature,
        _remark(row),
    )
    return Row(cells=tuple(TableCell(text=text) for text in texts))


def _run_score(row: RunRow, analysis: Analysis) -> str:
    """A single run's score in full: two decimals tell one image of ten thousand."""
    if row.score is None:
        return MISSING
    metric = analysis.metric
    places = 2 if metric.unit == "%" else decimals(None, row.score, metric)
    return score(row.score, places, metric)


def _remark(row: RunRow) -> str:
    parts = [row.cause] if row.cause else []
    if row.stale:
        parts.append(f"stale: {join_words(row.stale)} changed")
    return "; ".join(parts)

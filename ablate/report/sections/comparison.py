"""How two analyses are told beside each other: the answer, the table, and what is not alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pydantic import TypeAdapter

from ablate.analysis.compare import CellPair, Comparison
from ablate.analysis.model import Analysis, CellResult, Verdict
from ablate.report.blocks import (
    Block,
    Column,
    Footnote,
    Group,
    Heading,
    Notes,
    Paragraph,
    Report,
    Row,
    Table,
    TableCell,
)
from ablate.report.build import source
from ablate.report.changes import answer
from ablate.report.clean import clean
from ablate.report.formatting import (
    MISSING,
    count,
    difference,
    mean_of,
    p_text,
    score_of_cell,
    share,
    units,
)
from ablate.report.labels import (
    BASELINE,
    change_label,
    factor_label,
    join_words,
    seeds_label,
)
from ablate.report.sections.answer import is_clear
from ablate.report.unlike import unlike

OTHER_SEEDS = "Not the same seeds: the interval is Welch's."


def build_comparison(comparison: Comparison) -> Report:
    """The answer first; then cell by cell, claim by claim, and what else differs."""
    comparison = clean(comparison)
    a, b = comparison.a, comparison.b
    settings = dict.fromkeys(side.setting_title or side.setting for side in (a, b))
    return Report(
        name=f"{b.study} · comparison",
        title=b.title or b.study,
        question=b.question or "",
        setting=" · ".join(settings),
        source=source(b.paper) if b.paper else None,
        blocks=tuple(_blocks(comparison)),
    )


def folder_name(comparison: Comparison) -> Path:
    """`pos_embedding/compare-digits-digits_shifted`.

    A file that was read from elsewhere may call its study `../..`: only letters, digits, lines and
    dots inside a name stay.
    """
    a, b = comparison.a, comparison.b
    settings = dict.fromkeys((a.setting, b.setting))
    parts = (b.study, "-".join(["compare", *settings]))
    return Path(*(re.sub(r"[^\w.-]|^\.+", "_", part, flags=re.ASCII) for part in parts))


def comparison_json(comparison: Comparison) -> str:
    """For other programs: the answer, every number behind it, and what is not alike."""
    known = {"study", "setting", "seeds", "metric", "confidence", "margin"}
    without = {"curve", "confounds"}
    plain = TypeAdapter(Comparison).dump_python(
        comparison,
        mode="json",
        exclude={
            "a": set(Analysis.__dataclass_fields__) - known,
            "b": set(Analysis.__dataclass_fields__) - known,
            "cells": {"__all__": {"a": without, "b": without}},
        },
    )
    return json.dumps({"answer": answer(clean(comparison)), **plain}, indent=1, ensure_ascii=False)


def _blocks(comparison: Comparison) -> Iterator[Block]:
    yield Paragraph(text=answer(comparison), lead=True)
    yield Notes(items=tuple(_sides(comparison)))
    yield Paragraph(text=_trust(comparison))
    yield Heading(text="Cell by cell")
    yield _table(comparison)
    if comparison.claims:
        yield Heading(text="Verdicts")
        yield _claims(comparison)
    yield Heading(text="What is not alike")
    yield Notes(items=tuple(unlike(comparison)) or ("Nothing that Ablate records.",))


def _sides(comparison: Comparison) -> Iterator[str]:
    """`A: pos_embedding at digits, commit 4f2a91c, 30 runs, seeds 0–4.`"""
    for name, side in (("A", comparison.a), ("B", comparison.b)):
        commits = side.provenance.commits
        parts = [f"{side.study} at {side.setting}"]
        parts += (
            [f"commit{'s' if len(commits) > 1 else ''} {join_words(commits)}"] if commits else []
        )
        parts += [seeds_label(side.seeds), _runs(side)]
        yield f"{name}: {', '.join(parts)}."


def _runs(side: Analysis) -> str:
    """`30 runs, 2 of them without a score`, and how many are stale."""
    lost = sum(run.score is None for run in side.runs)
    stale = sum(bool(run.stale) for run in side.runs)
    parts = [count(len(side.runs), "run")]
    parts += [f"{lost} of them without a score"] if lost else []
    parts += [f"{stale} made by code, data or libraries that have changed since"] if stale else []
    return ", ".join(parts)


def _trust(comparison: Comparison) -> str:
    """How to read the table."""
    told = "That a contrast is told from chance on one side only does not show that it changed."
    if comparison.same_data:
        return f"Scores are compared, B minus A. {told}"
    pairs = count(comparison.ordered, "pair")
    order = f" In the same order: {comparison.same_order} of {pairs} of cells of one model."
    return (
        "A and B have other data, so their scores do not compare; what compares is the sign, the "
        f"size and the order of contrasts.{order if comparison.ordered else ''} {told}"
    )


def _table(comparison: Comparison) -> Table:
    groups = groupby(comparison.cells, key=lambda pair: pair.either.model)
    noted = any(_is_welch_on_same_data(pair, comparison) for pair in comparison.cells)
    return Table(
        caption=_caption(comparison),
        columns=(Column(title=_title(comparison), factor=True), *_columns(comparison)),
        groups=tuple(_group(tuple(pairs), comparison) for _, pairs in groups),
        footnotes=(Footnote(mark="a", text=OTHER_SEEDS),) if noted else (),
    )


def _title(comparison: Comparison) -> str:
    a, b = comparison.a, comparison.b
    alone = a.factors == b.factors and len(b.factors) == 1
    return factor_label(b.factors[0], b.labels) if alone else "Change"


def _columns(comparison: Comparison) -> Iterator[Column]:
    """First what is compared; a narrow terminal shows no more."""
    metric, level = comparison.b.metric, share(comparison.b.confidence)
    scores = [f"{metric.label} ({metric.unit}) in {side}" for side in "AB"]
    contrasts = [f"Contrast in {side}" for side in "AB"]
    first, last = (scores, contrasts) if comparison.same_data else (contrasts, scores)
    short = dict(zip([*scores, *contrasts], ["A", "B", "Contrast A", "Contrast B"], strict=True))
    for title in first:
        yield Column(title=title, short=short[title], align="right")
    yield Column(title=f"B − A [{level}]", short="B − A", align="right")
    yield Column(title="p", align="right")
    for title in last:
        yield Column(title=title, short=short[title], align="right", essential=False)


def _group(pairs: tuple[CellPair, ...], comparison: Comparison) -> Group:
    return Group(
        label=pairs[0].either.model_label,
        detail=_trained(pairs),
        rows=tuple(_row(pair, comparison) for pair in pairs),
    )


def _trained(pairs: tuple[CellPair, ...]) -> str:
    """`deit-8px in A, deit-16px in B`, or what both trained."""
    in_a = ", ".join(dict.fromkeys(pair.a.trained_variant for pair in pairs if pair.a))
    in_b = ", ".join(dict.fromkeys(pair.b.trained_variant for pair in pairs if pair.b))
    return f"{in_a} in A, {in_b} in B" if in_a and in_b and in_a != in_b else in_b or in_a


def _row(pair: CellPair, comparison: Comparison) -> Row:
    a, b = comparison.a, comparison.b
    scores = [_score(pair.a, a), _score(pair.b, b)]
    contrasts = [_contrast(pair.a, a), _contrast(pair.b, b)]
    first, last = (scores, contrasts) if comparison.same_data else (contrasts, scores)
    label = change_label(pair.either, b if pair.b else a)
    cells = (TableCell(text=label), *first, *_shift(pair, comparison), *last)
    return Row(label=label, cells=cells, baseline=pair.either.is_baseline)


def _score(cell: CellResult | None, side: Analysis) -> TableCell:
    if cell is None:
        return TableCell(text=MISSING)
    return TableCell(text=score_of_cell(cell.estimate, len(side.seeds), side.metric))


def _contrast(cell: CellResult | None, side: Analysis) -> TableCell:
    if cell is None or (cell.contrast is None and not cell.is_baseline):
        return TableCell(text=MISSING)
    if cell.contrast is None:
        return TableCell(text=BASELINE)
    return TableCell(text=mean_of(cell.contrast.difference, side.metric), strong=is_clear(cell))


def _shift(pair: CellPair, comparison: Comparison) -> tuple[TableCell, TableCell]:
    """The difference and its p. A baseline has no contrast to compare."""
    if pair.shift is None:
        text = "" if pair.either.is_baseline and not comparison.same_data else MISSING
        return TableCell(text=text), TableCell(text=text)
    text = difference(pair.shift.difference, comparison.b.metric)
    note = "a" if _is_welch_on_same_data(pair, comparison) else ""
    shift = TableCell(text=text, strong=pair.shift.clear, note=note)
    return shift, TableCell(text="same" if pair.shift.is_nothing else p_text(pair.shift.p_adjusted))


def _is_welch_on_same_data(pair: CellPair, comparison: Comparison) -> bool:
    welch = pair.shift is not None and pair.shift.difference.others is not None
    return comparison.same_data and welch


def _caption(comparison: Comparison) -> str:
    metric, level = comparison.b.metric, share(comparison.b.confidence)
    tested = sum(
        bool(pair.shift and pair.shift.p_adjusted is not None) for pair in comparison.cells
    )
    family = f" and adjusted for {tested} comparisons (Holm)" if tested > 1 else ""
    how = "paired by seed, with" if comparison.same_data else "with Welch's"
    what = "scores" if comparison.same_data else "contrasts"
    return (
        f"{metric.label} in {metric.unit} on the {metric.split} split: mean ± standard deviation "
        f"(number of seeds). Contrasts are differences from the model's baseline in "
        f"{units(metric)}, paired by seed; their intervals stand in the reports of A and B. "
        f"B − A is of {what}, {how} {level} t-intervals; its p is "
        f"two-sided{family}. Bold marks p ≤ 0.05."
    )


def _claims(comparison: Comparison) -> Table:
    return Table(
        caption="The study's claims, as the runs of each side judge them. Bold marks a change.",
        columns=(Column(title="Claim", factor=True), Column(title="A"), Column(title="B")),
        groups=(
            Group(
                rows=tuple(
                    Row(
                        label=claim.says,
                        cells=(
                            TableCell(text=claim.says),
                            TableCell(text=_verdict(claim.a)),
                            TableCell(text=_verdict(claim.b), strong=claim.a is not claim.b),
                        ),
                    )
                    for claim in comparison.claims
                )
            ),
        ),
    )


def _verdict(verdict: Verdict | None) -> str:
    return verdict.value if verdict else "not claimed"

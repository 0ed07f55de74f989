"""Two analyses beside each other: what changed, cell by cell, and in what they differ."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from ablate.analysis.compare import CellPair, Comparison
from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Block, Heading, Notes, Paragraph, Report, Table, TableCell
from ablate.report.clean import clean
from ablate.report.formatting import (
    MISSING,
    count,
    mean_difference,
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
    first_of,
    full_label,
    join_words,
    quoted,
    seeds_label,
    source,
)
from ablate.report.numbers import difference_cell
from ablate.report.sections._differences import differences
from ablate.report.table import Field, build_table, number_column, text_column

NOT_CLAIMED = "not claimed"
NAMED = 4
"""As many cells are named by a sentence; the table has them all."""


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
    """For other programs: the answer, every number behind it, and the differences."""
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
    yield Notes(items=(_side("A", comparison.a), _side("B", comparison.b)))
    yield Paragraph(text=_trust(comparison))
    yield Heading(text="Cell by cell")
    yield _cells(comparison)
    if comparison.claims:
        yield Heading(text="Verdicts")
        yield _claims(comparison)
    yield Heading(text="Other differences")
    yield Notes(items=tuple(differences(comparison)) or ("None that Ablate records.",))


def answer(comparison: Comparison) -> str:
    """The changes beyond chance, then the conclusions that differ."""
    return " ".join(filter(None, (_changes(comparison), _signs(comparison), _verdicts(comparison))))


def _changes(comparison: Comparison) -> str:
    shifts = [(pair, pair.shift) for pair in comparison.cells if pair.shift]
    clear = [
        f"{_label(pair, comparison)} ({mean_difference(shift.difference, comparison.b.metric)})"
        for pair, shift in shifts
        if shift.clear
    ]
    what = count(len(shifts), "score" if comparison.same_data else "contrast")
    if clear:
        return f"{len(clear)} of {what} changed beyond chance: {first_of(clear, NAMED)}."
    if shifts and all(shift.is_nothing for _, shift in shifts):
        return f"Nothing changed: {what} compared, the same seed by seed."
    if any(shift.p_adjusted is not None for _, shift in shifts):
        return f"Nothing changed beyond chance: {what} compared."
    return "Nothing can be told from chance: that takes two seeds on both sides, and a spread."


def _signs(comparison: Comparison) -> str:
    """Contrasts that point elsewhere, each clear on its own side."""
    turned = [
        _label(pair, comparison)
        for pair in comparison.cells
        if _direction(pair.a) * _direction(pair.b) < 0
    ]
    if not turned:
        return ""
    return f"Contrasts that changed sign: {first_of(turned, NAMED)}."


def _direction(cell: CellResult | None) -> float:
    """The sign of a clear contrast, else 0."""
    contrast = cell.contrast if cell else None
    return (contrast.difference.mean or 0.0) if contrast and contrast.clear else 0.0


def _verdicts(comparison: Comparison) -> str:
    both = [claim for claim in comparison.claims if claim.a and claim.b]
    changed = [
        f"{quoted(claim.says)} ({claim.a} in A, {claim.b} in B)"
        for claim in both
        if claim.a is not claim.b
    ]
    if changed:
        return (
            f"{len(changed)} of {count(len(both), 'verdict')} changed: {first_of(changed, NAMED)}."
        )
    return "Every verdict is the same." if both else ""


def _label(pair: CellPair, comparison: Comparison) -> str:
    return full_label(pair.either, comparison.b if pair.b else comparison.a)


def _side(name: str, side: Analysis) -> str:
    """`A: pos_embedding at digits, commit 4f2a91c, seeds 0–4, 30 runs.`"""
    commits = side.provenance.commits
    lost = sum(run.score is None for run in side.runs)
    stale = sum(bool(run.stale) for run in side.runs)
    parts = (
        f"{side.study} at {side.setting}",
        f"commit{'s' if len(commits) > 1 else ''} {join_words(commits)}" if commits else "",
        seeds_label(side.seeds),
        count(len(side.runs), "run"),
        f"{lost} of them without a score" if lost else "",
        f"{stale} made by code, data or libraries that have changed since" if stale else "",
    )
    return f"{name}: {', '.join(filter(None, parts))}."


def _trust(comparison: Comparison) -> str:
    """A guide to reading the table."""
    one_sided = "That a contrast is clear on one side only does not show that it changed."
    if comparison.same_data:
        return f"Scores are compared, B minus A. {one_sided}"
    pairs = f"{comparison.same_order} of {count(comparison.ordered, 'pair')} of cells of one model"
    order = f" By their means alone, in the same order: {pairs}."
    return (
        "A and B have different data, so their scores cannot be compared, but the sign, size and "
        f"order of contrasts can.{order if comparison.ordered else ''} {one_sided}"
    )


def _cells(comparison: Comparison) -> Table:
    """First the columns of what is compared; a narrow terminal shows no more."""
    metric, same_data = comparison.b.metric, comparison.same_data
    scores = partial(_sides, f"{metric.label} ({metric.unit}) in", "", _score, comparison)
    contrasts = partial(_sides, "Contrast in", "Contrast ", _contrast, comparison)
    compared, others = (scores, contrasts) if same_data else (contrasts, scores)
    return build_table(
        comparison.cells,
        [
            text_column(_title(comparison), lambda pair: _change(pair, comparison), factor=True),
            *compared(essential=True),
            *_shifts(comparison),
            *others(essential=False),
        ],
        name="cells",
        caption=_caption(comparison),
        group=lambda pair: pair.either.model,
        heading=lambda pairs: pairs[0].either.model_label,
        detail=_trained,
        baseline=lambda pair: pair.either.is_baseline,
    )


def _title(comparison: Comparison) -> str:
    a, b = comparison.a, comparison.b
    alone = a.factors == b.factors and len(b.factors) == 1
    return factor_label(b.factors[0], b.labels) if alone else "Change"


def _change(pair: CellPair, comparison: Comparison) -> str:
    return change_label(pair.either, comparison.b if pair.b else comparison.a)


def _trained(pairs: Sequence[CellPair]) -> str:
    """`deit-8px in A, deit-16px in B`, or what both trained."""
    in_a = ", ".join(dict.fromkeys(pair.a.trained_variant for pair in pairs if pair.a))
    in_b = ", ".join(dict.fromkeys(pair.b.trained_variant for pair in pairs if pair.b))
    return f"{in_a} in A, {in_b} in B" if in_a and in_b and in_a != in_b else in_b or in_a


def _sides(
    title: str,
    short: str,
    entry: Callable[[CellResult | None, Analysis], TableCell | str],
    comparison: Comparison,
    *,
    essential: bool,
) -> Iterator[Field[CellPair]]:
    """The same column for A and for B."""
    a, b = comparison.a, comparison.b
    for side, fill in (("A", lambda pair: entry(pair.a, a)), ("B", lambda pair: entry(pair.b, b))):
        yield number_column(f"{title} {side}", fill, short=f"{short}{side}", essential=essential)


def _score(cell: CellResult | None, side: Analysis) -> str:
    return score_of_cell(cell.estimate, len(side.seeds), side.metric) if cell else MISSING


def _contrast(cell: CellResult | None, side: Analysis) -> TableCell | str:
    if cell is None or cell.contrast is None:
        return BASELINE if cell and cell.is_baseline else MISSING
    mean = mean_of(cell.contrast.difference, side.metric)
    return TableCell(text=mean, strong=cell.contrast.clear)


def _shifts(comparison: Comparison) -> Iterator[Field[CellPair]]:
    """B minus A and its p. A baseline has no contrast to compare."""
    metric, same_data = comparison.b.metric, comparison.same_data

    def without(pair: CellPair) -> str:
        return "" if pair.either.is_baseline and not same_data else MISSING

    def shift(pair: CellPair) -> TableCell | str:
        if pair.shift is None:
            return without(pair)
        return difference_cell(pair.shift.difference, metric, clear=pair.shift.clear)

    def p(pair: CellPair) -> str:
        if pair.shift is None:
            return without(pair)
        return "same" if pair.shift.is_nothing else p_text(pair.shift.p_adjusted)

    def unpaired(pair: CellPair) -> str:
        is_welch = pair.shift is not None and pair.shift.difference.others is not None
        return "Different seeds: Welch's interval." if is_welch and same_data else ""

    title = f"B − A [{share(comparison.b.confidence)}]"
    yield number_column(title, shift, short="B − A", footnote=unpaired)
    yield number_column("p", p)


def _caption(comparison: Comparison) -> str:
    metric, level = comparison.b.metric, share(comparison.b.confidence)
    tested = sum(
        pair.shift is not None and pair.shift.p_adjusted is not None for pair in comparison.cells
    )
    family = f" and adjusted for {tested} comparisons (Holm)" if tested > 1 else ""
    how = "scores, paired by seed, with" if comparison.same_data else "contrasts, with Welch's"
    return (
        f"{metric.label} in {metric.unit} on the {metric.split} split: mean ± standard deviation "
        "(number of seeds). Contrasts are differences from the model's baseline in "
        f"{units(metric)}, paired by seed; their intervals are in the reports of A and B. "
        f"B − A is of {how} {level} t-intervals; its p is two-sided{family}. Bold marks p ≤ 0.05."
    )


def _claims(comparison: Comparison) -> Table:
    return build_table(
        comparison.claims,
        [
            text_column("Claim", lambda claim: claim.says, factor=True),
            text_column("A", lambda claim: claim.a or NOT_CLAIMED),
            text_column(
                "B",
                lambda claim: TableCell(text=claim.b or NOT_CLAIMED, strong=claim.a is not claim.b),
            ),
        ],
        name="claims",
        caption="The study's claims, as the runs of each side judge them. Bold marks a change.",
    )

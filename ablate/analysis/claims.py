"""The claims of a study, each with its verdict and the numbers that decided it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from ablate.analysis.contrasts import no_answers
from ablate.analysis.images import only_here
from ablate.analysis.looks import Judged, looked
from ablate.analysis.model import CellResult, ClaimResult, Step, Verdict
from ablate.analysis.pairs import Pair, compared
from ablate.analysis.reach import Terms, levels, seeds_to_decide, unrefutable, unsupportable
from ablate.analysis.repeated import repeated_at
from ablate.analysis.verdicts import adjusted, is_clear, pvalues, verdict
from ablate.study.cells import deciding, find
from ablate.study.metrics import Metric
from ablate.study.schema import Adaptive, Claim

if TYPE_CHECKING:
    from ablate.analysis.contrasts import Answers


def judge(
    claims: Sequence[Claim],
    cells: Sequence[CellResult],
    margin: float | None,
    rule: Adaptive | None = None,
    *,
    metric: Metric,
    answers: Answers = no_answers,
) -> tuple[ClaimResult, ...]:
    """The verdict on each claim, in the order of the study; with adaptive seeds by their rule."""
    m = margin or 0.0
    if rule is not None:
        judged = [looked(claim, cells, m, rule, claims) for claim in claims]
    else:
        judged = at_once(claims, cells, m)
    results = []
    for claim, one in zip(claims, judged, strict=True):
        terms = _terms(one.pairs[0], m, levels(claim, claims, m, rule))
        result = _result(claim, one, cells, terms, metric, rule)
        here = only_here(claim, result.verdict, one.pairs, cells, m, answers)
        results.append(replace(result, on_this_test_set=here))
    return tuple(results)


def at_once(claims: Sequence[Claim], cells: Sequence[CellResult], m: float) -> list[Judged]:
    """All claims on all seeds, adjusted for each other."""
    pairs = [tuple(compared(claim, cells)) for claim in claims]
    tests = [pvalues(claim, each, m) for claim, each in zip(claims, pairs, strict=True)]
    return [
        Judged(tests=one, pairs=each)
        for one, each in zip(adjusted(claims, tests), pairs, strict=True)
    ]


def _terms(pair: Pair, m: float, tested: dict[str, float]) -> Terms:
    """The conditions as they turned out."""
    d, base = pair.difference, list(pair.base.values())
    n, sd = (d.n, d.sd) if d else (0, None)
    return Terms(n=n, sd=sd, base=fmean(base) if base else None, m=m, **tested)


def _result(
    claim: Claim,
    judged: Judged,
    cells: Sequence[CellResult],
    terms: Terms,
    metric: Metric,
    rule: Adaptive | None,
) -> ClaimResult:
    tests, pairs = judged.tests, judged.pairs
    outcome = verdict(tests)
    d = None if claim.order else pairs[0].difference
    gaps = any(pair.lost or pair.awaited for pair in pairs)
    known = d if d and d.sd and outcome is Verdict.UNDECIDED and not gaps else None
    names = deciding(claim, cells)
    against = find(claim.rival, cells).name if claim.against else None
    return ClaimResult(
        says=claim.says,
        cell=find(claim.cell, cells).name,
        kind="order" if claim.order else "interaction" if claim.interaction else "contrast",
        against=against,
        expect=claim.expect,
        at_least=claim.at_least,
        verdict=outcome,
        difference=d and repeated_at(d, rule),
        steps=tuple(_steps(claim, pairs, cells, rule)),
        p_support=tests.support,
        p_refute=tests.refute,
        p_within=tests.within,
        within_margin=is_clear(tests.within),
        look=judged.look,
        lost=tuple(cell.name for cell in cells if cell.lost and cell.name in names),
        awaited=tuple(sorted({seed for pair in pairs for seed in pair.awaited})),
        detectable=terms.found if known else None,
        seeds_needed=seeds_to_decide(claim, known.mean or 0.0, terms) if known else None,
        unsupportable=unsupportable(claim, terms, metric) if d else None,
        unrefutable=unrefutable(claim, terms, metric) if d else None,
    )


def _steps(
    claim: Claim, pairs: Sequence[Pair], cells: Sequence[CellResult], rule: Adaptive | None
) -> Iterator[Step]:
    for (higher, lower), pair in zip(pairwise(claim.ordered), pairs, strict=False):
        yield Step(
            higher=find(higher, cells).name,
            lower=find(lower, cells).name,
            difference=pair.difference and repeated_at(pair.difference, rule),
        )

"""The claims of a study, each with its verdict and the numbers that decided it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from ablate.analysis.looks import Judged, looked
from ablate.analysis.model import CellResult, ClaimResult, Step, Verdict
from ablate.analysis.pairs import Pair, compared
from ablate.analysis.verdicts import ALPHA, adjusted, is_clear, pvalues, verdict
from ablate.stats import Difference, detectable, seeds_needed
from ablate.study.cells import find
from ablate.study.schema import Adaptive, Claim, Expectation


def judge(
    claims: Sequence[Claim],
    cells: Sequence[CellResult],
    margin: float | None,
    rule: Adaptive | None = None,
) -> tuple[ClaimResult, ...]:
    """The verdict on each claim, in the order of the study; with adaptive seeds by their rule."""
    if rule is not None:
        judged = [looked(claim, cells, margin or 0.0, rule, claims) for claim in claims]
    else:
        judged = at_once(claims, cells, margin or 0.0)
    return tuple(
        _result(claim, one, cells, margin) for claim, one in zip(claims, judged, strict=True)
    )


def at_once(claims: Sequence[Claim], cells: Sequence[CellResult], m: float) -> list[Judged]:
    """All claims on all seeds, adjusted for each other."""
    pairs = [tuple(compared(claim, cells)) for claim in claims]
    tests = [pvalues(claim, each, m) for claim, each in zip(claims, pairs, strict=True)]
    return [
        Judged(tests=one, pairs=each)
        for one, each in zip(adjusted(claims, tests), pairs, strict=True)
    ]


def _result(
    claim: Claim, judged: Judged, cells: Sequence[CellResult], margin: float | None
) -> ClaimResult:
    tests, pairs = judged.tests, judged.pairs
    outcome = verdict(tests)
    d = None if claim.order else pairs[0].difference
    known = d if d and d.sd and outcome is Verdict.UNDECIDED else None
    against = find(claim.rival, cells).name if claim.against else None
    return ClaimResult(
        says=claim.says,
        cell=find(claim.cell, cells).name,
        kind="order" if claim.order else "interaction" if claim.interaction else "contrast",
        against=against,
        expect=claim.expect,
        at_least=claim.at_least,
        verdict=outcome,
        difference=d,
        steps=tuple(_steps(claim, pairs, cells)),
        p_support=tests.support,
        p_refute=tests.refute,
        p_within=tests.within,
        within_margin=is_clear(tests.within),
        look=judged.look,
        detectable=detectable(known.n, sd=known.sd or 0.0, alpha=ALPHA, sides=1) if known else None,
        seeds_needed=_seeds_needed(claim, known, margin or 0.0) if known else None,
    )


def _steps(claim: Claim, pairs: Sequence[Pair], cells: Sequence[CellResult]) -> Iterator[Step]:
    for (higher, lower), pair in zip(pairwise(claim.ordered), pairs, strict=False):
        yield Step(
            higher=find(higher, cells).name,
            lower=find(lower, cells).name,
            difference=pair.difference,
        )


def _seeds_needed(claim: Claim, d: Difference, m: float) -> int | None:
    """The seeds that would show the nearest of what can decide, were the truth what is observed.

    A bound decides only from its right side: a cell that is higher will never be shown lower.
    """
    below, above = partial(_seeds_to_show, d, -1), partial(_seeds_to_show, d, 1)
    b = claim.at_least
    ways: dict[Expectation | None, tuple[int | None, ...]] = {
        "lower": (below(0.0), above(-m)) if b is None else (below(-b), above(-b)),
        "higher": (above(0.0), below(m)) if b is None else (above(b), below(b)),
        "not_lower": (above(-m), below(0.0)),
        "not_higher": (below(m), above(0.0)),
        "equivalent": (_both(above(-m), below(m)), below(-m), above(m)),
    }
    return min((n for n in ways[claim.expect] if n is not None), default=None)


def _seeds_to_show(d: Difference, side: int, bound: float) -> int | None:
    """The seeds that show the observed mean to lie on that side of the bound, if it does."""
    assert d.mean is not None
    assert d.sd is not None
    distance = side * (d.mean - bound)
    return seeds_needed(distance, d.sd, alpha=ALPHA, sides=1) if distance > 0 else None


def _both(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else max(first, second)

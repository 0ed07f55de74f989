"""Claims → verdicts: one-sided tests, paired by seed, adjusted over the claims of the study.

With d the true difference of a cell from its baseline and m the study's margin:

| expect       | supported when shown | otherwise refuted when shown |
|--------------|----------------------|------------------------------|
| `lower`      | d < 0                | d > −m                       |
| `higher`     | d > 0                | d < m                        |
| `not_lower`  | d > −m               | d < 0                        |
| `not_higher` | d < m                | d > 0                        |
| `equivalent` | −m < d and d < m     | d < −m or d > m              |
| `lower`, by at least b  | d < −b    | d > −b                       |
| `higher`, by at least b | d > b     | d < b                        |

"Shown" means: the adjusted p-value is at most α; adjusted after Holm, or where seeds are added
until claims are decided as `ablate.analysis.looks` says. Two conditions joined by "and" are two
one-sided tests, which count as one test with the larger p-value; joined by "or", the smaller is
doubled.
Without a margin m is 0. What neither column shows is undecided.

The difference may be from another cell than the baseline; and of an interaction it is from what the
changes of the cell add up to, made one by one. An order a > b > c is supported when every step is
shown to go down, and refuted when any is shown to go up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from ablate.analysis.model import CellResult, ClaimResult, Step, Verdict
from ablate.analysis.pairs import Pair, compared, find
from ablate.stats import Difference, detectable, holm, seeds_needed
from ablate.study.schema import Claim, Expectation

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """The two p-values of a claim; None where no test exists."""

    support: float | None
    refute: float | None


def judge(
    claims: Sequence[Claim],
    cells: Sequence[CellResult],
    margin: float | None,
) -> tuple[ClaimResult, ...]:
    """The verdict on each claim, in the order of the study."""
    pairs = [tuple(compared(claim, cells)) for claim in claims]
    tests = [pvalues(c, each, margin or 0.0) for c, each in zip(claims, pairs, strict=True)]
    support = holm([pair.support for pair in tests])
    refute = holm([pair.refute for pair in tests])
    return tuple(
        _result(claim, each, cells, Tests(support=s, refute=r), margin)
        for claim, each, s, r in zip(claims, pairs, support, refute, strict=True)
    )


def pvalues(claim: Claim, pairs: Sequence[Pair], m: float) -> Tests:
    """The p-values of a claim; of an order those of all its steps in one."""
    if claim.expect is not None:
        return test(claim.expect, pairs[0], m, claim.at_least)
    up = [pair.above(0.0) for pair in pairs]
    down = [p for pair in pairs if (p := pair.below(0.0)) is not None]
    return Tests(
        support=None if None in up else max(p for p in up if p is not None),
        refute=min(1.0, len(pairs) * min(down)) if down else None,
    )


def test(expect: Expectation, pair: Pair, m: float, at_least: float | None) -> Tests:
    """The p-values for supporting and for refuting."""
    below, above = pair.below, pair.above
    if at_least is not None:
        if expect == "lower":
            return Tests(support=below(-at_least), refute=above(-at_least))
        return Tests(support=above(at_least), refute=below(at_least))
    if expect == "lower":
        return Tests(support=below(0.0), refute=above(-m))
    if expect == "higher":
        return Tests(support=above(0.0), refute=below(m))
    if expect == "not_lower":
        return Tests(support=above(-m), refute=below(0.0))
    if expect == "not_higher":
        return Tests(support=below(m), refute=above(0.0))
    inside, outside = (above(-m), below(m)), (below(-m), above(m))
    return Tests(support=_all(inside), refute=_any(outside))


def _all(parts: Sequence[float | None]) -> float | None:
    """Both conditions must be shown."""
    known = [p for p in parts if p is not None]
    return max(known) if len(known) == len(parts) else None


def _any(parts: Sequence[float | None]) -> float | None:
    """Either will do, which is two chances to be wrong."""
    known = [p for p in parts if p is not None]
    return min(1.0, len(parts) * min(known)) if len(known) == len(parts) else None


def verdict(tests: Tests) -> Verdict:
    """Support is asked first: both can be shown only within the margin."""
    if tests.support is not None and tests.support <= ALPHA:
        return Verdict.SUPPORTED
    if tests.refute is not None and tests.refute <= ALPHA:
        return Verdict.REFUTED
    return Verdict.UNDECIDED


def _result(
    claim: Claim,
    pairs: Sequence[Pair],
    cells: Sequence[CellResult],
    tests: Tests,
    margin: float | None,
) -> ClaimResult:
    outcome = verdict(tests)
    d = None if claim.order else pairs[0].difference
    known = d if d and d.sd and outcome is Verdict.UNDECIDED else None
    first = claim.order and claim.ordered[0]
    against = find(claim.against, cells).name if claim.against else None
    return ClaimResult(
        says=claim.says,
        cell=find(first or claim.interaction or claim.contrast or "", cells).name,
        kind="order" if claim.order else "interaction" if claim.interaction else "contrast",
        against=against,
        expect=claim.expect,
        at_least=claim.at_least,
        verdict=outcome,
        difference=d,
        steps=tuple(_steps(claim, pairs, cells)),
        p_support=tests.support,
        p_refute=tests.refute,
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

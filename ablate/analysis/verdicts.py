"""Claims → verdicts: what each claim is, which tests decide it, and the verdict they give.

With d the true difference of a cell from its baseline, m the study's margin (0 where it states
none), and "shown" a p-value of at most α after adjustment:

| expect            | bound   | supported if shown | refuted if shown | else negligible if |
|-------------------|---------|--------------------|------------------|--------------------|
| `lower`           | 0       | d < 0              | d > 0            | −m < d < m         |
| `higher`          | 0       | d > 0              | d < 0            | −m < d < m         |
| `lower`, by ≥ b   | −b      | d < −b             | d > −b           | −m < d < m         |
| `higher`, by ≥ b  | b       | d > b              | d < b            | −m < d < m         |
| `not_lower`       | −m      | d > −m             | d < −m           |                    |
| `not_higher`      | m       | d < m              | d > m            |                    |
| `equivalent`      | −m, m   | −m < d < m         | d < −m or d > m  |                    |
| order a > b > …   | 0, each | every step d > 0   | some step d < 0  |                    |

What no column shows is undecided. d may also be from another cell than the baseline (`against`), or
from what the changes of a cell add up to (an interaction, which is never negligible).

Two families of tests, each of which errs in at most α of studies:

- **direction**: a claim with one bound is one two-sided test of it, and support and refutation are
  its tails, p = 2 × the tail; of an order, 2 × the largest tail of its steps for support, and
  2 × steps × the smallest for refutation.
- **smallness**: −m < d < m is two one-sided tests, p = the larger; `equivalent` is refuted by
  p = 2 × the smaller of the tails outside. Here are `equivalent` and every `negligible`.

Within a family p is adjusted by Holm over the claims that have a test in it, each with its smaller
p: of a claim's two statements one at most is shown, for one of their tails is always above a half.
Where seeds are added until claims are decided, `ablate.analysis.looks` adjusts instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ablate.analysis.model import Verdict
from ablate.analysis.pairs import Pair
from ablate.stats import holm
from ablate.study.schema import Claim, Expectation

ALPHA = 0.05
DOWNWARD: tuple[Expectation, ...] = ("lower", "not_higher")
"""Supported below their bound."""
DIRECTED: tuple[Expectation, ...] = ("lower", "higher")
"""Negligible where the difference is shown to be within the margin."""


def is_clear(p: float | None) -> bool:
    """Whether a p-value, adjusted where it has to be, tells a difference from chance."""
    return p is not None and p <= ALPHA


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """The p-values of a claim, each comparable with α; None where there is no such test."""

    support: float | None
    refute: float | None
    within: float | None = None
    """That the difference is smaller than the margin; of `lower` and `higher` only."""

    @property
    def nearest(self) -> float | None:
        """The smaller of support and refutation: with it a claim enters its family."""
        return min((p for p in (self.support, self.refute) if p is not None), default=None)


def pvalues(claim: Claim, pairs: Sequence[Pair], m: float) -> Tests:
    """The p-values of a claim by itself, before it is adjusted for others."""
    if claim.order is not None:
        return _order(pairs)
    assert claim.expect is not None
    (pair,) = pairs
    if claim.expect == "equivalent":
        outside = _smallest(pair.below(-m), pair.above(m))
        return Tests(support=_inside(pair, m), refute=_times(2, outside))
    at = bound(claim.expect, m, claim.at_least)
    below, above = _times(2, pair.below(at)), _times(2, pair.above(at))
    support, refute = (below, above) if claim.expect in DOWNWARD else (above, below)
    within = _inside(pair, m) if may_be_negligible(claim, m) else None
    return Tests(support=support, refute=refute, within=within)


def adjusted(claims: Sequence[Claim], tests: Sequence[Tests]) -> list[Tests]:
    """The p-values of all claims of a study, adjusted within the two families (Holm)."""
    small = [claim.expect == "equivalent" for claim in claims]
    both = list(zip(tests, small, strict=True))
    direction = holm([None if is_small else one.nearest for one, is_small in both])
    smallness = holm([one.nearest if is_small else one.within for one, is_small in both])
    return [
        Tests(
            support=_largest(one.support, by_size if is_small else by_side),
            refute=_largest(one.refute, by_size if is_small else by_side),
            within=None if is_small else by_size,
        )
        for (one, is_small), by_side, by_size in zip(both, direction, smallness, strict=True)
    ]


def family_sizes(claims: Sequence[Claim], m: float) -> tuple[int, int]:
    """How many claims have a test of direction, and how many one of smallness."""
    equivalent = sum(claim.expect == "equivalent" for claim in claims)
    return len(claims) - equivalent, equivalent + sum(may_be_negligible(c, m) for c in claims)


def may_be_negligible(claim: Claim, m: float) -> bool:
    """Whether the claim is about a direction, so that a difference within the margin is news."""
    return claim.expect in DIRECTED and claim.interaction is None and m > 0


def bound(expect: Expectation, m: float, at_least: float | None) -> float:
    """The difference on one side of which a claim is true, on the other false."""
    size = (at_least or 0.0) if expect in DIRECTED else m
    return -size if expect in ("lower", "not_lower") else size


def verdict(tests: Tests) -> Verdict:
    """The verdict, from adjusted p-values; of support and refutation one at most is shown."""
    if is_clear(tests.support):
        return Verdict.SUPPORTED
    if is_clear(tests.refute):
        return Verdict.REFUTED
    return Verdict.NEGLIGIBLE if is_clear(tests.within) else Verdict.UNDECIDED


def _order(pairs: Sequence[Pair]) -> Tests:
    """Every step must be shown to go down, or any to go up, which is as many chances to err."""
    up = [pair.above(0.0) for pair in pairs]
    down = [pair.below(0.0) for pair in pairs]
    return Tests(support=_times(2, _largest(*up)), refute=_times(2 * len(pairs), _smallest(*down)))


def _inside(pair: Pair, m: float) -> float | None:
    """That −m < d < m."""
    return _largest(pair.above(-m), pair.below(m))


def _largest(*parts: float | None) -> float | None:
    """All of it must be shown, so that all of it needs a test."""
    return None if None in parts else max(p for p in parts if p is not None)


def _smallest(*parts: float | None) -> float | None:
    return min((p for p in parts if p is not None), default=None)


def _times(chances: int, p: float | None) -> float | None:
    """The p-value of what has so many chances."""
    return None if p is None else min(1.0, chances * p)

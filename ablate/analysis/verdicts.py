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

from collections.abc import Sequence
from dataclasses import dataclass

from ablate.analysis.model import Verdict
from ablate.analysis.pairs import Pair
from ablate.study.schema import Claim, Expectation

ALPHA = 0.05


def is_clear(p: float | None) -> bool:
    """Whether a p-value, adjusted where it has to be, tells a difference from chance."""
    return p is not None and p <= ALPHA


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """The two p-values of a claim; None where no test exists."""

    support: float | None
    refute: float | None


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
    if is_clear(tests.support):
        return Verdict.SUPPORTED
    if is_clear(tests.refute):
        return Verdict.REFUTED
    return Verdict.UNDECIDED

"""Claims → verdicts: one-sided paired tests, adjusted over the claims of the study (Holm).

With d the true difference of a cell from its baseline and m the study's margin:

| expect       | supported when shown | otherwise refuted when shown |
|--------------|----------------------|------------------------------|
| `lower`      | d < 0                | d > −m                       |
| `higher`     | d > 0                | d < m                        |
| `not_lower`  | d > −m               | d < 0                        |
| `not_higher` | d < m                | d > 0                        |
| `equivalent` | −m < d and d < m     | d < −m or d > m              |

"Shown" means: the adjusted p-value is at most α. Two conditions joined by "and" are two one-sided
tests, which count as one test with the larger p-value; joined by "or", the smaller is doubled.
Without a margin m is 0. What neither column shows is undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ablate.analysis.model import CellResult, ClaimResult, Verdict
from ablate.stats import Difference, detectable, holm, p_above, p_below, seeds_needed
from ablate.study.cells import same_cell
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
    targets = [_target(claim, cells) for claim in claims]
    tests = [
        test(claim.expect, differences(cell), margin or 0.0)
        for claim, cell in zip(claims, targets, strict=True)
    ]
    support = holm([pair.support for pair in tests])
    refute = holm([pair.refute for pair in tests])
    return tuple(
        _result(claim, cell, Tests(support=s, refute=r), margin)
        for claim, cell, s, r in zip(claims, targets, support, refute, strict=True)
    )


def test(expect: Expectation, d: Sequence[float], m: float) -> Tests:
    """The p-values for supporting and for refuting, from the differences of the seeds."""
    if expect == "lower":
        return Tests(support=p_below(d, 0.0), refute=p_above(d, -m))
    if expect == "higher":
        return Tests(support=p_above(d, 0.0), refute=p_below(d, m))
    if expect == "not_lower":
        return Tests(support=p_above(d, -m), refute=p_below(d, 0.0))
    if expect == "not_higher":
        return Tests(support=p_below(d, m), refute=p_above(d, 0.0))
    above, below = p_above(d, -m), p_below(d, m)
    outside = [p_below(d, -m), p_above(d, m)]
    return Tests(
        support=None if above is None or below is None else max(above, below),
        refute=None if None in outside else min(1.0, 2 * min(p for p in outside if p is not None)),
    )


def verdict(tests: Tests) -> Verdict:
    """Support is asked first: both can be shown only within the margin."""
    if tests.support is not None and tests.support <= ALPHA:
        return Verdict.SUPPORTED
    if tests.refute is not None and tests.refute <= ALPHA:
        return Verdict.REFUTED
    return Verdict.UNDECIDED


def differences(cell: CellResult) -> tuple[float, ...]:
    """The cell's difference from its baseline, seed by seed."""
    return tuple(pair.score for pair in cell.contrast.pairs) if cell.contrast else ()


def _target(claim: Claim, cells: Sequence[CellResult]) -> CellResult:
    return next(cell for cell in cells if same_cell(claim.contrast, cell.name))


def _result(claim: Claim, cell: CellResult, tests: Tests, margin: float | None) -> ClaimResult:
    outcome = verdict(tests)
    open_ = outcome is Verdict.UNDECIDED and cell.contrast is not None
    d = cell.contrast.difference if cell.contrast else None
    sd = d.sd if d and open_ else None
    return ClaimResult(
        says=claim.says,
        cell=cell.name,
        expect=claim.expect,
        verdict=outcome,
        difference=d,
        p_support=tests.support,
        p_refute=tests.refute,
        detectable=detectable(d.n, sd=sd, alpha=ALPHA, sides=1) if d and sd else None,
        seeds_needed=_seeds_needed(claim.expect, d, margin or 0.0) if d and sd else None,
    )


def _seeds_needed(expect: Expectation, d: Difference, m: float) -> int | None:
    """The seeds that would show the nearest of what can decide, were the truth what is observed.

    A bound decides only from its right side: a cell that is higher will never be shown lower.
    """
    below, above = partial(_seeds_to_show, d, -1), partial(_seeds_to_show, d, 1)
    ways: dict[Expectation, tuple[int | None, ...]] = {
        "lower": (below(0.0), above(-m)),
        "higher": (above(0.0), below(m)),
        "not_lower": (above(-m), below(0.0)),
        "not_higher": (below(m), above(0.0)),
        "equivalent": (_both(above(-m), below(m)), below(-m), above(m)),
    }
    return min((n for n in ways[expect] if n is not None), default=None)


def _seeds_to_show(d: Difference, side: int, bound: float) -> int | None:
    """The seeds that show the observed mean to lie on that side of the bound, if it does."""
    assert d.mean is not None
    assert d.sd is not None
    distance = side * (d.mean - bound)
    return seeds_needed(distance, d.sd, alpha=ALPHA, sides=1) if distance > 0 else None


def _both(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else max(first, second)

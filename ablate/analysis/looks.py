"""Adaptive seeds: each claim is looked at after every seed, until it is decided.

Looking until something shows would make 5 % error into much more. So every look asks for a smaller
p-value (`ablate.stats.sequential`), such that over all looks together each of the two tests of a
claim errs in at most α / 2k of studies, k being the claims: whichever claim and whichever way,
verdicts are false in at most α. The first look that decides a claim is final: what is run
afterwards for other claims does not change it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from ablate.analysis.model import Look, Verdict
from ablate.analysis.pairs import Pair, Scored, compared
from ablate.analysis.verdicts import ALPHA, Tests, pvalues, verdict
from ablate.stats import thresholds
from ablate.study.cells import deciding
from ablate.study.schema import Adaptive, Claim


class Watched(Scored, Protocol):
    """A cell of which it is known which of its runs have ended, well or not."""

    @property
    def ended(self) -> Collection[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim's tests, comparable with α, and what they compared."""

    tests: Tests
    pairs: tuple[Pair, ...]
    look: Look | None = None


def looked(claim: Claim, cells: Sequence[Watched], m: float, rule: Adaptive, claims: int) -> Judged:
    """The claim at the look that decided it, else at the last one that could be taken."""
    pairs = tuple(compared(claim, cells))
    found = Judged(tests=Tests(support=None, refute=None), pairs=pairs)
    numbers = tuple(range(rule.min, rule.max + 1))
    ready = seeds_ended(claim, cells)
    for n, limit in zip(numbers, thresholds(numbers, ALPHA / (2 * claims)), strict=True):
        if n > ready:
            return found
        so_far = tuple(pair.only(range(n)) for pair in pairs)
        tests = strict(pvalues(claim, so_far, m), limit)
        found = Judged(tests=tests, pairs=so_far, look=Look(seeds=n, most=rule.max, limit=limit))
        if verdict(tests) is not Verdict.UNDECIDED:
            return found
    return found


def seeds_ended(claim: Claim, cells: Sequence[Watched]) -> int:
    """The number of seeds, from 0 upward, that have ended in all cells deciding the claim."""
    names = deciding(claim, cells)
    ended = [cell.ended for cell in cells if cell.name in names]
    n = 0
    while all(n in seeds for seeds in ended):
        n += 1
    return n


def strict(tests: Tests, limit: float) -> Tests:
    """The p-values on the scale on which the look's limit is α."""
    factor = ALPHA / limit
    return Tests(
        support=None if tests.support is None else min(1.0, factor * tests.support),
        refute=None if tests.refute is None else min(1.0, factor * tests.refute),
    )

"""Adaptive seeds: each claim is looked at after every seed, until it is decided.

Looking until something shows would make 5 % error into much more. So every look asks for a smaller
p-value (`ablate.stats.sequential`), such that over all looks together each test of a claim errs in
at most its part of α: α / k among the k claims of its family, halved where the test has two tails.
The families and tests are those of `ablate.analysis.verdicts`, and each errs in at most α of
studies. The first look that decides a claim is final: what is run afterwards for other claims does
not change it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from ablate.analysis.findings import Look
from ablate.analysis.model import Verdict
from ablate.analysis.pairs import Pair, Scored, compared
from ablate.analysis.verdicts import ALPHA, Tests, family_sizes, pvalues, verdict
from ablate.stats import thresholds
from ablate.study.cells import deciding
from ablate.study.schema import Adaptive, Claim


class Watched(Scored, Protocol):
    """A cell of which it is known which of its runs have ended, well or not."""

    @property
    def ended(self) -> Collection[int]: ...


@dataclass(frozen=True, slots=True)
class At:
    """A look: after so many seeds, by that rule, with families of so many claims."""

    seeds: int
    rule: Adaptive
    families: tuple[int, int]

    def limit(self, tails: int, claims: int) -> float:
        """The p-value that one of so many tails, of so many claims, has to reach."""
        return limit(self.seeds, self.rule, ALPHA / (tails * claims))

    def told(self, claim: Claim) -> Look:
        """The look as it is reported, with the limit of what supports the claim."""
        sided, small = self.families
        is_small = claim.expect == "equivalent"
        needed = self.limit(1, small) if is_small else self.limit(2, sided)
        return Look(seeds=self.seeds, most=self.rule.max, limit=needed)

    def scaled(self, p: float | None, tails: int, claims: int) -> float | None:
        """A p-value that counts so many tails, made comparable with α."""
        return None if p is None else min(1.0, p * ALPHA / (tails * self.limit(tails, claims)))


def limit(seeds: int, rule: Adaptive, alpha: float) -> float:
    """The one-sided p-value of this look at which all looks together err in `alpha`."""
    numbers = range(rule.min, rule.max + 1)
    return thresholds(numbers, alpha)[max(rule.min, min(seeds, rule.max)) - rule.min]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim's tests, comparable with α, and what they compared."""

    tests: Tests
    pairs: tuple[Pair, ...]
    look: Look | None = None


def looked(
    claim: Claim, cells: Sequence[Watched], m: float, rule: Adaptive, claims: Sequence[Claim]
) -> Judged:
    """The claim at the look that decided it, else at the last one that could be taken."""
    pairs = tuple(compared(claim, cells))
    found = Judged(tests=Tests(support=None, refute=None), pairs=pairs)
    for n in range(rule.min, 1 + min(rule.max, seeds_ended(claim, cells))):
        so_far = tuple(pair.only(range(n)) for pair in pairs)
        at = At(n, rule, family_sizes(claims, m))
        tests = strict(claim, so_far, m, at)
        found = Judged(tests=tests, pairs=so_far, look=at.told(claim))
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


def strict(claim: Claim, pairs: Sequence[Pair], m: float, look: At) -> Tests:
    """The p-values of a claim on the scale on which the look's limits are α."""
    tests, (sided, small) = pvalues(claim, pairs, m), look.families
    if claim.expect == "equivalent":
        return Tests(
            support=look.scaled(tests.support, 1, small), refute=look.scaled(tests.refute, 2, small)
        )
    tails = 2 * len(pairs)
    return Tests(
        support=look.scaled(tests.support, tails, sided),
        refute=look.scaled(tests.refute, tails, sided),
        within=look.scaled(tests.within, 1, small),
    )

"""The reach of a claim's tests: what they can show at all, and what it takes to decide it.

A claim that could hardly have come out otherwise says little. Scores end somewhere: beside a
baseline of 98.8 % no cell is better by 1.5 points. And seeds that scatter show large differences
only. Before a study and after it both are compared with the bound of each claim, at the level to
which its family adjusts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ablate.analysis.findings import OutOfReach
from ablate.analysis.looks import At
from ablate.analysis.verdicts import (
    ALPHA,
    DIRECTED,
    DOWNWARD,
    bound,
    family_sizes,
    may_be_negligible,
)
from ablate.stats import detectable, seeds_needed
from ablate.study.metrics import Metric
from ablate.study.schema import Adaptive, Claim

EACH = 0.9
"""The power of each of two tests, where both have to be passed in 80 % of studies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The conditions under which a claim is tested."""

    n: int
    sd: float | None
    """Of the differences by seed; where it is unknown only the room for scores counts."""
    base: float | None
    """The mean score of what the cell is compared with; where it is unknown there is room."""
    m: float
    sided: float
    """The two-sided level at which the claim's bound is tested, or both ends of the margin."""
    small: float
    """The one-sided level at which each end is tested for being within the margin."""

    def room(self, metric: Metric) -> tuple[float, float]:
        """The lowest and the highest difference that there can be."""
        if self.base is None:
            return -inf, inf
        lowest, highest = metric.bounds
        return lowest - self.base, highest - self.base

    @property
    def found(self) -> float:
        """How far beyond a bound the truth has to be to be found there in 80 % of studies."""
        return detectable(self.n, sd=self.sd or 0.0, alpha=self.sided) or 0.0

    @property
    def found_small(self) -> float:
        """The smallest margin within which a difference of 0 is found to be as often."""
        sd, alpha = self.sd or 0.0, self.small
        return detectable(self.n, sd=sd, alpha=alpha, power=EACH, sides=1) or 0.0


def levels(
    claim: Claim, claims: Sequence[Claim], m: float, rule: Adaptive | None = None
) -> dict[str, float]:
    """`sided` and `small` of `Terms`, as long as none of the claims is decided.

    With adaptive seeds they are those of the last look.
    """
    directions, sizes = (max(1, size) for size in family_sizes(claims, m))
    own = sizes if claim.expect == "equivalent" else directions
    if rule is None:
        return {"sided": ALPHA / own, "small": ALPHA / sizes}
    last = At(rule.max, rule, (directions, sizes))
    return {"sided": 2 * last.limit(2, own), "small": last.limit(1, sizes)}


def unsupportable(claim: Claim, terms: Terms, metric: Metric) -> OutOfReach | None:
    """Why a claim would seldom be supported, whatever the truth; None of orders too."""
    if claim.expect is None:
        return None
    if claim.expect == "equivalent":
        short = terms.found_small > terms.m
        return OutOfReach(needs=terms.found_small, room=terms.m) if short else None
    return _beyond(claim, terms, metric, below=claim.expect in DOWNWARD)


def unrefutable(claim: Claim, terms: Terms, metric: Metric) -> OutOfReach | None:
    """Why a claim would seldom be refuted; None if it would, or could be found negligible."""
    if claim.expect is None or (claim.expect in DIRECTED and claim.at_least is None):
        return None
    if claim.expect == "equivalent":
        low, high = terms.room(metric)
        needs, room = terms.m + terms.found, max(-low, high)
        return OutOfReach(needs=needs, room=room) if room < needs else None
    return _beyond(claim, terms, metric, below=claim.expect not in DOWNWARD)


def _beyond(claim: Claim, terms: Terms, metric: Metric, below: bool) -> OutOfReach | None:
    """The difference that would be shown to lie on that side of the bound, if there is no room."""
    needs, (low, high) = found_beyond(claim, terms, below), terms.room(metric)
    is_short = needs < low if below else needs > high
    return OutOfReach(needs=needs, room=low if below else high) if is_short else None


def found_beyond(claim: Claim, terms: Terms, below: bool) -> float:
    """The true difference that is found to lie on that side of the bound in 80 % of studies."""
    assert claim.expect is not None
    at = bound(claim.expect, terms.m, claim.at_least)
    return at - terms.found if below else at + terms.found


def seeds_to_decide(claim: Claim, mean: float, terms: Terms) -> int | None:
    """The seeds that would decide in 80 % of studies, were the truth what is observed.

    Of several ways to a verdict the nearest counts. A bound decides only from its right side: a
    cell that is higher will never be shown lower. None if that takes more than 1000.
    """
    assert claim.expect is not None
    if claim.expect == "equivalent":
        return _first(_inside(mean, terms), _outside(abs(mean) - terms.m, terms))
    sided = _outside(abs(mean - bound(claim.expect, terms.m, claim.at_least)), terms)
    small = _inside(mean, terms) if may_be_negligible(claim, terms.m) else None
    return _first(sided, small)


def _first(*ways: int | None) -> int | None:
    return min((n for n in ways if n is not None), default=None)


def _outside(distance: float, terms: Terms) -> int | None:
    """To show that it lies so far beyond a bound."""
    if distance <= 0:
        return None
    return seeds_needed(distance, terms.sd or 0.0, alpha=terms.sided, sides=2)


def _inside(mean: float, terms: Terms) -> int | None:
    """To show that it lies within the margin, where the nearer end decides."""
    distance = terms.m - abs(mean)
    if distance <= 0:
        return None
    return seeds_needed(distance, terms.sd or 0.0, alpha=terms.small, power=EACH, sides=1)

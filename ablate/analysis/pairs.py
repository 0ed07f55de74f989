"""Pairs of rows of scores to compare, seed by seed where they share seeds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol, TypeVar

from ablate.stats import (
    Difference,
    largest_p_above,
    largest_p_below,
    p_above,
    p_below,
    paired_difference,
    seed_differences,
    unpaired_difference,
    unpaired_p_above,
    unpaired_p_below,
)
from ablate.study.cells import alone, find
from ablate.study.references import Named
from ablate.study.schema import Claim

Scores = Mapping[int, float]
"""Seed → score."""
Range = tuple[float, float]


class Row(Protocol):
    """Scores by seed, and what is known of the seeds without one."""

    @property
    def by_seed(self) -> Scores: ...
    @property
    def lost(self) -> Mapping[int, Range]:
        """Seed → what it could have scored, of runs lost to the cell."""

    @property
    def awaited(self) -> Collection[int]:
        """Seeds that have not ended."""


class Scored(Named, Row, Protocol):
    """A cell and its scores; a baseline has no changes."""


Cell = TypeVar("Cell", bound=Scored)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two rows of scores that are compared.

    While seeds are awaited there are no p-values. Where seeds were lost to a cell, p-values are the
    largest that these could have led to (`ablate.analysis.lost`).
    """

    treated: Scores
    base: Scores
    treated_lost: Mapping[int, Range] = field(default_factory=dict)
    base_lost: Mapping[int, Range] = field(default_factory=dict)
    awaited: frozenset[int] = frozenset()

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that both have."""
        return tuple(seed for seed in self.treated if seed in self.base)

    @property
    def lost(self) -> tuple[int, ...]:
        """The seeds that either lost to itself."""
        return tuple(sorted({*self.treated_lost, *self.base_lost}))

    @property
    def is_paired(self) -> bool:
        """Two seeds in common make a paired test; with fewer it is Welch's, where that exists."""
        return len(self.seeds) > 1 or min(len(self.treated), len(self.base)) < 2

    @property
    def differences(self) -> tuple[float, ...]:
        """Of the seeds that both have."""
        seeds = self.seeds
        return seed_differences([self.treated[s] for s in seeds], [self.base[s] for s in seeds])

    @property
    def difference(self) -> Difference | None:
        """None where neither a seed is shared nor each side has two."""
        found = self._observed()
        if found is None or not (self.lost or self.awaited):
            return found
        below, above = self.below(0.0), self.above(0.0)
        p = None if below is None or above is None else min(1.0, 2 * min(below, above))
        return replace(found, p=p)

    def below(self, bound: float) -> float | None:
        """The one-sided p-value for a difference below the bound."""
        if self.lost or self.awaited:
            return self._largest(largest_p_below, bound)
        if self.is_paired:
            return p_below(self.differences, bound)
        return unpaired_p_below(*self._sides(), bound)

    def above(self, bound: float) -> float | None:
        """The one-sided p-value for a difference above the bound."""
        if self.lost or self.awaited:
            return self._largest(largest_p_above, bound)
        if self.is_paired:
            return p_above(self.differences, bound)
        return unpaired_p_above(*self._sides(), bound)

    def only(self, seeds: Iterable[int]) -> Pair:
        """The same of these seeds alone."""
        kept = frozenset(seeds)
        return Pair(
            treated=_of(kept, self.treated),
            base=_of(kept, self.base),
            treated_lost=_of(kept, self.treated_lost),
            base_lost=_of(kept, self.base_lost),
            awaited=self.awaited & kept,
        )

    def _observed(self) -> Difference | None:
        if not self.is_paired:
            return unpaired_difference(*self._sides())
        seeds = self.seeds
        if not seeds:
            return None
        return paired_difference([self.treated[s] for s in seeds], [self.base[s] for s in seeds])

    def _largest(self, test: Callable[..., float | None], bound: float) -> float | None:
        """None while seeds are awaited; unpaired, a lost seed could have led to anything."""
        if self.awaited:
            return None
        if not self.is_paired:
            return 1.0
        return test(self.differences, self._lost_differences(), bound)

    def _lost_differences(self) -> list[Range]:
        """The range of the difference, of the seeds that both have or lost."""
        ours = {s: (v, v) for s, v in self.treated.items()} | {**self.treated_lost}
        theirs = {s: (v, v) for s, v in self.base.items()} | {**self.base_lost}
        both = [seed for seed in self.lost if seed in ours and seed in theirs]
        return [(ours[s][0] - theirs[s][1], ours[s][1] - theirs[s][0]) for s in both]

    def _sides(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return tuple(self.treated.values()), tuple(self.base.values())


def _of(seeds: Collection[int], row: Mapping[int, Value]) -> dict[int, Value]:
    return {seed: value for seed, value in row.items() if seed in seeds}


def pair_of(treated: Row, base: Row) -> Pair:
    """Two rows with all that is known of their seeds."""
    return Pair(
        treated=treated.by_seed,
        base=base.by_seed,
        treated_lost=treated.lost,
        base_lost=base.lost,
        awaited=frozenset({*treated.awaited, *base.awaited}),
    )


def compared(claim: Claim, cells: Sequence[Scored]) -> Iterator[Pair]:
    """The pairs that a claim compares: one, or for an order one per step."""
    if claim.order:
        for higher, lower in pairwise(claim.ordered):
            yield pair_of(find(higher, cells), find(lower, cells))
        return
    cell = find(claim.cell, cells)
    yield pair_of(cell, added_up(cell, cells) if claim.interaction else find(claim.rival, cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that is no cell's own."""

    by_seed: Scores
    lost: Mapping[int, Range]
    awaited: frozenset[int]


def added_up(cell: Scored, cells: Sequence[Scored]) -> Line:
    """The row that the cell would have if the effects of its changes added up."""
    changed = [find(one, cells) for one in alone(cell)]
    rows = [*changed, baseline_of(cell, cells)]
    weights = [*(1 for _ in changed), 1 - len(changed)]
    parts = [{seed: (v, v) for seed, v in row.by_seed.items()} | {**row.lost} for row in rows]
    seeds = [seed for seed in parts[-1] if all(seed in part for part in parts)]
    found = {seed: _weighted([part[seed] for part in parts], weights) for seed in seeds}
    is_lost = {seed for row in rows for seed in row.lost}
    return Line(
        by_seed={seed: low for seed, (low, _) in found.items() if seed not in is_lost},
        lost={seed: ends for seed, ends in found.items() if seed in is_lost},
        awaited=frozenset(seed for row in rows for seed in row.awaited),
    )


def _weighted(ranges: Sequence[Range], weights: Sequence[int]) -> Range:
    """The range of a sum; a negative weight exchanges the ends."""
    low = sum(w * ends[w < 0] for w, ends in zip(weights, ranges, strict=True))
    return low, sum(w * ends[w >= 0] for w, ends in zip(weights, ranges, strict=True))


def baseline_of(cell: Scored, cells: Sequence[Cell]) -> Cell:
    """The baseline of the cell's model."""
    return next(one for one in cells if one.model == cell.model and not one.changes)

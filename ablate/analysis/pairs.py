"""Pairs of rows of scores to compare, seed by seed where they share seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

from ablate.stats import (
    Difference,
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


class Scored(Named, Protocol):
    """A cell and its scores; a baseline has no changes."""

    @property
    def by_seed(self) -> Scores: ...


Cell = TypeVar("Cell", bound=Scored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two rows of scores that are compared."""

    treated: Scores
    base: Scores

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that both have."""
        return tuple(seed for seed in self.treated if seed in self.base)

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
        if not self.is_paired:
            return unpaired_difference(*self._sides())
        seeds = self.seeds
        if not seeds:
            return None
        return paired_difference([self.treated[s] for s in seeds], [self.base[s] for s in seeds])

    def below(self, bound: float) -> float | None:
        """The one-sided p-value for a difference below the bound."""
        if self.is_paired:
            return p_below(self.differences, bound)
        return unpaired_p_below(*self._sides(), bound)

    def above(self, bound: float) -> float | None:
        """The one-sided p-value for a difference above the bound."""
        if self.is_paired:
            return p_above(self.differences, bound)
        return unpaired_p_above(*self._sides(), bound)

    def only(self, seeds: Iterable[int]) -> Pair:
        """The same of these seeds alone."""
        kept = set(seeds)
        treated = {seed: score for seed, score in self.treated.items() if seed in kept}
        return Pair(treated=treated, base={s: v for s, v in self.base.items() if s in kept})

    def _sides(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return tuple(self.treated.values()), tuple(self.base.values())


def compared(claim: Claim, cells: Sequence[Scored]) -> Iterator[Pair]:
    """The pairs that a claim compares: one, or for an order one per step."""
    if claim.order:
        for higher, lower in pairwise(claim.ordered):
            yield Pair(treated=find(higher, cells).by_seed, base=find(lower, cells).by_seed)
        return
    cell = find(claim.cell, cells)
    base = added_up(cell, cells) if claim.interaction else find(claim.rival, cells).by_seed
    yield Pair(treated=cell.by_seed, base=base)


def added_up(cell: Scored, cells: Sequence[Scored]) -> Scores:
    """Scores that the cell would have if the effects of its changes added up."""
    start = baseline_of(cell, cells).by_seed
    changed = [find(one, cells).by_seed for one in alone(cell)]
    seeds = [seed for seed in start if all(seed in one for one in changed)]
    return {seed: start[seed] + sum(one[seed] - start[seed] for one in changed) for seed in seeds}


def baseline_of(cell: Scored, cells: Sequence[Cell]) -> Cell:
    """The baseline of the cell's model."""
    return next(one for one in cells if one.model == cell.model and not one.changes)

"""Main effects and interactions of factorial designs, seed by seed.

The main effect of a level is what it does on average over the settings of the other factors. The
interaction of two is how much more one does with the other than without it. In a full factorial
both are means over the settings in which everything that they need was run: where runs are missing,
over the settings whose planned runs all have scores. Where there are none, they are over the
settings and seeds that are the largest block without a gap, and have no p-value. A fraction does
not have those; there they are contrasts of the halves of the runs, and each is mixed up with the
effects that have the same halves: its aliases. All of its effects need all of its cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import prod
from statistics import fmean

from ablate.analysis.blocks import largest_block
from ablate.analysis.findings import Effect
from ablate.analysis.model import CellResult
from ablate.analysis.pairs import Scores, added_up, baseline_of, pair_of
from ablate.analysis.verdicts import is_clear
from ablate.stats import holm, paired_difference, seed_differences
from ablate.study.schema import Design, Level

Change = tuple[str, Level]
Setting = list[tuple[CellResult, int]]
"""Cells with the signs with which they enter an effect."""


def effects(
    cells: Sequence[CellResult], design: Design, factors: Sequence[str]
) -> tuple[Effect, ...]:
    """The effects of every model of a factorial study, in the order of its factors.

    None of any other design.
    """
    found: list[Effect] = []
    for model in dict.fromkeys(cell.model for cell in cells):
        own = [cell for cell in cells if cell.model == model]
        if design == "full_factorial":
            found += _full(own, _changes(own, factors))
        elif design == "fractional":
            found += _fractional(own, _changes(own, factors))
    adjusted = holm([effect.difference.p for effect in found])
    return tuple(
        replace(e, p_adjusted=p, clear=is_clear(p)) for e, p in zip(found, adjusted, strict=True)
    )


def together(cells: Sequence[CellResult], design: Design) -> tuple[Effect, ...]:
    """For each model of a full factorial: all changes at once, less what they add up to.

    p is adjusted over the models.
    """
    if design != "full_factorial":
        return ()
    found = []
    for baseline in (cell for cell in cells if cell.is_baseline):
        own = [cell for cell in cells if cell.model == baseline.model]
        most = max(own, key=lambda cell: len(cell.changes))
        if len(most.changes) < 2 or baseline_of(most, cells) is not baseline:
            continue
        pair = pair_of(most, added_up(most, own))
        if pair.difference is not None:
            whole = _effect(baseline.model, tuple(most.changes.items()), pair.differences, 1)
            difference = replace(whole.difference, p=pair.difference.p)
            found.append((replace(whole, difference=difference), bool(pair.lost)))
    adjusted = holm([whole.difference.p for whole, _ in found])
    return tuple(
        replace(whole, p_adjusted=p, clear=is_clear(p) and not lost)
        for (whole, lost), p in zip(found, adjusted, strict=True)
    )


def _changes(cells: Sequence[CellResult], factors: Sequence[str]) -> list[Change]:
    """Every level beside the baseline's, factor by factor."""
    found = dict.fromkeys(change for cell in cells for change in cell.changes.items())
    return sorted(found, key=lambda change: factors.index(change[0]))


def _full(cells: Sequence[CellResult], changes: Sequence[Change]) -> Iterator[Effect]:
    """Means over matched settings."""
    table = {frozenset(cell.changes.items()): cell for cell in cells}
    for one in changes:
        yield from _matched(cells[0].model, table, (one,))
    for one, other in combinations(changes, 2):
        if one[0] != other[0]:
            yield from _matched(cells[0].model, table, (one, other))


def _matched(
    model: str, table: Mapping[frozenset[Change], CellResult], parts: tuple[Change, ...]
) -> Iterator[Effect]:
    """The effect of one change, or of two on each other, where all that it needs was run."""
    settings = list(_settings(table, parts))
    if not settings:
        return
    whole = [one for one in settings if not any(cell.missing for cell, _ in one)]
    some = whole or settings
    kept, seeds = largest_block([_seeds([cell.by_seed for cell, _ in one]) for one in some])
    block = [some[number] for number in kept]
    up, down = ([_mean_side(block, side, seed) for seed in seeds] for side in (1, -1))
    effect = _effect(model, parts, seed_differences(up, down), len(block))
    difference = effect.difference if whole else replace(effect.difference, p=None)
    yield replace(effect, difference=difference, planned_settings=len(settings))


def _settings(
    table: Mapping[frozenset[Change], CellResult], parts: tuple[Change, ...]
) -> Iterator[Setting]:
    """For each setting of the other factors the corners that the effect is made of."""
    corners = [(frozenset(some), _sign(parts, some)) for some in _subsets(parts)]
    for changes in table:
        rest = changes - set(parts)
        if not set(parts) <= changes or {name for name, _ in rest} & {n for n, _ in parts}:
            continue
        if all(rest | some in table for some, _ in corners):
            yield [(table[rest | some], sign) for some, sign in corners]


def _mean_side(settings: Sequence[Setting], side: int, seed: int) -> float:
    """The corners with that sign, added up, as a mean over settings."""
    return fmean(sum(cell.by_seed[seed] for cell, sign in one if sign == side) for one in settings)


def _subsets(parts: tuple[Change, ...]) -> Iterator[tuple[Change, ...]]:
    for size in range(len(parts) + 1):
        yield from combinations(parts, size)


def _sign(parts: tuple[Change, ...], some: tuple[Change, ...]) -> int:
    """+1 for the corner with everything, and alternating with each change that is left out."""
    return 1 if (len(parts) - len(some)) % 2 == 0 else -1


def _fractional(cells: Sequence[CellResult], changes: Sequence[Change]) -> Iterator[Effect]:
    """Contrasts of halves. Effects with the same halves, or the same exchanged, are one."""
    rows = [cell.by_seed for cell in cells]
    on = {change: [change in cell.changes.items() for cell in cells] for change in changes}
    columns = {
        parts: [prod(1 if on[part][run] else -1 for part in parts) for run in range(len(cells))]
        for size in (1, 2)
        for parts in combinations(changes, size)
    }
    told: set[tuple[Change, ...]] = set()
    for parts, column in columns.items():
        if parts in told:
            continue
        alike = column, [-sign for sign in column]
        aliases = [other for other, c in columns.items() if other != parts and c in alike]
        told.update(aliases)
        seeds = _seeds(rows)
        differences = [len(parts) * _halves(column, [row[seed] for row in rows]) for seed in seeds]
        effect = _effect(cells[0].model, parts, differences, len(cells) // 2 ** len(parts))
        d = effect.difference
        known = replace(d, p=None) if any(cell.missing for cell in cells) else d
        yield replace(effect, difference=known, aliases=tuple(dict(alias) for alias in aliases))


def _halves(column: Sequence[int], values: Sequence[float]) -> float:
    """The mean of the runs with + less that of the others."""
    pairs = list(zip(column, values, strict=True))
    return fmean(v for sign, v in pairs if sign > 0) - fmean(v for sign, v in pairs if sign < 0)


def _seeds(rows: Sequence[Scores]) -> list[int]:
    """The seeds that all have."""
    return [seed for seed in rows[0] if all(seed in row for row in rows)] if rows else []


def _effect(
    model: str, parts: tuple[Change, ...], differences: Sequence[float], settings: int
) -> Effect:
    return Effect(
        model=model,
        changes=dict(parts),
        difference=paired_difference(differences, [0.0] * len(differences)),
        p_adjusted=None,
        settings=settings,
        planned_settings=settings,
    )

"""Full factorials seen two factors at a time: means over the settings of the others."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from statistics import fmean

from ablate.analysis.blocks import largest_block
from ablate.analysis.findings import Grid, GridPoint
from ablate.analysis.model import CellResult
from ablate.analysis.pairs import Scores
from ablate.stats import estimate
from ablate.study.schema import Design, Level, Levels

Settings = Mapping[tuple[Level, ...], Scores]
"""Levels of all factors → the scores with them."""


def grids(
    cells: Sequence[CellResult], design: Design, factors: Sequence[str], confidence: float
) -> tuple[Grid, ...]:
    """A grid for every two factors of every model of a full factorial; none of other designs."""
    if design != "full_factorial":
        return ()
    found: list[Grid] = []
    for model in dict.fromkeys(cell.model for cell in cells):
        own = [cell for cell in cells if cell.model == model]
        changed = {name for cell in own for name in cell.changes}
        varied = [factor for factor in factors if factor in changed]
        found += (_grid(own, pair, varied, confidence) for pair in combinations(varied, 2))
    return tuple(found)


def _grid(
    cells: Sequence[CellResult], pair: tuple[str, str], factors: Sequence[str], confidence: float
) -> Grid:
    first, second = pair
    others = [factor for factor in factors if factor not in pair]
    table = {
        (
            cell.levels[first],
            cell.levels[second],
            *(cell.levels[name] for name in others),
        ): cell.by_seed
        for cell in cells
        if cell.scores
    }
    settings, corners = _complete(table)
    return Grid(
        model=cells[0].model,
        factors=pair,
        settings=len(settings),
        points=tuple(
            GridPoint(
                levels=_levels(pair, corner),
                estimate=estimate(_means([table[*corner, *rest] for rest in settings]), confidence),
            )
            for corner in _in_order(corners)
        ),
    )


def _complete(table: Settings) -> tuple[list[tuple[Level, ...]], list[tuple[Level, ...]]]:
    """The settings of the other factors in which all was run, and the levels of the two.

    Where runs are missing in every setting, the largest part of the grid that is complete.
    """
    corners = list(dict.fromkeys(levels[:2] for levels in table))
    settings = list(dict.fromkeys(levels[2:] for levels in table))
    rows = [[corner for corner in corners if (*corner, *rest) in table] for rest in settings]
    whole = [rest for rest, row in zip(settings, rows, strict=True) if len(row) == len(corners)]
    if whole:
        return whole, corners
    kept, shared = largest_block(rows)
    return [settings[number] for number in kept], shared


def _in_order(corners: Sequence[tuple[Level, ...]]) -> Iterator[tuple[Level, ...]]:
    """Row by row, the baseline's levels first."""
    rows, columns = (dict.fromkeys(corner[i] for corner in corners) for i in (0, 1))
    return (corner for corner in product(rows, columns) if corner in corners)


def _levels(pair: tuple[str, str], corner: tuple[Level, ...]) -> Levels:
    return dict(zip(pair, corner, strict=True))


def _means(rows: Sequence[Scores]) -> list[float]:
    """Seed by seed, over the seeds that all have."""
    seeds = [seed for seed in rows[0] if all(seed in row for row in rows)]
    return [fmean(row[seed] for row in rows) for seed in seeds]

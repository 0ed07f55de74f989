"""Each cell against its model's baseline: over seeds, over test images, and over both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ablate.analysis.model import CellResult, Contrast, OverImages, SeedScore
from ablate.analysis.pairs import baseline_of, pair_of
from ablate.analysis.verdicts import is_clear
from ablate.stats import crossed, dunnett, holm, sign_flip
from ablate.study.schema import Adjustment

if TYPE_CHECKING:
    import numpy as np

    Answers = Callable[[str, int], np.ndarray | None]
    """Cell and seed → whether each test image was classified correctly; None if unknown."""

CONFIDENCE = 0.95
POINTS = 100.0
"""Of a share of images."""
DECIMALS = 9
"""More than any paper prints."""


def no_answers(cell: str, seed: int) -> None:
    """The answers of runs that kept none."""


def with_contrasts(
    cells: Sequence[CellResult],
    adjustment: Adjustment = "holm",
    answers: Answers = no_answers,
) -> tuple[CellResult, ...]:
    """The rows with each cell's contrast; p adjusted over all of them."""
    contrasts = [contrast(cell, baseline_of(cell, cells), answers) for cell in cells]
    adjusted = {"holm": _holm, "dunnett": _dunnett}[adjustment](cells, contrasts)
    return tuple(
        replace(cell, contrast=one and adjusted_to(one, p))
        for cell, one, p in zip(cells, contrasts, adjusted, strict=True)
    )


def adjusted_to(one: Contrast, p: float | None) -> Contrast:
    """The contrast with its adjusted p-value; never clear where runs were lost to a cell."""
    return replace(one, p_adjusted=p, clear=is_clear(p) and not one.lost)


def contrast(cell: CellResult, rival: CellResult, answers: Answers) -> Contrast | None:
    """Over the seeds that both have, else unpaired; None where there is nothing to compare."""
    pair = pair_of(cell, rival)
    difference = pair.difference
    if cell.is_baseline or difference is None or difference.mean is None:
        return None
    gaps = pair.lost or pair.awaited
    return Contrast(
        difference=difference,
        p_adjusted=None,
        p_exact=sign_flip(pair.differences) if pair.is_paired and not gaps else None,
        lost=pair.lost,
        awaited=tuple(sorted(pair.awaited)),
        pairs=tuple(
            SeedScore(seed=seed, score=score)
            for seed, score in zip(pair.seeds, pair.differences, strict=True)
        ),
        test_set=test_set(cell.name, rival.name, pair.seeds, answers),
        published=_less(cell.published, rival.published),
    )


def _less(published: float | None, other: float | None) -> float | None:
    """A published difference without the dust of binary fractions: 81.6 − 81.4 is 81.4 − 81.2."""
    return None if published is None or other is None else round(published - other, DECIMALS)


def test_set(cell: str, baseline: str, seeds: Iterable[int], answers: Answers) -> OverImages | None:
    """Nothing unless every run kept its answers to the same number of images."""
    pairs = [(answers(cell, seed), answers(baseline, seed)) for seed in seeds]
    ours = [one for one, other in pairs if one is not None and other is not None]
    theirs = [other for _, other in pairs if other is not None]
    if not pairs or len(ours) < len(pairs) or len({len(row) for row in (*ours, *theirs)}) > 1:
        return None
    found = crossed(ours, theirs, CONFIDENCE)
    return OverImages(
        images=found.images,
        over_images=_in_points(found.over_images),
        over_both=_in_points(found.over_both),
    )


def _in_points(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return (POINTS * interval[0], POINTS * interval[1]) if interval else None


def _holm(
    cells: Sequence[CellResult],  # noqa: ARG001
    contrasts: Sequence[Contrast | None],
) -> Sequence[float | None]:
    return holm([one.difference.p if one else None for one in contrasts])


def _dunnett(
    cells: Sequence[CellResult], contrasts: Sequence[Contrast | None]
) -> Sequence[float | None]:
    """Dunnett's test in each group of cells that share the same seeds with their baseline.

    The groups split the error in proportion to their size (Bonferroni): what a cell has lost costs
    the others no seed.
    """
    groups: dict[tuple[str, tuple[int, ...]], list[CellResult]] = {}
    for cell, one in zip(cells, contrasts, strict=True):
        if one:
            seeds = tuple(pair.seed for pair in one.pairs)
            key = cell.model, () if one.lost or one.awaited else seeds
            groups.setdefault(key, []).append(replace(cell, contrast=one))
    tested = [_group(own, baseline_of(own[0], cells)) for own in groups.values()]
    tests = sum(len(group) for group in tested)
    found = {name: tests / len(group) * p for group in tested for name, p in group.items()}
    return [None if (p := found.get(cell.name)) is None else min(1.0, p) for cell in cells]


def _group(cells: Sequence[CellResult], baseline: CellResult) -> dict[str, float]:
    """Cell → its p-value among these; of what is unpaired or has lost runs its own (Holm)."""
    contrasts = [cell.contrast for cell in cells if cell.contrast]
    seeds = [pair.seed for pair in contrasts[0].pairs]
    if len(seeds) > 1 and not any(one.lost or one.awaited for one in contrasts):
        rows = [[row.by_seed[seed] for seed in seeds] for row in (*cells, baseline)]
        pvalues = dunnett(rows[:-1], rows[-1])
    else:
        pvalues = holm([one.difference.p for one in contrasts])
    names = (cell.name for cell in cells)
    return {name: p for name, p in zip(names, pvalues, strict=True) if p is not None}

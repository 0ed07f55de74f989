"""Each cell against its model's baseline: over seeds, over test images, and over both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ablate.analysis.model import CellResult, Contrast, OverImages, SeedScore
from ablate.analysis.pairs import Pair, baseline_of
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
        replace(cell, contrast=replace(one, p_adjusted=p, clear=is_clear(p)) if one else None)
        for cell, one, p in zip(cells, contrasts, adjusted, strict=True)
    )


def contrast(cell: CellResult, rival: CellResult, answers: Answers) -> Contrast | None:
    """Over the seeds that both have, else unpaired; None where there is nothing to compare."""
    pair = Pair(treated=cell.by_seed, base=rival.by_seed)
    difference = pair.difference
    if cell.is_baseline or difference is None or difference.mean is None:
        return None
    known = cell.published is not None and rival.published is not None
    return Contrast(
        difference=difference,
        p_adjusted=None,
        p_exact=sign_flip(pair.differences) if pair.is_paired else None,
        pairs=tuple(
            SeedScore(seed=seed, score=score)
            for seed, score in zip(pair.seeds, pair.differences, strict=True)
        ),
        test_set=_test_set(cell.name, rival.name, pair.seeds, answers),
        published=cell.published - rival.published if known else None,  # type: ignore[operator]
    )


def _test_set(
    cell: str, baseline: str, seeds: Iterable[int], answers: Answers
) -> OverImages | None:
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
    """Dunnett's test in each model, over the seeds that all its cells have; times the models."""
    found: dict[str, float | None] = {}
    compared = [cell for cell, one in zip(cells, contrasts, strict=True) if one]
    models = list(dict.fromkeys(cell.model for cell in compared))
    for model in models:
        own = [cell for cell in compared if cell.model == model]
        rows = [cell.by_seed for cell in (baseline_of(own[0], cells), *own)]
        seeds = [seed for seed in rows[0] if all(seed in row for row in rows)]
        base, *treated = [[row[seed] for seed in seeds] for row in rows]
        pvalues = dunnett(treated, base)
        found |= dict(zip((cell.name for cell in own), pvalues, strict=True))
    return [
        None if (p := found.get(cell.name)) is None else min(1.0, len(models) * p) for cell in cells
    ]

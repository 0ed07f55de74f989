"""Our contrasts beside the published ones: sign, order and size.

Published values are mostly single runs. Where the paper's own spread between runs is known (DeiT's
Table 8 has one for ImageNet: 0.2), a difference of two such runs is called luck up to two standard
deviations of a difference. Where the paper's values are in another metric than ours, signs and
orders are compared, turned where the one is better higher and the other lower, and sizes are not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from ablate.analysis.findings import AgainstPaper, Agreement, PaperContrast, Size
from ablate.analysis.model import CellResult, Contrast
from ablate.analysis.pairs import Pair, baseline_of, pair_of
from ablate.analysis.verdicts import is_clear
from ablate.stats import Difference, holm
from ablate.study.metrics import METRICS, Metric
from ablate.study.schema import Study
from ablate.study.validate_published import published_metrics

Known = tuple[CellResult, Contrast, float]
"""A cell, its contrast, and the paper's."""


def published_metric(study: Study) -> Metric | None:
    """The metric of the published values that stand beside ours: the study's, else the paper's own.

    None where nothing is published in either.
    """
    there = {name for scores in study.published.values() for name in scores}
    own = study.paper.metric.name if study.paper and study.paper.metric else None
    name = next((name for name in (study.metric, own) if name in there), None)
    return None if name is None else published_metrics(study)[name]


def against_paper(
    cells: Sequence[CellResult],
    sd: float | None,
    metric: Metric = METRICS["top1"],
    theirs: Metric | None = None,
) -> AgainstPaper | None:
    """None where the paper has no contrast that we have.

    `sd` is the paper's between runs; `theirs` is its metric, where that is not the study's.
    """
    known = list(_known(cells))
    if not known:
        return None
    sign = -1 if theirs and theirs.direction != metric.direction else 1
    is_ours = theirs is None or theirs == metric
    sizes = _sizes(known, cells) if is_ours else [Size.APART for _ in known]
    orders = list(_orders([(contrast, sign * published) for _, contrast, published in known]))
    return AgainstPaper(
        contrasts=tuple(
            PaperContrast(
                cell=cell.name,
                published=published,
                agreement=agreement(contrast.difference, contrast.clear, sign * published),
                size=size,
                luck=_luck(published, sd),
            )
            for (cell, contrast, published), size in zip(known, sizes, strict=True)
        ),
        same_order=orders.count(Agreement.SAME),
        opposite_order=orders.count(Agreement.OPPOSITE),
        open_order=orders.count(Agreement.OPEN),
    )


def _known(cells: Sequence[CellResult]) -> Iterator[Known]:
    for cell in cells:
        if cell.contrast is not None and cell.contrast.published is not None:
            yield cell, cell.contrast, cell.contrast.published


def _luck(published: float, sd: float | None) -> bool | None:
    """Whether two runs of the paper's may differ by as much; no difference needs no luck."""
    if sd is None or not published:
        return None
    return abs(published) <= 2 * math.sqrt(2) * sd


def agreement(d: Difference, clear: bool, published: float) -> Agreement:
    """Whether ours, if it is clear at all, has the sign of the published one, if that has one."""
    if not published:
        return Agreement.NO_SIGN
    if not clear or d.mean is None:
        return Agreement.OPEN
    return Agreement.SAME if d.mean * published > 0 else Agreement.OPPOSITE


def _sizes(known: Sequence[Known], cells: Sequence[CellResult]) -> list[Size]:
    """The size of each; that it is told apart from the paper's is adjusted over all (Holm)."""
    pairs = [pair_of(one, baseline_of(one, cells)) for one, _, _ in known]
    apart = holm(
        [_other_than(published, pair) for pair, (_, _, published) in zip(pairs, known, strict=True)]
    )
    return [size(one, published, p) for (_, one, published), p in zip(known, apart, strict=True)]


def _other_than(published: float, pair: Pair) -> float | None:
    """Two-sided, that a difference is the published one; None where it cannot be tested."""
    if pair.lost:
        return None
    above, below = pair.above(published), pair.below(published)
    return None if above is None or below is None else min(1.0, 2 * min(above, below))


def size(contrast: Contrast, published: float, p: float | None) -> Size:
    """Whether ours is larger in the paper's direction; p is that both are the same."""
    mean = contrast.difference.mean
    if p is None or mean is None:
        return Size.OPEN
    if not published:  # told from none as the table tells it
        return Size.LARGER if contrast.clear else Size.ALIKE
    if not is_clear(p):
        return Size.ALIKE
    along = mean if published > 0 else -mean
    if contrast.clear and along < 0:
        return Size.APART
    return Size.LARGER if along > abs(published) else Size.SMALLER


def _orders(known: Sequence[tuple[Contrast, float]]) -> Iterator[Agreement]:
    """For each two that the paper puts in an order, whether ours are in the same; adjusted."""
    pairs = [
        (_between(one, other), published - rival)
        for (one, published), (other, rival) in combinations(known, 2)
        if published != rival
    ]
    adjusted = holm([d.p if d else None for d, _ in pairs])
    for (d, published), p in zip(pairs, adjusted, strict=True):
        yield Agreement.OPEN if d is None else agreement(d, is_clear(p), published)


def _between(one: Contrast, other: Contrast) -> Difference | None:
    """One contrast minus the other, seed by seed."""
    ours, theirs = ({pair.seed: pair.score for pair in each.pairs} for each in (one, other))
    found = Pair(treated=ours, base=theirs).difference
    return replace(found, p=None) if found and (one.has_gaps or other.has_gaps) else found

"""Our contrasts beside the published ones: sign, order and size.

Published values are mostly single runs. Where the paper's own spread between runs is known (DeiT's
Table 8 has one for ImageNet: 0.2), a difference of two such runs is called luck up to two standard
deviations of a difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from ablate.analysis.findings import AgainstPaper, Agreement, PaperContrast, Size
from ablate.analysis.model import CellResult, Contrast
from ablate.analysis.pairs import Pair
from ablate.analysis.verdicts import is_clear
from ablate.stats import Difference, holm

Known = tuple[CellResult, Contrast, float]
"""A cell, its contrast, and the paper's."""


def against_paper(cells: Sequence[CellResult], sd: float | None) -> AgainstPaper | None:
    """None where the paper has no contrast that we have; `sd` is the paper's between runs."""
    known = list(_known(cells))
    if not known:
        return None
    orders = list(_orders([(contrast, published) for _, contrast, published in known]))
    return AgainstPaper(
        contrasts=tuple(_contrast(one, sd) for one in known),
        same_order=orders.count(Agreement.SAME),
        opposite_order=orders.count(Agreement.OPPOSITE),
        open_order=orders.count(Agreement.OPEN),
    )


def _known(cells: Sequence[CellResult]) -> Iterator[Known]:
    for cell in cells:
        if cell.contrast is not None and cell.contrast.published is not None:
            yield cell, cell.contrast, cell.contrast.published


def _contrast(one: Known, sd: float | None) -> PaperContrast:
    cell, contrast, published = one
    return PaperContrast(
        cell=cell.name,
        published=published,
        agreement=agreement(contrast.difference, contrast.clear, published),
        size=size(contrast.difference, published),
        luck=None if sd is None else abs(published) <= 2 * math.sqrt(2) * sd,
    )


def agreement(d: Difference, clear: bool, published: float) -> Agreement:
    """Whether ours, if it is clear at all, has the sign of the published one."""
    if not clear or d.mean is None:
        return Agreement.OPEN
    return Agreement.SAME if d.mean * published > 0 else Agreement.OPPOSITE


def size(d: Difference, published: float) -> Size:
    """Whether ours is as large, in the direction of the published one."""
    if d.low is None or d.high is None:
        return Size.OPEN
    if d.low <= published <= d.high:
        return Size.ALIKE
    beyond = d.low > published if published >= 0 else d.high < published
    return Size.LARGER if beyond else Size.SMALLER


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
    return Pair(treated=ours, base=theirs).difference

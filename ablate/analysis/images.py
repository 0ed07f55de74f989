"""Verdicts beyond the images that happened to be tested.

A test set is a sample as seeds are. A verdict that the intervals over seeds and images do not bear
holds on this test set only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ablate.analysis.contrasts import test_set
from ablate.analysis.model import CellResult, Interval, Verdict
from ablate.analysis.pairs import Pair
from ablate.analysis.verdicts import DOWNWARD, bound
from ablate.study.cells import find
from ablate.study.schema import Claim

if TYPE_CHECKING:
    from ablate.analysis.contrasts import Answers


def only_here(
    claim: Claim,
    verdict: Verdict,
    pairs: Sequence[Pair],
    cells: Sequence[CellResult],
    m: float,
    answers: Answers,
) -> bool:
    """Whether a verdict holds over seeds but not over seeds and test images.

    Not of interactions, and where some run kept no answers: then it is not known.
    """
    if verdict is Verdict.UNDECIDED or claim.interaction:
        return False
    compared = list(pairwise(claim.ordered)) if claim.order else [(claim.cell, claim.rival)]
    found = [
        test_set(find(one, cells).name, find(other, cells).name, pair.seeds, answers)
        for (one, other), pair in zip(compared, pairs, strict=True)
    ]
    intervals = [one.over_both for one in found if one and one.over_both]
    return len(intervals) == len(pairs) and not _bears(claim, verdict, intervals, m)


def _bears(claim: Claim, verdict: Verdict, intervals: Sequence[Interval], m: float) -> bool:
    """Whether the intervals lie on the side of the verdict."""
    is_supported = verdict is Verdict.SUPPORTED
    if claim.expect is None:
        return _steps(intervals, is_supported)
    ((low, high),) = intervals
    if verdict is Verdict.NEGLIGIBLE or (claim.expect == "equivalent" and is_supported):
        return -m < low and high < m
    if claim.expect == "equivalent":
        return low > m or high < -m
    at = bound(claim.expect, m, claim.at_least)
    return high < at if (claim.expect in DOWNWARD) == is_supported else low > at


def _steps(intervals: Iterable[Interval], is_supported: bool) -> bool:
    if is_supported:
        return all(low > 0 for low, _ in intervals)
    return any(high < 0 for _, high in intervals)

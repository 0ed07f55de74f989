"""Lost runs, of two kinds.

A run that was lost to the machine (killed, interrupted, not run) is awaited: it says nothing of the
cell, and is run again. Until then a comparison that needs it has no p-value (`Pair`), since looking
early and then again errs more than 5 %.

A run that was lost to the cell (it failed, diverged or ran out of time) is not left out at random:
what would have scored badly may be what failed. So its score may have been anything within the
metric's bounds, or, on a side without one, within the range seen in the study; tests take what
gives the largest p-value, and no difference with such a run is printed in bold. How many runs
completed is a result of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ablate.analysis.model import CellResult, Completion, Missing
from ablate.analysis.pairs import Range, baseline_of
from ablate.analysis.verdicts import is_clear
from ablate.results.frame import LOST_TO_CELL
from ablate.stats import completion_p, holm
from ablate.study.metrics import Metric


def with_lost(cells: Sequence[CellResult], metric: Metric) -> tuple[CellResult, ...]:
    """The cells, with what their lost runs could have scored, and how many runs completed."""
    found = score_range(metric, [one.score for cell in cells for one in cell.scores])
    return _with_completion([_with_ranges(cell, found) for cell in cells])


def score_range(metric: Metric, seen: Iterable[float]) -> Range:
    """The bounds of a metric, and where it has none those of the scores that were seen."""
    scores = list(seen) or [0.0]
    low, high = metric.lowest, metric.highest
    return min(scores) if low is None else low, max(scores) if high is None else high


def _with_ranges(cell: CellResult, found: Range) -> CellResult:
    def ranged(missing: Missing) -> Missing:
        return replace(missing, range=found) if missing.state in LOST_TO_CELL else missing

    return replace(cell, missing=tuple(map(ranged, cell.missing)))


def _with_completion(cells: Sequence[CellResult]) -> tuple[CellResult, ...]:
    """p adjusted over all cells that are compared with a baseline (Holm), however many failed."""
    found = [_completion(cell, baseline_of(cell, cells)) for cell in cells]
    adjusted = holm([one.p if one else None for one in found])
    return tuple(
        replace(cell, completion=one and replace(one, p_adjusted=p, clear=is_clear(p)))
        if one and one.any_lost
        else cell
        for cell, one, p in zip(cells, found, adjusted, strict=True)
    )


def _completion(cell: CellResult, baseline: CellResult) -> Completion | None:
    """None of a baseline, and before any run of both has ended."""
    ended, beside = len(cell.ended), len(baseline.ended)
    if cell.is_baseline or not ended or not beside:
        return None
    ours, theirs = cell.estimate.n, baseline.estimate.n
    return Completion(
        completed=ours,
        of=ended,
        baseline_completed=theirs,
        baseline_of=beside,
        p=completion_p(ours, ended, theirs, beside),
    )

"""What the study measures beside its metric: shown, and judging no claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ablate.analysis.contrasts import CONFIDENCE
from ablate.analysis.findings import MoreMetric, MoreScore
from ablate.analysis.pairs import Pair, Scores
from ablate.analysis.verdicts import is_clear
from ablate.plan.make import Plan
from ablate.stats import estimate, holm
from ablate.store.store import Run
from ablate.study.cells import Cell
from ablate.study.metrics import METRICS


def more_metrics(plan: Plan, runs: Mapping[str, Run]) -> Iterator[MoreMetric]:
    """Each further metric of the study, p adjusted over its own contrasts (Holm)."""
    for name in plan.study.more_metrics:
        rows = {cell.name: _scores(plan, cell, runs, name) for cell in plan.cells}
        differences = {
            cell.name: Pair(treated=rows[cell.name], base=rows[cell.model]).difference
            for cell in plan.cells
            if not cell.is_baseline
        }
        adjusted = holm([d.p if d else None for d in differences.values()])
        pvalues = dict(zip(differences, adjusted, strict=True))
        yield MoreMetric(
            metric=METRICS[name],
            scores=tuple(
                MoreScore(
                    cell=cell,
                    estimate=estimate(list(row.values()), CONFIDENCE),
                    difference=differences.get(cell),
                    p_adjusted=pvalues.get(cell),
                    clear=is_clear(pvalues.get(cell)),
                )
                for cell, row in rows.items()
            ),
        )


def _scores(plan: Plan, cell: Cell, runs: Mapping[str, Run], metric: str) -> Scores:
    found = ((trial.seed, runs.get(trial.signature)) for trial in plan.of_cell(cell))
    scores = ((seed, run.record.scores.get(metric)) for seed, run in found if run and run.finished)
    return {seed: score for seed, score in scores if score is not None}

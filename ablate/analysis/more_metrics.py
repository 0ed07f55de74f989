"""Metrics beside the study's own: shown, and judging no claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ablate.analysis.contrasts import CONFIDENCE
from ablate.analysis.findings import MoreMetric, MoreScore
from ablate.analysis.pairs import Pair
from ablate.analysis.verdicts import is_clear
from ablate.results.frame import FINISHED, score_column
from ablate.stats import estimate, holm
from ablate.study.metrics import METRICS

Rows = Sequence[Mapping[str, Any]]


def more_metrics(metrics: Iterable[str], by_cell: Mapping[str, Rows]) -> Iterator[MoreMetric]:
    """Each further metric, its p-values adjusted over its own contrasts (Holm)."""
    models = {cell: rows[0]["model"] for cell, rows in by_cell.items()}
    for metric in metrics:
        scores = {cell: _scores(rows, metric) for cell, rows in by_cell.items()}
        differences = {
            cell: Pair(treated=scores[cell], base=scores[model]).difference
            for cell, model in models.items()
            if cell != model  # a baseline is called like its model
        }
        adjusted = holm([d.p if d else None for d in differences.values()])
        pvalues = dict(zip(differences, adjusted, strict=True))
        yield MoreMetric(
            metric=METRICS[metric],
            scores=tuple(
                MoreScore(
                    cell=cell,
                    estimate=estimate(list(own.values()), CONFIDENCE),
                    difference=differences.get(cell),
                    p_adjusted=pvalues.get(cell),
                    clear=is_clear(pvalues.get(cell)),
                )
                for cell, own in scores.items()
            ),
        )


def _scores(rows: Rows, metric: str) -> dict[int, float]:
    """Seed → score of the finished runs that measured it."""
    column = score_column(metric)
    finished = (row for row in rows if row["state"] == FINISHED)
    return {row["seed"]: row[column] for row in finished if row[column] is not None}

"""Metrics beside the study's own: shown, and judging no claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ablate.analysis.contrasts import CONFIDENCE
from ablate.analysis.findings import MoreMetric, MoreScore
from ablate.analysis.lost import score_range
from ablate.analysis.pairs import Line, pair_of
from ablate.analysis.verdicts import is_clear
from ablate.results.frame import FINISHED, LOST_TO_CELL, is_awaited, score_column
from ablate.stats import estimate, holm
from ablate.study.metrics import METRICS

Rows = Sequence[Mapping[str, Any]]


def more_metrics(metrics: Iterable[str], by_cell: Mapping[str, Rows]) -> Iterator[MoreMetric]:
    """Each further metric, its p-values adjusted over its own contrasts (Holm)."""
    models = {cell: rows[0]["model"] for cell, rows in by_cell.items()}
    for metric in metrics:
        lines = _lines(by_cell, metric)
        pairs = {cell: pair_of(lines[cell], lines[model]) for cell, model in models.items()}
        differences = {
            cell: pair.difference
            for cell, pair in pairs.items()
            if cell != models[cell]  # a baseline is called like its model
        }
        adjusted = holm([d.p if d else None for d in differences.values()])
        pvalues = dict(zip(differences, adjusted, strict=True))
        yield MoreMetric(
            metric=METRICS[metric],
            scores=tuple(
                MoreScore(
                    cell=cell,
                    estimate=estimate(list(own.by_seed.values()), CONFIDENCE),
                    difference=differences.get(cell),
                    p_adjusted=pvalues.get(cell),
                    clear=is_clear(pvalues.get(cell)) and not pairs[cell].lost,
                )
                for cell, own in lines.items()
            ),
        )


def _lines(by_cell: Mapping[str, Rows], metric: str) -> dict[str, Line]:
    """Cell → its scores, and what lost runs could have scored."""
    scores = {cell: _scores(rows, metric) for cell, rows in by_cell.items()}
    seen = [score for own in scores.values() for score in own.values()]
    found = score_range(METRICS[metric], seen)
    states = {cell: {row["seed"]: row["state"] for row in rows} for cell, rows in by_cell.items()}
    return {
        cell: Line(
            by_seed=own,
            lost={seed: found for seed, state in states[cell].items() if state in LOST_TO_CELL},
            awaited=frozenset(s for s, state in states[cell].items() if is_awaited(state)),
        )
        for cell, own in scores.items()
    }


def _scores(rows: Rows, metric: str) -> dict[int, float]:
    """Seed → score of the finished runs that measured it."""
    column = score_column(metric)
    finished = (row for row in rows if row["state"] == FINISHED)
    return {row["seed"]: row[column] for row in finished if row[column] is not None}

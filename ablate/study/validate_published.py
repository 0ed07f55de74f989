"""Mistakes in published values: columns of no metric, and numbers that are in no unit of theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ablate.errors import hint
from ablate.study.metrics import METRICS, Metric
from ablate.study.schema import Study
from ablate.study.source import Place, Source

LARGEST = {"%": 100.0, "nats": 20.0}
"""Unit → the largest value that may be published. A guess among a thousand classes has 6.9 nats."""
LIKE = 4
"""A share, a hundred times as much, is like the others: up to so many times as large or as small.
The 0.1 % of a network that did not train, beside others of 80 %, is no share: 10 % is unlike them.
"""


def published_metrics(study: Study) -> dict[str, Metric]:
    """The metrics that published values may be in: ours, and the paper's own."""
    own = study.paper.metric if study.paper else None
    if own is None:
        return METRICS
    metric = Metric(name=own.name, label=own.label, unit=own.unit, direction=own.better)
    return METRICS | {own.name: metric}


def check_published(study: Study, source: Source) -> None:
    """Note every value that cannot be in the unit of its metric."""
    metrics = published_metrics(study)
    columns: dict[str, dict[Place, float]] = {}
    for reference, scores in study.published.items():
        for name, value in scores.items():
            place: Place = ("published", reference, name)
            if name in metrics:
                columns.setdefault(name, {})[place] = value
            else:
                source.blame(place, f"unknown metric {hint(name, metrics)}")
    for name, values in columns.items():
        for place, value in values.items():
            if problem := _problem(value, metrics[name], list(values.values())):
                source.blame(place, problem)


def _problem(value: float, metric: Metric, column: Sequence[float]) -> str:
    """Why a value is in no unit of its metric; nothing if it may be."""
    most = LARGEST.get(metric.unit, math.inf)
    allowed = f"allowed is 0 to {most:g}" if math.isfinite(most) else "allowed is any number"
    what = f"{metric.label} in {metric.unit}"
    if not math.isfinite(value) or (metric.unit in LARGEST and not 0 <= value <= most):
        return f"{value:g} is no {what}; {allowed}"
    if metric.unit == "%" and _looks_like_a_share(value, column):
        return f"{value:g} looks like a share, not like {what}; {allowed}: write {100 * value:g}"
    return ""


def _looks_like_a_share(value: float, column: Sequence[float]) -> bool:
    """Whether 100 times the value would be like the others, or none of them is 1 or more."""
    if not 0 < value < 1:
        return False
    others = [other for other in column if other >= 1]
    return not others or min(others) / LIKE <= 100 * value <= max(others) * LIKE

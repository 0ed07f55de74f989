"""Scores against costs, and the Pareto front of each."""

from collections.abc import Iterator, Sequence

from ablate.analysis.findings import Cost, Tradeoff
from ablate.analysis.model import CellResult
from ablate.study.metrics import Metric

VARIES = 0.03
"""Counts that vary by a smaller share are the same."""
COUNTED: dict[Cost, Cost] = {
    "macs": "macs",
    "parameters": "parameters",
    "images_per_s": "macs",
    "train_s": "macs",
}
"""Cost → the count that tells whether it differs. A machine's speed differs from run to run, so
that it alone tells nothing."""


def tradeoffs(cells: Sequence[CellResult], metric: Metric) -> Iterator[Tradeoff]:
    """Every cost that is not the same for all cells with a score."""
    scored = [cell for cell in cells if cell.estimate.mean is not None]
    for cost, count in COUNTED.items():
        counts = [value for cell in scored if (value := cost_of(cell, count))]
        paid = {
            cell.name: (value, cell.estimate.mean or 0.0)
            for cell in scored
            if (value := cost_of(cell, cost))
        }
        if paid and counts and max(counts) > (1 + VARIES) * min(counts):
            yield Tradeoff(cost=cost, front=front(paid, cost, metric))


def cost_of(cell: CellResult, cost: Cost) -> float | None:
    """The cell's cost, a field of the same name; None if unknown."""
    value: float | None = getattr(cell, cost)
    return value


def front(paid: dict[str, tuple[float, float]], cost: Cost, metric: Metric) -> tuple[str, ...]:
    """The Pareto front, cheapest first: cells that no other beats in cost or score at no loss."""
    dear = -1 if cost == "images_per_s" else 1
    ranked = sorted(
        (dear * value, -metric.merit(score), name) for name, (value, score) in paid.items()
    )
    found: list[tuple[float, float, str]] = []
    for one in ranked:
        if not found or one[1] < found[-1][1] or one[:2] == found[-1][:2]:
            found.append(one)
    return tuple(name for _, _, name in found)

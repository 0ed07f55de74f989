"""Scores against costs, and the Pareto front of each."""

from collections.abc import Iterator, Sequence

from ablate.analysis.findings import Cost, Tradeoff
from ablate.analysis.model import CellResult
from ablate.study.metrics import Metric

VARIES = 0.03
"""Counts that vary by a smaller share are the same."""
COSTS: tuple[Cost, ...] = ("macs", "parameters")


def tradeoffs(cells: Sequence[CellResult], metric: Metric) -> Iterator[Tradeoff]:
    """Every cost that is not the same for all cells with a score.

    Cells that lost runs to themselves are on no front: their means are those of survivors.
    """
    scored = [cell for cell in cells if cell.estimate.mean is not None and not cell.lost]
    for cost in COSTS:
        paid = {
            cell.name: (value, cell.estimate.mean or 0.0)
            for cell in scored
            if (value := cost_of(cell, cost))
        }
        counts = [value for value, _ in paid.values()]
        if counts and max(counts) > (1 + VARIES) * min(counts):
            yield Tradeoff(cost=cost, front=front(paid, metric))


def cost_of(cell: CellResult, cost: Cost) -> float | None:
    """The cell's cost, a field of the same name; None if unknown."""
    value: float | None = getattr(cell, cost)
    return value


def front(paid: dict[str, tuple[float, float]], metric: Metric) -> tuple[str, ...]:
    """The Pareto front, cheapest first: cells that no other beats in cost or score at no loss."""
    ranked = sorted((value, -metric.merit(score), name) for name, (value, score) in paid.items())
    found: list[tuple[float, float, str]] = []
    for one in ranked:
        if not found or one[1] < found[-1][1] or one[:2] == found[-1][:2]:
            found.append(one)
    return tuple(name for _, _, name in found)

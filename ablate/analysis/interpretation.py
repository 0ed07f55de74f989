"""Interpretations of trained networks, pooled over the seeds of each cell."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from ablate.analysis.findings import CellInterpretation, LayerAttention, NotInterpreted
from ablate.interpret.model import Interpretation

Seen = Mapping[str, Sequence[tuple[int, Interpretation]]]
"""Cell → seed and interpretation of each of its networks."""


def interpretations(found: Seen) -> Iterator[CellInterpretation]:
    """One entry for each cell with a network that could be interpreted."""
    for cell, tried in found.items():
        usable = [
            (seed, interpretation) for seed, interpretation in tried if interpretation.cause is None
        ]
        if usable:
            yield _pooled(cell, usable)


def _pooled(cell: str, usable: Sequence[tuple[int, Interpretation]]) -> CellInterpretation:
    first = usable[0][1]
    by_layer = zip(*(interpretation.layers for _, interpretation in usable), strict=True)
    pooled = [[d for layer in layers for d in layer.distances] for layers in by_layer]
    return CellInterpretation(
        cell=cell,
        seeds=tuple(seed for seed, _ in usable),
        images=first.images,
        image_size=first.image_size,
        layers=tuple(
            LayerAttention(distances=tuple(distances), mean=fmean(distances), uniform=layer.uniform)
            for distances, layer in zip(pooled, first.layers, strict=True)
        ),
        positions=first.positions,
        rollouts=first.rollouts,
        filters=first.filters,
    )


def not_interpreted(found: Seen) -> tuple[NotInterpreted, ...]:
    """Causes why networks could not be interpreted, the most frequent first."""
    causes = Counter(i.cause for tried in found.values() for _, i in tried if i.cause is not None)
    return tuple(NotInterpreted(cause=cause, count=count) for cause, count in causes.most_common())

"""Adaptive seeds in a table: intervals and p-values that hold at whatever look adding ended.

Where seeds are added until a claim is decided, an interval for a fixed number of seeds would miss
the truth too often, and bold would be found too often. Repeated intervals hold at all looks
together, and each p-value is as strict as its look, times the number of comparisons (Bonferroni:
the steps of Holm's method would depend on when the others stopped).
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from ablate.analysis.findings import Effect, MoreMetric, MoreScore
from ablate.analysis.looks import limit
from ablate.analysis.model import CellResult, Contrast
from ablate.analysis.verdicts import ALPHA, is_clear
from ablate.stats import Difference, repeated
from ablate.study.cells import deciding
from ablate.study.schema import Adaptive, Claim

Name = TypeVar("Name", str, int)
Compared = TypeVar("Compared", Contrast, Effect, MoreScore)


def with_repeated(
    cells: Sequence[CellResult], rule: Adaptive | None, claims: Sequence[Claim]
) -> tuple[CellResult, ...]:
    """The rows with contrasts, and steps, that hold at every look."""
    grown = watched(claims, cells)
    contrasts = at_looks({cell.name: cell.contrast for cell in cells}, rule, grown)
    steps = at_looks({cell.name: cell.step for cell in cells}, rule, grown)
    return tuple(
        replace(cell, contrast=contrasts[cell.name], step=steps[cell.name]) for cell in cells
    )


def watched(claims: Sequence[Claim], cells: Sequence[CellResult]) -> set[str]:
    """The cells to which seeds may be added; the others keep as many as they started with."""
    return {name for claim in claims for name in deciding(claim, cells)}


def repeated_effects(effects: Sequence[Effect], rule: Adaptive | None) -> tuple[Effect, ...]:
    """Effects that hold at every look: each is of many cells, and seeds may be added to all."""
    found = at_looks(dict(enumerate(effects)), rule, range(len(effects)))
    return tuple(one for one in found.values() if one)


def repeated_metric(metric: MoreMetric, rule: Adaptive | None) -> MoreMetric:
    """A further metric whose differences hold at every look: it goes along with the study's."""
    scores = {one.cell: one for one in metric.scores}
    found = at_looks(scores, rule, scores)
    return replace(metric, scores=tuple(one for one in found.values() if one))


def at_looks(
    family: Mapping[Name, Compared | None], rule: Adaptive | None, grown: Container[Name]
) -> dict[Name, Compared | None]:
    """Each comparison, as strict as its look and the size of the family ask for."""
    if rule is None:
        return dict(family)
    tests = sum(one is not None and one.p_adjusted is not None for one in family.values())
    return {
        name: one and _at_look(one, rule if name in grown else None, max(1, tests))
        for name, one in family.items()
    }


def _at_look(one: Compared, rule: Adaptive | None, tests: int) -> Compared:
    """Without a rule the seeds were fixed, and only the family counts."""
    d = one.difference
    if d is None or d.p is None:
        return one
    alone = ALPHA / (2 * tests)
    asked = alone if rule is None else limit(d.n, rule, alone)
    p = min(1.0, max(d.p * ALPHA / (2 * asked), one.p_adjusted or 0.0))
    return replace(
        one,
        difference=repeated_at(d, rule),
        p_adjusted=None if one.p_adjusted is None else p,
        clear=one.clear and is_clear(p),
    )


def repeated_at(d: Difference, rule: Adaptive | None) -> Difference:
    """The difference with the repeated interval of the look that has as many seeds."""
    return d if rule is None else repeated(d, limit(d.n, rule, (1 - d.confidence) / 2))

"""What changed from one analysis to another, in a few sentences: the answer of a comparison."""

from __future__ import annotations

from collections.abc import Iterable

from ablate.analysis.compare import CellPair, Comparison
from ablate.analysis.model import CellResult
from ablate.report.formatting import count, mean_difference
from ablate.report.labels import full_label
from ablate.report.sections.answer import is_clear

NAMED = 4
"""As many cells are named by a sentence; the table has them all."""


def answer(comparison: Comparison) -> str:
    """What changed beyond chance, then which conclusions are others."""
    parts = (_changes(comparison), _signs(comparison), _verdicts(comparison))
    return " ".join(part for part in parts if part)


def _changes(comparison: Comparison) -> str:
    shifts = [(pair, pair.shift) for pair in comparison.cells if pair.shift]
    clear = [(pair, shift) for pair, shift in shifts if shift.clear]
    what = count(len(shifts), "score" if comparison.same_data else "contrast")
    if clear:
        metric = comparison.b.metric
        named = (
            f"{_label(pair, comparison)} ({mean_difference(shift.difference, metric)})"
            for pair, shift in clear
        )
        return f"{len(clear)} of {what} changed beyond chance: {_listed(named)}."
    if shifts and all(shift.is_nothing for _, shift in shifts):
        return f"Nothing changed: {what} compared, the same seed by seed."
    if any(shift.p_adjusted is not None for _, shift in shifts):
        return f"Nothing changed beyond chance: {what} compared."
    return "Nothing can be told from chance: that takes two seeds on both sides, and a spread."


def _signs(comparison: Comparison) -> str:
    """Contrasts that point elsewhere, each told from chance on its own side."""
    turned = [
        _label(pair, comparison)
        for pair in comparison.cells
        if pair.a and pair.b and _is_turned(pair.a, pair.b)
    ]
    if not turned:
        return ""
    what = "One contrast" if len(turned) == 1 else f"{len(turned)} contrasts"
    return f"{what} changed sign: {_listed(turned)}."


def _is_turned(a: CellResult, b: CellResult) -> bool:
    if not (a.contrast and b.contrast and is_clear(a) and is_clear(b)):
        return False
    before, after = a.contrast.difference.mean, b.contrast.difference.mean
    return before is not None and after is not None and before * after < 0


def _verdicts(comparison: Comparison) -> str:
    both = [(claim.says, claim.a, claim.b) for claim in comparison.claims if claim.a and claim.b]
    other = [
        f"“{says.rstrip('. ')}” ({before} in A, {after} in B)"
        for says, before, after in both
        if before is not after
    ]
    if not both:
        return ""
    if not other:
        return "The verdict is the same." if len(both) == 1 else "Every verdict is the same."
    if len(both) == 1:
        return f"The claim has another verdict: {other[0]}."
    has = "has" if len(other) == 1 else "have"
    return f"{len(other)} of {len(both)} claims {has} another verdict: {_listed(other)}."


def _label(pair: CellPair, comparison: Comparison) -> str:
    return full_label(pair.either, comparison.b if pair.b else comparison.a)


def _listed(parts: Iterable[str]) -> str:
    """The first, and how many more there are."""
    every = list(parts)
    more = len(every) - NAMED
    return "; ".join(every[:NAMED]) + (f"; and {more} more" if more > 0 else "")

"""In what two analyses were not alike before any score: a line for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ablate.analysis.compare import Comparison, Unlike, Value
from ablate.report.formatting import MISSING
from ablate.report.labels import join_words, level_label

KINDS = {
    "study": "Study",
    "setting": "Setting",
    "seeds": "Seeds",
    "margin": "Margin",
    "recipe": "Recipe",
    "variant": "Trained",
    "level": "Levels",
    "data": "Data sets",
    "code": "Code",
    "library": "Libraries",
    "commit": "Commit",
    "python": "Python",
    "platform": "Platform",
    "device": "Device",
    "threads": "Threads per run",
}


def unlike(comparison: Comparison) -> Iterator[str]:
    """One line for each kind: `Recipe: epochs 20 in A, 25 in B; lr 0.002 in A, 0.001 in B.`"""
    for side, other, name in (
        (comparison.a, comparison.b, "A"),
        (comparison.b, comparison.a, "B"),
    ):
        theirs = {cell.name for cell in other.cells}
        only = [cell.name for cell in side.cells if cell.name not in theirs]
        if only:
            yield f"Cells that only {name} has: {join_words(only)}."
    for kind, group in groupby(comparison.unlike, key=lambda one: one.kind):
        members = list(group)
        if kind in ("code", "data"):
            yield f"{KINDS[kind]}: {', '.join(_hashed(one) for one in members)}."
        else:
            yield f"{KINDS[kind]}: {'; '.join(_told(one) for one in members)}."
    if not comparison.code_known:
        yield "Code: which code made the runs is not noted on both sides."


def _hashed(one: Unlike) -> str:
    """`models/vit.py`, `models/new.py (only in B)`: hashes say nothing to people."""
    if one.a is None or one.b is None:
        return f"{one.name} (only in {'A' if one.b is None else 'B'})"
    return one.name


def _told(one: Unlike) -> str:
    name = one.name.replace("_", " ") if one.kind == "recipe" else one.name
    return f"{name} {_value(one.a)} in A, {_value(one.b)} in B".lstrip()


def _value(value: Value) -> str:
    """Names as they are typed, numbers as they were chosen."""
    if isinstance(value, tuple):
        return join_words(_value(part) for part in value) if value else MISSING
    if value is None:
        return MISSING
    return value if isinstance(value, str) else level_label(value, {})

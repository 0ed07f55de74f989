"""In what two analyses differ before any score: a line for each kind of thing."""

from collections.abc import Iterator
from itertools import groupby

from ablate.analysis.compare import Comparison, ContextDifference, Value
from ablate.report.formatting import MISSING
from ablate.report.labels import join_words
from ablate.study.labels import level_words

TITLES = {
    "variant": "Trained",
    "level": "Levels",
    "data": "Data sets",
    "library": "Libraries",
    "threads": "Threads per run",
}
"""Of kinds whose own name is no title."""


def differences(comparison: Comparison) -> Iterator[str]:
    """One line for each kind: `Recipe: epochs 20 in A, 25 in B; lr 0.002 in A, 0.001 in B.`"""
    a, b = ([cell.name for cell in side.cells] for side in (comparison.a, comparison.b))
    for side, own, others in (("A", a, b), ("B", b, a)):
        if only := [name for name in own if name not in others]:
            yield f"Cells only in {side}: {join_words(only)}."
    for kind, group in groupby(comparison.differences, key=lambda one: one.kind):
        hashed = kind in ("code", "data")
        told = (", " if hashed else "; ").join(map(_hashed if hashed else _values, group))
        yield f"{TITLES.get(kind, kind.capitalize())}: {told}."
    if not comparison.code_known:
        yield "Code: not recorded on both sides."


def _hashed(one: ContextDifference) -> str:
    """`models/vit.py`, `models/new.py (only in B)`: hashes say nothing to people."""
    if one.a is None or one.b is None:
        return f"{one.name} (only in {'A' if one.b is None else 'B'})"
    return one.name


def _values(one: ContextDifference) -> str:
    name = one.name.replace("_", " ") if one.kind == "recipe" else one.name
    return f"{name} {_value(one.a)} in A, {_value(one.b)} in B".lstrip()


def _value(value: Value) -> str:
    """Names as they are typed, numbers as they were chosen."""
    if isinstance(value, tuple):
        return join_words(map(_value, value)) if value else MISSING
    if value is None:
        return MISSING
    return value if isinstance(value, str) else level_words(value)

"""Checks of the inputs of `ablate.stats`, and the sample standard deviation."""

import math
from collections.abc import Sequence
from statistics import fmean

# Scores are often averaged in float32, whose rounding error is about 1e-7 of the score. A spread of
# this share of the scores is therefore rounding, not seeds. One more image right out of a million
# moves an accuracy by as much as this, so no real difference between two seeds is lost.
ROUNDING = 1e-6


def finite(values: Sequence[float], name: str) -> tuple[float, ...]:
    """The values as floats. Raises ValueError for NaN and infinity."""
    floats = tuple(float(value) for value in values)
    for position, value in enumerate(floats, start=1):
        if not math.isfinite(value):
            where = f"{name}: value {position} of {len(floats)} is {value}"
            raise ValueError(f"{where}, expected a finite number; leave missing scores out")
    return floats


def finite_number(value: float, name: str) -> float:
    """The value itself. Raises ValueError for NaN and infinity."""
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}, expected a finite number")
    return value


def fraction(value: float, name: str) -> float:
    """The value itself. Raises ValueError unless it lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}, expected a number between 0 and 1")
    return value


def constant(values: Sequence[float], scale: float) -> bool:
    """Whether the values differ only by rounding, given scores as large as `scale`."""
    return max(values) - min(values) <= ROUNDING * scale


def deviation(values: Sequence[float]) -> float | None:
    """Sample standard deviation; None below two values, exactly 0.0 when they are constant."""
    n = len(values)
    if n < 2:
        return None
    if constant(values, scale=max(map(abs, values))):
        return 0.0
    return math.dist(values, [fmean(values)] * n) / math.sqrt(n - 1)

"""The intervals and adjustments of an analysis, in words: other ones where seeds were added."""

from ablate.analysis.model import Analysis
from ablate.report.formatting import share


def intervals(analysis: Analysis) -> str:
    """`95 % t-intervals`, or `95 % intervals that hold at every look`."""
    level = share(analysis.confidence)
    return f"{level} {'intervals that hold at every look' if analysis.adaptive else 't-intervals'}"


def adjusted(n: int, noun: str, analysis: Analysis, how: str = "Holm") -> str:
    """`adjusted for 4 comparisons (Holm)`, `adjusted for looks and 4 comparisons (Bonferroni)`."""
    if analysis.adaptive:
        return f"adjusted for looks and {n} {noun} (Bonferroni)" if n > 1 else "adjusted for looks"
    return f"adjusted for {n} {noun} ({how})" if n > 1 else ""

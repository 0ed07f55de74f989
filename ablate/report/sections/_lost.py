"""Runs without a score, in words: lost to their cells, or awaited."""

from collections import Counter
from collections.abc import Collection, Iterator

from ablate.analysis.model import Analysis, CellResult
from ablate.report.formatting import count, p_value
from ablate.report.labels import first_of, full_label, join_words, state_words

NAMED = 3
"""As many cells are named in a sentence."""


def lost_runs(analysis: Analysis, cells: Collection[str] | None = None) -> str:
    """`2 of 5 runs of DeiT-S · none failed`, of these cells or of all; nothing if none did."""
    return first_of(
        [
            _lost(cell, analysis)
            for cell in analysis.cells
            if cell.lost and (cells is None or cell.name in cells)
        ],
        NAMED,
    )


def _lost(cell: CellResult, analysis: Analysis) -> str:
    states = Counter(state_words(missing.state) for missing in cell.missing if missing.range)
    n, runs = states.total(), count(cell.planned, "run")
    whose = f"{n} of {runs} of {full_label(cell, analysis)}"
    if len(states) == 1:
        return f"{whose} {next(iter(states))}"
    ways = join_words(f"{times} {state}" for state, times in states.items())
    return f"{whose} were lost ({ways})"


def awaited_runs(analysis: Analysis) -> str:
    """`3 of 30 runs are awaited, so no verdict is final.`; nothing if none are."""
    n = sum(len(cell.awaited) for cell in analysis.cells)
    if not n:
        return ""
    planned = sum(cell.planned for cell in analysis.cells)
    final = "verdict" if analysis.claims else "difference"
    are = "is" if n == 1 else "are"
    return f"{n:,} of {count(planned, 'run')} {are} awaited, so no {final} is final."


def completions(analysis: Analysis) -> Iterator[str]:
    """`Completed: 3 of 5 runs of DeiT-S · none, 5 of 5 of its baseline (p = 0.44): …`."""
    compared = sum(not cell.is_baseline for cell in analysis.cells)
    family = f" after Holm over {compared} comparisons" if compared > 1 else ""
    for cell in analysis.cells:
        if (one := cell.completion) is None:
            continue
        told = "not told from chance"
        if one.clear:
            fewer = one.completed * one.baseline_of < one.baseline_completed * one.of
            told = f"{'fewer' if fewer else 'more'} than its baseline's"
        runs = f"{one.completed} of {count(one.of, 'run')} of {full_label(cell, analysis)}"
        yield (
            f"Completed: {runs}, "
            f"{one.baseline_completed} of {one.baseline_of} of its baseline; {told} "
            f"(Fisher's exact test, {p_value(one.p_adjusted)}{family})."
        )

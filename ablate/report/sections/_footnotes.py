"""Footnotes to the results: seeds that are missing, and what else changed with a factor.

A factor that changes together with another is the first such confound.
"""

from collections import Counter
from collections.abc import Iterator

from ablate.analysis.model import Analysis, CellResult, Contrast
from ablate.check.model import AMOUNTS, Amount, Confound
from ablate.report.formatting import count, macs, parameters, share
from ablate.report.labels import factor_label, join_words, seeds_label, state_words

SMALL = 0.01
"""Parameters and MACs that change by less are not worth a footnote."""


def missing_seeds(cell: CellResult) -> str:
    """`4 of 5 seeds: 1 diverged.`; nothing if nothing is missing."""
    if not cell.missing:
        return ""
    states = Counter(state_words(missing.state) for missing in cell.missing)
    counts = join_words(f"{times} {state}" for state, times in states.items())
    return f"{cell.estimate.n} of {cell.planned} seeds: {counts}."


def about_difference(cell: CellResult, analysis: Analysis) -> str:
    """The seeds of a difference where they are not those of the score, and its confounds."""
    if not cell.contrast:
        return ""
    confounds = "; ".join(_confounds(cell))
    parts = (
        _seeds(cell),
        _gaps(cell.contrast),
        _mixed(cell, analysis),
        *_later(cell, analysis),
        confounds and f"Confounds: {confounds}.",
    )
    return " ".join(filter(None, parts))


def _seeds(cell: CellResult) -> str:
    assert cell.contrast is not None
    d = cell.contrast.difference
    if d.others is not None:
        return f"Unpaired: {count(d.n, 'seed')} against {count(d.others, 'other')} (Welch)."
    if d.n != cell.estimate.n:
        return f"Over the {count(d.n, 'seed')} that both have."
    return ""


def _gaps(contrast: Contrast) -> str:
    if contrast.awaited:
        have = "has" if len(contrast.awaited) == 1 else "have"
        return f"No p before {seeds_label(contrast.awaited)} {have} ended."
    if contrast.lost:
        return "Not bold: runs were lost. p is the largest that they could have led to."
    return ""


def _mixed(cell: CellResult, analysis: Analysis) -> str:
    """`Changes Dim and Recipe: lr at once; no other cell separates their effects.`

    A cell that is the same but for one of the changes does. Of a factorial study the table of
    effects does.
    """
    if len(cell.changes) < 2 or analysis.effects:
        return ""
    rivals = (other for other in analysis.cells if other.model == cell.model)
    if any(len(_differing(cell, other)) == 1 for other in rivals):
        return ""
    names = join_words(factor_label(factor, analysis.labels) for factor in cell.changes)
    return f"Changes {names} at once; no other cell separates their effects."


def _differing(one: CellResult, other: CellResult) -> set[str]:
    """The factors whose levels are not the same in both."""
    names = one.changes.keys() | other.changes.keys()
    return {name for name in names if one.changes.get(name) != other.changes.get(name)}


def _later(cell: CellResult, analysis: Analysis) -> Iterator[str]:
    """`Late: no effect was found in its first steps; the study says why: it waits.`"""
    for factor, reason in cell.later.items():
        label = factor_label(factor, analysis.labels)
        said = reason.rstrip(".")
        yield f"{label}: no effect was found in its first steps; the study says why: {said}."


def _confounds(cell: CellResult) -> Iterator[str]:
    """`MACs 2.72 M to 2.85 M`, `initial values of 3 of the 40 shared weights`."""
    for confound in cell.confounds:
        if confound.what == "initial_values":
            yield f"initial values of {confound.after} of the {confound.before} shared weights"
        elif not _is_small(confound):
            amounts = (_spelled(amount, confound) for amount in (confound.before, confound.after))
            yield f"{AMOUNTS[confound.what]} {' to '.join(amounts)}"


def _is_small(confound: Confound) -> bool:
    before, after = confound.before, confound.after
    if isinstance(before, str) or isinstance(after, str):
        return False
    return confound.what in ("parameters", "macs") and abs(after - before) < SMALL * before


def _spelled(amount: Amount, confound: Confound) -> str:
    if isinstance(amount, float):
        return share(amount)
    spell = macs if confound.what == "macs" else parameters
    return spell(amount) if isinstance(amount, int) and amount >= 10_000 else str(amount)

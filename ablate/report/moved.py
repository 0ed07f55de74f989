"""What moved along with a factor: a footnote to the difference that it may explain.

A factor that changes together with another is the first thing that moves along.
"""

from __future__ import annotations

from collections.abc import Iterator

from ablate.analysis.model import Analysis, CellResult
from ablate.check.model import AMOUNTS, Amount, Confound
from ablate.report.formatting import macs, parameters, share
from ablate.report.labels import factor_label, join_words

SMALL = 0.01
"""Parameters and MACs that move by less are not worth a footnote."""
COSTS = ("parameters", "macs")


def moved(cell: CellResult, analysis: Analysis) -> str:
    """`Moves along: MACs 2.72 M to 2.85 M; weights that start at zero 12 to 0.`, or nothing."""
    parts = "; ".join(_parts(cell))
    return " ".join(filter(None, (_mixed(cell, analysis), parts and f"Moves along: {parts}.")))


def _mixed(cell: CellResult, analysis: Analysis) -> str:
    """`Changes Dim and Recipe: lr at once; no other cell tells them apart.`

    Where another cell is the same but for one of the changes, that one tells. Of a factorial
    study the table of effects does.
    """
    if len(cell.changes) < 2 or analysis.effects:
        return ""
    rivals = (other for other in analysis.cells if other.model == cell.model)
    if any(len(_differing(cell, other)) == 1 for other in rivals):
        return ""
    names = join_words(factor_label(factor, analysis.labels) for factor in cell.changes)
    return f"Changes {names} at once; no other cell tells them apart."


def _differing(one: CellResult, other: CellResult) -> set[str]:
    """The factors whose levels are not the same in both."""
    names = one.changes.keys() | other.changes.keys()
    return {name for name in names if one.changes.get(name) != other.changes.get(name)}


def _parts(cell: CellResult) -> Iterator[str]:
    for confound in cell.confounds:
        if confound.what == "initial_values":
            yield f"initial values of {confound.after} of the {confound.before} shared weights"
        elif not _is_small(confound):
            spelled = (_spelled(amount, confound) for amount in (confound.before, confound.after))
            yield f"{AMOUNTS[confound.what]} {' to '.join(spelled)}"


def _is_small(confound: Confound) -> bool:
    before, after = confound.before, confound.after
    if confound.what not in COSTS or isinstance(before, str) or isinstance(after, str):
        return False
    return abs(after - before) < SMALL * before


def _spelled(amount: Amount, confound: Confound) -> str:
    if isinstance(amount, float):
        return share(amount)
    spell = macs if confound.what == "macs" else parameters
    return spell(amount) if isinstance(amount, int) and amount >= 10_000 else str(amount)

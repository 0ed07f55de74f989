"""What moved along with a factor: a footnote to the difference that it may explain."""

from __future__ import annotations

from collections.abc import Iterator

from ablate.analysis.model import CellResult
from ablate.check.model import AMOUNTS, Amount, Move
from ablate.report.formatting import macs, parameters, share

SMALL = 0.01
"""Parameters and MACs that move by less are not worth a footnote."""
COSTS = ("parameters", "macs")


def moved(cell: CellResult) -> str:
    """`Moves along: MACs 2.72 M to 2.85 M; weights that start at zero 12 to 0.`, or nothing."""
    parts = "; ".join(_parts(cell))
    return f"Moves along: {parts}." if parts else ""


def _parts(cell: CellResult) -> Iterator[str]:
    for move in cell.moves:
        if move.what == "initial_values":
            yield f"initial values of {move.after} of the {move.before} shared weights"
        elif not _is_small(move):
            spelled = (_spelled(amount, move) for amount in (move.before, move.after))
            yield f"{AMOUNTS[move.what]} {' to '.join(spelled)}"


def _is_small(move: Move) -> bool:
    before, after = move.before, move.after
    if move.what not in COSTS or isinstance(before, str) or isinstance(after, str):
        return False
    return abs(after - before) < SMALL * before


def _spelled(amount: Amount, move: Move) -> str:
    if isinstance(amount, float):
        return share(amount)
    spell = macs if move.what == "macs" else parameters
    return spell(amount) if isinstance(amount, int) and amount >= 10_000 else str(amount)

"""Mistakes in claims: sentences about no cell, or about several things at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ablate.errors import hint
from ablate.study.cells import Cell, alone, same_cell
from ablate.study.source import Place, Source

KINDS = ("contrast", "interaction", "order")
NO_RIVAL = {
    "contrast": "say which cell it is compared `against`",
    "interaction": "it changes nothing",
}
NEED_MARGIN = ("equivalent", "not_lower", "not_higher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The cells of a study, and the models whose cells cannot be known."""

    cells: tuple[Cell, ...]
    broken: frozenset[Any]

    def find(self, reference: object) -> Cell | None:
        """The cell that a reference means."""
        return next((cell for cell in self.cells if same_cell(str(reference), cell.name)), None)

    def check(
        self, source: Source, place: Place, reference: object, *, baseline: bool = True
    ) -> Cell | None:
        """The cell, which may be a baseline or not; blames a reference to none."""
        if str(reference).partition("[")[0].strip() in self.broken:
            return None
        cell = self.find(reference)
        if cell is None:
            names = [one.name for one in self.cells if baseline or not one.is_baseline]
            source.blame(place, f"no such cell: {hint(reference, names)}")
        elif cell.is_baseline and not baseline:
            source.blame(place, f"{cell.name} is a baseline itself: {NO_RIVAL[str(place[-1])]}")
            return None
        return cell


def check_claim(source: Source, place: Place, claim: dict[Any, Any], known: Known) -> None:
    """Blame what keeps a claim from being judged."""
    kinds = [kind for kind in KINDS if claim.get(kind) is not None]
    if len(kinds) != 1:
        said = " and ".join(kinds) or "none of them"
        source.blame(place, f"a claim has one of {', '.join(KINDS)}; this one has {said}")
        return
    {"contrast": _check_contrast, "interaction": _check_interaction, "order": _check_order}[
        kinds[0]
    ](source, place, claim, known)
    _check_words(source, place, claim, kinds[0])


def _check_contrast(source: Source, place: Place, claim: dict[Any, Any], known: Known) -> None:
    other = claim.get("against")
    spot = (*place, "contrast")
    cell = known.check(source, spot, claim["contrast"], baseline=other is not None)
    if other is not None:
        rival = known.check(source, (*place, "against"), other)
        if cell is not None and cell is rival:
            source.blame((*place, "against"), f"{cell.name} is compared with itself")


def _check_interaction(source: Source, place: Place, claim: dict[Any, Any], known: Known) -> None:
    spot = (*place, "interaction")
    cell = known.check(source, spot, claim["interaction"], baseline=False)
    if cell is None:
        return
    if len(cell.changes) < 2:
        source.blame(spot, f"{cell.name} changes one thing; an interaction is of two or more")
    for name in alone(cell):
        if known.find(name) is None:
            source.blame(spot, f"needs the cell {name} as well, which the design does not make")


def _check_order(source: Source, place: Place, claim: dict[Any, Any], known: Known) -> None:
    names = [part.strip() for part in str(claim["order"]).split(">")]
    if len(names) < 2:
        source.blame((*place, "order"), "needs two cells or more, as in a > b")
    found = [known.check(source, (*place, "order"), name) for name in names]
    there = [cell.name for cell in found if cell]
    if len(set(there)) < len(there):
        source.blame((*place, "order"), "names a cell twice")


def _check_words(source: Source, place: Place, claim: dict[Any, Any], kind: str) -> None:
    """`expect`, `by` and `against` where they belong."""
    expect = claim.get("expect")
    if kind == "order":
        for word in ("expect", "by", "against"):
            if claim.get(word) is not None:
                source.blame((*place, word), "does not belong to an order")
    elif expect is None:
        source.blame((*place, "expect"), "is missing")
    if kind == "interaction" and claim.get("against") is not None:
        source.blame((*place, "against"), "does not belong to an interaction")
    if expect in NEED_MARGIN and source.data.get("margin") is None:
        source.blame((*place, "expect"), f"{expect!r} needs the study to state a `margin`")
    if kind != "order" and claim.get("by") is not None and expect not in ("lower", "higher"):
        source.blame((*place, "by"), "belongs to `expect: lower` or `higher`")

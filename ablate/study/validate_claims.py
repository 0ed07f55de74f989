"""Mistakes in claims: sentences about no cell, or about several things at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ablate.errors import hint
from ablate.study.cells import Cell, alone
from ablate.study.references import Reference
from ablate.study.schema import Claim
from ablate.study.source import Place, Source

KINDS = ("contrast", "interaction", "order")
NO_RIVAL = {
    "contrast": "say which cell it is compared `against`",
    "interaction": "it changes nothing",
}
NEED_MARGIN = ("equivalent", "not_lower", "not_higher")


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The cells that a study may refer to; those of `unknown` models cannot be told."""

    source: Source
    cells: Sequence[Cell]
    unknown: frozenset[str]

    def find(self, reference: Reference) -> Cell | None:
        """The cell that a reference means."""
        return next((cell for cell in self.cells if reference.means(cell)), None)

    def check(self, place: Place, reference: Reference, *, baseline: bool = True) -> Cell | None:
        """The cell that a reference means, if it may be a baseline; notes a reference to none."""
        if reference.model in self.unknown:
            return None
        cell = self.find(reference)
        if cell is None:
            names = [one.name for one in self.cells if baseline or not one.is_baseline]
            self.source.blame(place, f"no such cell: {hint(reference, names)}")
        elif cell.is_baseline and not baseline:
            why = NO_RIVAL[str(place[-1])]
            self.source.blame(place, f"{cell.name} is a baseline itself: {why}")
            return None
        return cell


def check_claim(place: Place, claim: Claim, known: References) -> None:
    """Note whatever keeps a claim from being judged."""
    kinds = [kind for kind in KINDS if getattr(claim, kind) is not None]
    if len(kinds) != 1:
        said = " and ".join(kinds) or "none of them"
        message = f"a claim has one of {', '.join(KINDS)}; this one has {said}"
        known.source.blame(place, message)
        return
    _check_contrast(place, claim, known)
    _check_interaction(place, claim, known)
    _check_order(place, claim, known)
    _check_words(place, claim, known.source)


def check_repeated(claims: Sequence[Claim], known: References) -> None:
    """Note a claim that asks what another asks: one answer would count twice."""
    told: dict[object, int] = {}
    for index, claim in enumerate(claims):
        cells = [known.find(one) for one in claim.ordered or (claim.cell, claim.rival)]
        names = tuple(cell.name for cell in cells if cell)
        asked = (names, bool(claim.interaction), claim.expect, claim.at_least)
        if len(names) == len(cells) and told.setdefault(asked, index) != index:
            said = f"asks what claims.{told[asked]} asks; leave one of them out"
            known.source.blame(("claims", index), said)


def _check_contrast(place: Place, claim: Claim, known: References) -> None:
    if claim.contrast is None:
        return
    cell = known.check((*place, "contrast"), claim.cell, baseline=claim.against is not None)
    if claim.against is not None:
        rival = known.check((*place, "against"), claim.rival)
        if cell is not None and cell is rival:
            known.source.blame((*place, "against"), f"{cell.name} is compared with itself")


def _check_interaction(place: Place, claim: Claim, known: References) -> None:
    if claim.interaction is None:
        return
    spot = (*place, "interaction")
    cell = known.check(spot, claim.cell, baseline=False)
    if cell is None:
        return
    if len(cell.changes) < 2:
        message = f"{cell.name} changes one thing; an interaction is of two or more"
        known.source.blame(spot, message)
    for one in alone(cell):
        if known.find(one) is None:
            message = f"needs the cell {one} as well, which the design does not make"
            known.source.blame(spot, message)


def _check_order(place: Place, claim: Claim, known: References) -> None:
    if claim.order is None:
        return
    spot = (*place, "order")
    if len(claim.ordered) < 2:
        known.source.blame(spot, "needs two cells or more, as in a > b")
    names = [cell.name for one in claim.ordered if (cell := known.check(spot, one))]
    if len(set(names)) < len(names):
        known.source.blame(spot, "names a cell twice")


def _check_words(place: Place, claim: Claim, source: Source) -> None:
    """Check that `expect`, `by` and `against` stand where they belong."""
    if claim.order is not None:
        for word in ("expect", "by", "against"):
            if getattr(claim, word) is not None:
                source.blame((*place, word), "does not belong to an order")
        return
    if claim.expect is None:
        source.blame((*place, "expect"), "is missing")
    if claim.interaction is not None and claim.against is not None:
        source.blame((*place, "against"), "does not belong to an interaction")
    if claim.expect in NEED_MARGIN and source.data.get("margin") is None:
        source.blame((*place, "expect"), f"{claim.expect!r} needs the study to state a `margin`")
    if claim.by is not None and claim.expect not in ("lower", "higher"):
        source.blame((*place, "by"), "belongs to `expect: lower` or `higher`")
    _check_size(place, claim, source)


def _check_size(place: Place, claim: Claim, source: Source) -> None:
    """Check that no claim is about a size that does not matter, at any setting."""
    settings = source.data.get("settings")
    overrides = settings.values() if isinstance(settings, dict) else ()
    stated = (source.data, *(one for one in overrides if isinstance(one, dict)))
    margins = [m for one in stated if isinstance(m := one.get("margin"), int | float)]
    if claim.at_least is not None and margins and claim.at_least < max(margins):
        margin = f"the study's margin is {max(margins):g}, and smaller differences do not matter"
        source.blame((*place, "by"), f"{claim.by!r} is below the margin: {margin}")

"""Mistakes in how the factors of a model are to make cells."""

from __future__ import annotations

from ablate.errors import hint
from ablate.study.defaults import default_of
from ablate.study.designs import SPELLED, TWO_LEVELS, Scheme, asked_cells, conflict, level_text
from ablate.study.schema import Model
from ablate.study.source import Place, Source


def check_scheme(source: Source, place: Place, model: Model, scheme: Scheme) -> None:
    """Blame what the design cannot make cells of. The variant is one that there is."""
    before = len(source.problems)
    _check_parts(source, place, model, scheme)
    _check_groups(source, place, model)
    if scheme.design == "from_to":
        _check_way(source, place, model)
    if scheme.design in TWO_LEVELS:
        _check_pairs(source, place, model, scheme)
    _check_distinct(source, place, model)
    if len(source.problems) == before:
        _check_conflicts(source, place, model, scheme)


def _check_parts(source: Source, place: Place, model: Model, scheme: Scheme) -> None:
    """Each design makes its cells of one part of the model."""
    made_of = SPELLED.get(scheme.design, "ablate")
    for part in ("ablate", "cells"):
        if getattr(model, part) and part != made_of:
            said = f"does not belong to design {scheme.design!r}, which is made of `{made_of}`"
            source.blame((*place, part), said)
    if model.groups and scheme.design != "leave_one_out":
        source.blame((*place, "groups"), "belongs to design 'leave_one_out'")


def _check_groups(source: Source, place: Place, model: Model) -> None:
    for name, group in model.groups.items():
        for factor in group:
            if factor not in model.ablate:
                known = hint(factor, model.ablate)
                source.blame((*place, "groups", name), f"not among what is ablated: {known}")


def _check_way(source: Source, place: Place, model: Model) -> None:
    """A tuned baseline must have somewhere to go back to."""
    for factor, level in model.baseline.items():
        default = default_of(model, factor)
        if default is None:
            said = "has no value of its own to go back to"
            source.blame((*place, "baseline", factor), said)
        elif default == level:
            said = f"{level_text(level)} is the value to go back to; leave it out"
            source.blame((*place, "baseline", factor), said)


def _check_pairs(source: Source, place: Place, model: Model, scheme: Scheme) -> None:
    for factor, levels in model.ablate.items():
        if len(levels) > 1:
            said = f"has {len(levels)} levels; design {scheme.design!r} takes one for each factor"
            source.blame((*place, "ablate", factor), said)


def _check_distinct(source: Source, place: Place, model: Model) -> None:
    """A level that is the baseline's own would be the baseline again under another name."""
    for factor, levels in model.ablate.items():
        start = model.baseline.get(factor, None if "." in factor else default_of(model, factor))
        for index, level in enumerate(levels):
            spot = (*place, "ablate", factor, index)
            if start is not None and start == level:
                source.blame(spot, f"{level_text(level)} is the baseline's own level")
            elif level in levels[:index]:
                source.blame(spot, f"{level_text(level)} is listed twice")


def _check_conflicts(source: Source, place: Place, model: Model, scheme: Scheme) -> None:
    """What factors exclude cannot be asked for; a full factorial leaves it out by itself."""
    for asked in asked_cells(model, scheme):
        if problem := conflict(model, asked.changes, scheme.factors):
            source.blame((*place, *asked.place), problem)

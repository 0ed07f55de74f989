"""From plain data to a `Study`, with pydantic's errors in the user's words."""

from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ablate.errors import hint
from ablate.recipes.schema import StrictModel
from ablate.settings.schema import Override
from ablate.study.schema import Adaptive, Claim, Factor, Model, Paper, PaperMetric, Study
from ablate.study.source import Place, Source

MISSING = object()
PARTS: dict[Place, type[StrictModel]] = {
    ("paper", "metric"): PaperMetric,
    ("paper",): Paper,
    ("models",): Model,
    ("factors",): Factor,
    ("seeds",): Adaptive,
    ("claims",): Claim,
    ("settings",): Override,
    (): Study,
}
"""The beginnings of places, the longer first, and whose keys are below."""
ROUNDS = 9
"""A repair may uncover another mistake below it; deeper ones wait for the next time."""


def parse_study(source: Source, name: str) -> Study | None:
    """The study in `source`, without parts of the wrong type, each of which is noted.

    None if too little is left to check.
    """
    data = deepcopy({**source.data, "name": name})
    for _ in range(ROUNDS):
        try:
            return Study.model_validate(data)
        except ValidationError as error:
            found = _by_place(data, error)
        if not source.wrong:
            for place, details in found.items():
                source.blame(place, _message(details[0], place))
                source.wrong.add(place)
        for place, details in found.items():
            _repair(data, place, {detail["type"] for detail in details})
    return None


def _by_place(data: Any, error: ValidationError) -> dict[Place, list[ErrorDetails]]:
    """The errors at each place; the alternatives of a union have one in common."""
    found: dict[Place, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        place = _place_in(data, detail["loc"])
        missing = detail["loc"][-1:] if detail["type"] == "missing" else ()
        found.setdefault((*place, *missing), []).append(detail)
    return found


def _place_in(data: Any, loc: tuple[str | int, ...]) -> Place:
    """The part of `loc` that is in the data: pydantic adds the names of union members."""
    place: Place = ()
    for step in loc:
        if (inner := _at(data, (step,))) is not MISSING:
            data, place = inner, (*place, step)
    return place


def _repair(data: Any, place: Place, kinds: set[str]) -> None:
    """Make a value text where text is expected; otherwise remove it from its mapping."""
    owner = _at(data, place[:-1])
    if owner is MISSING:  # it went with what was around it
        return
    if "missing" in kinds and place[-1] in ("title", "says"):
        owner[place[-1]] = ""
    elif "missing" in kinds:
        _remove(data, place[:-1])
    elif "string_type" in kinds and not isinstance(owner[place[-1]], str):
        owner[place[-1]] = str(owner[place[-1]])
    elif "model_type" in kinds and place[0] == "claims":
        owner[place[-1]] = {}
    else:
        _remove(data, place)


def _remove(data: Any, place: Place) -> None:
    # An item of a list goes with the list: without it, others would have other places.
    while place and not isinstance(_at(data, place[:-1]), dict):
        place = place[:-1]
    if place:
        _at(data, place[:-1]).pop(place[-1], None)


def _at(data: Any, place: Place) -> Any:
    """The data at a place, or `MISSING`."""
    for step in place:
        is_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if not is_list and not (isinstance(data, dict) and step in data):
            return MISSING
        data = data[step]
    return data


def _message(detail: ErrorDetails, place: Place) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return f"unknown key {hint(place[-1], _keys_at(place[:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        return f"unknown value {hint(value, _alternatives(detail))}"
    if kind == "string_pattern_mismatch":  # `by` alone has a pattern
        return f"must be a size such as '>= 1.0', not {value!r}"
    if kind == "too_short":
        return f"must have {detail['ctx']['min_length']} or more entries, not {len(value)}"
    if kind == "tuple_type":
        return f"must be a list, not {value!r}"
    if kind == "dict_type":
        return f"must be a mapping, not {value!r}"
    if kind == "invalid_key" or (place and not isinstance(place[-1], str | int)):
        return "a key must be text"
    wanted = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return f"must be {wanted}, not {value!r}"


def _alternatives(detail: ErrorDetails) -> list[str]:
    expected = str(detail["ctx"]["expected"])
    return [part.strip(" '") for part in expected.replace(" or ", ",").split(",")]


def _keys_at(place: Place) -> list[str]:
    """The keys that a study may have at a place."""
    owner = next(part for start, part in PARTS.items() if place[: len(start)] == start)
    return [key for key in owner.model_fields if (owner, key) != (Study, "name")]

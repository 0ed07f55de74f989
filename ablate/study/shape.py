"""Mistakes of shape, told in the user's words: unknown and missing keys, wrong kinds of value."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ablate.errors import hint
from ablate.study.schema import Study
from ablate.study.source import Place, Source


def shape_problems(error: ValidationError, source: Source) -> None:
    """Translate what pydantic found. Alternatives of one value make one message."""
    seen: set[Place] = set()
    for detail in error.errors(include_url=False):
        place = _place_in(source.data, detail["loc"])
        if place not in seen:
            seen.add(place)
            source.blame(place, _message(detail, place))


def _place_in(data: Any, loc: tuple[str | int, ...]) -> Place:
    """The part of `loc` that is in the data: pydantic adds the names of union members."""
    place: Place = ()
    for step in loc:
        inside_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if inside_list or (isinstance(data, dict) and step in data):
            data = data[step]
        elif isinstance(data, dict) and data and step == loc[-1]:
            return (*place, step)  # a missing key
        else:
            continue  # the name of a union's member
        place = (*place, step)
    return place


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


@cache
def _schema() -> dict[str, Any]:
    return Study.model_json_schema()


def _keys_at(place: Place) -> list[str]:
    """The keys that the study's schema allows at a place."""
    node = _schema()
    for step in place:
        properties = _resolve(node).get("properties", {})
        inner = _resolve(node)
        node = properties.get(step) or inner.get("additionalProperties") or inner.get("items") or {}
    return list(_resolve(node).get("properties", {}))


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference; of alternatives, take the one that has keys."""
    if "$ref" in node:
        target: dict[str, Any] = _schema()["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        return target
    for option in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        if "$ref" in option:
            return _resolve(option)
    return node

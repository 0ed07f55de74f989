"""User text made harmless for every format at once: one line of printable characters.

What each format must escape besides is the business of its reporter.
"""

import re
import unicodedata
from typing import TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

TELLING = ("cause", "command")
"""Fields in which paths of the machine stand."""

PATH = re.compile(
    r"(?<![\w./\\:])(?:[A-Za-z]:)?"  # not inside a word, a fraction or an address
    r"(?:[/\\]+[\w.@+~](?:[\w.@+~ -]*[\w.@+~-])?)+"  # folders, whose names may have spaces
    r"[/\\]+[\w.@+~-]*"
)
"""An absolute path of two parts or more."""
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls, formats such as a reversed direction of writing, surrogates, nothing at all."""
JOINERS = "\u200c\u200d"
"""Formats that spell: Persian and Hindi words and many emoji need them."""


def clean(value: T) -> T:
    """The same value with every text in it cleaned, keys included, and no path of the machine."""
    adapter = TypeAdapter(type(value))
    return adapter.validate_python(_walk(adapter.dump_python(value)))


def line(text: str) -> str:
    """The text in one line, without characters that cannot be seen."""
    if not text.isprintable():  # nearly all are, and a report of many runs has a million
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or _visible(c))
    return " ".join(text.split())


def without_paths(text: str) -> str:
    """Absolute paths by their last part: a report says nothing about the machine it comes from."""
    return PATH.sub(lambda match: "…/" + re.split(r"[/\\]+", match[0].rstrip("/\\"))[-1], text)


def _visible(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character) not in INVISIBLE


def _walk(value: object, field: object = None) -> object:
    if isinstance(value, str):
        text = line(value)
        return without_paths(text) if field in TELLING else text
    if isinstance(value, dict):
        return {_walk(key): _walk(member, key) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_walk(member) for member in value)
    return value

"""Levels as text: what is written of a level reads back as that very level."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ablate.study.source import read_value

if TYPE_CHECKING:
    from ablate.study.schema import Level

BARE = re.compile(
    r"(?!\d+[eE][\d_]*$|0[xXoObB])(\d*[A-Za-z]|_)[\w./+-]*(:[\w./+-]+)*"
    r"( [\w./+-]+(:[\w./+-]+)*)*"
)
"""Texts that need no quotes: words that are no numbers, such as `every stage` and `timm:vgg11`."""
SIGNS = r"\[\]=,>\"'"
"""What the names of cells are made of besides words."""
NAME = rf"[^\s{SIGNS}](?:[^{SIGNS}]*[^\s{SIGNS}])?"
"""A name of a model or a factor has none of them, nor has a level without quotes."""
QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'"
SCALAR = rf"(?:{QUOTED}|{NAME})"
LEVEL = rf"(?:{SCALAR}|\[\s*(?:{SCALAR}\s*(?:,\s*{SCALAR}\s*)*)?\])"
SPECIAL = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
KEYWORDS = ("true", "false", "null")


def level_text(level: Level | None) -> str:
    """A level as it is written in the name of a cell: `true`, `0.5`, `none`, `[conv,linear]`.

    No two levels have the same text, save equal numbers. A text that YAML would read as something
    else, or that a name could not hold, has quotes: `"1"`.
    """
    if isinstance(level, str):
        is_bare = BARE.fullmatch(level) and level.lower() not in KEYWORDS
        return level if is_bare else _quoted(level)
    if isinstance(level, tuple | list):
        return f"[{','.join(map(level_text, level))}]"
    if isinstance(level, float):
        text = repr(level + 0.0).removesuffix(".0")  # which makes -0.0 a 0
        return SPECIAL.get(text, text)
    return "null" if level is None else str(level).lower()


def _quoted(text: str) -> str:
    """The text with an escape for all that a report would show as nothing or as one space."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("  ", " \\x20")
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


@cache
def read_level(text: str) -> Level:
    """The level that a text of a study means, by the rules of YAML. Raises `ValueError`."""
    if text.startswith("["):
        return tuple(map(_scalar, re.findall(SCALAR, text[1:-1])))
    return _scalar(text)


def _scalar(text: str) -> bool | int | float | str:
    value = read_value(text)
    if isinstance(value, str):
        return value if text[0] in "\"'" else text  # YAML would end it at a comment
    if isinstance(value, bool | int | float):
        return value
    raise ValueError(f"{text} is no level")


def alike(text: str) -> str:
    """The text as a reader sees it: two that are equal then look the same."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())

r"""A macro for every number: `\AblPosEmbeddingDigitsDeitSPosEmbedNoneDifferenceHxol`.

The name says study and setting, cell or claim, and number, so that a paper can hold many reports.
It depends on nothing else: numbers change, cells come and go, prose still names what it named. A
name can hold letters only, in which `vit_s` and `vit-s` are spelled alike, so it ends with four
that are made of the very text.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ablate.report.blocks import Report, Table, TableCell, Verdicts
from ablate.report.formats.latex.escape import UNBROKEN, escape

DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
SIGNS = {".": "Point", "-": "Minus"}
SPELLED = re.compile(r"(?<=\d)\.(?=\d)|(?<![^\W_])-(?=\d)|\d|[A-Za-z][A-Za-z']*")
"""The parts of a key that a name can hold: a point within a number, its sign, digits, words."""

Names = Mapping[tuple[str, str], str]
"""Key and number → the macro that prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A number of a row or a claim, and what it is called in LaTeX."""

    name: str
    key: str
    number: str
    text: str


def macros(report: Report) -> tuple[Macro, ...]:
    """The macros of a report."""
    return tuple(
        Macro(name=name_of(report.name, key, number), key=key, number=number, text=text)
        for key, number, text in _numbers(report)
    )


def name_of(*parts: str) -> str:
    """The name of what these texts say: of a report, or of a number in it."""
    return f"Abl{''.join(map(letters, parts))}{mark(*parts)}"


def mark(*parts: str) -> str:
    """Four letters that stand for the very texts."""
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:4]).capitalize()


def letters(text: str) -> str:
    """`cvt_13[mlp_ratio=0.5]` → `CvtOneThreeMlpRatioZeroPointFive`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(map(_spelled, SPELLED.findall(plain)))


def with_macros(cell: TableCell, key: str, names: Names) -> str:
    """The text with a macro in the place of each number that has one."""
    done, rest = "", cell.text
    for number, text in cell.numbers.items():
        before, found, after = rest.partition(text)
        if found and key:
            done += f"{_glued(before)}\\{names[key, number]}{{}}"
            rest = after
    return done + _glued(rest)


def _glued(text: str) -> str:
    return escape(text.replace(" ", UNBROKEN))


def _numbers(report: Report) -> Iterator[tuple[str, str, str]]:
    """Row or claim, number, and its text."""
    for block in report.blocks:
        match block:
            case Table():
                rows = (row for group in block.groups for row in group.rows if row.key)
                yield from (
                    (row.key, *n) for row in rows for c in row.cells for n in c.numbers.items()
                )
            case Verdicts():
                yield from ((item.key, *n) for item in block.items for n in item.numbers.items())
            case _:
                pass


def _spelled(part: str) -> str:
    if part.isdecimal():
        return DIGITS[int(part)]
    word = SIGNS.get(part, part.replace("'", ""))
    return word[0].upper() + word[1:]

r"""A macro for every number: `\AblPosEmbeddingDigitsDeitSPosEmbedNoneDifference`.

The name says study and setting, cell or claim, and number, so that a paper can hold many reports.
It depends on nothing else: numbers change, cells come and go, prose still names what it named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from ablate.report.blocks import Number, Report, Row, Table, Verdicts
from ablate.report.formats.latex.escape import escape, value

DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
SIGNS = {".": "Point", "-": "Minus"}
SPELLED = re.compile(r"(?<=\d)\.(?=\d)|(?<![^\W_])-(?=\d)|\d|[A-Za-z][A-Za-z']*")
"""What of a key a name can hold: a point within a number, a sign before it, digits, words."""
HEAD = """\
% The numbers of {name}, for prose. \\input it in the preamble, or report.tex does it.
% A name swallows the space after it, unless it ends with {{}}.
\\ifdefined\\{prefix}\\endinput\\fi
\\newcommand{{\\{prefix}}}{{{words}}}%
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A number of a row or a claim, and what it is called in LaTeX."""

    name: str
    key: str
    number: Number


def macros(report: Report) -> tuple[Macro, ...]:
    """Those of a report. Where two would have one name, the later one gets a letter."""
    taken: set[str] = set()
    found = []
    for key, number in _numbers(report):
        name = _free(prefix(report) + letters(key) + letters(number.name), taken)
        taken.add(name)
        found.append(Macro(name=name, key=key, number=number))
    return tuple(found)


def prefix(report: Report) -> str:
    """How all names of a report begin."""
    return f"Abl{letters(report.name)}"


def letters(text: str) -> str:
    """`cvt_13[mlp_ratio=0.5]` → `CvtOneThreeMlpRatioZeroPointFive`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(map(_spelled, SPELLED.findall(plain)))


def numbers_tex(report: Report, found: tuple[Macro, ...]) -> str:
    """The whole file: what each macro is stands beside it."""
    head = HEAD.format(name=report.name, words=escape(report.name), prefix=prefix(report))
    return head + "".join(map(_line, found))


def _line(macro: Macro) -> str:
    text = value(macro.number.text)
    return f"\\newcommand{{\\{macro.name}}}{{{text}}}% {macro.key}: {macro.number.name}\n"


def _numbers(report: Report) -> Iterator[tuple[str, Number]]:
    for block in report.blocks:
        match block:
            case Table():
                for row in rows(block):
                    yield from ((row.key, number) for number in _of_row(row))
            case Verdicts():
                yield from ((item.key, number) for item in block.items for number in item.numbers)
            case _:
                pass


def rows(table: Table) -> Iterator[Row]:
    """Every row of every group."""
    for group in table.groups:
        yield from group.rows


def _of_row(row: Row) -> Iterator[Number]:
    if row.key:
        for cell in row.cells:
            yield from cell.numbers


def _spelled(part: str) -> str:
    if part.isdecimal():
        return DIGITS[int(part)]
    word = SIGNS.get(part, part.replace("'", ""))
    return word[0].upper() + word[1:]


def _free(name: str, taken: set[str]) -> str:
    """The name, else the first of `nameB`, `nameC`, … that is free."""
    for other in (name, *(f"{name}{letter}" for letter in ascii_uppercase[1:])):
        if other not in taken:
            return other
    return _free(f"{name}Z", taken)

"""A table in floats: as wide as a column or a page, and none longer than a page.

Texts are broken here, by characters, so that no line is too long whatever stands in it; what is
too wide all the same is made smaller when it is set. What is too long goes on in another float.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ablate.report.blocks import Footnote, Group, Row, Table
from ablate.report.formats.html import bound
from ablate.report.formats.latex.escape import escape

NARROW, WIDE = 62, 130
"""Characters of \\footnotesize that a column and a page of a two-column article hold."""
GAP = 2
"""Characters between two columns."""
LEAST = 12
"""Columns of text are not made narrower than that many characters."""
WORD = 18
"""Words of up to as many characters are not broken."""
HEAD = 14
"""Titles of columns may be that wide, even where what is below them is not."""
LINES = 46
"""Lines that a float may have, with caption and notes: a page holds a few more."""


@dataclass(frozen=True, slots=True)
class Float:
    """As many rows as fit on a page, with their groups, and the notes that they need."""

    widths: list[int]
    rows: list[tuple[Group, Row]] = field(default_factory=list)
    notes: list[Footnote] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Characters of a line."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)

    @property
    def wide(self) -> bool:
        """Whether it stands across two columns."""
        return self.width > NARROW

    @property
    def groups(self) -> list[tuple[Group, list[Row]]]:
        """The rows by their groups."""
        by_group = groupby(self.rows, key=lambda pair: pair[0])
        return [(group, [row for _, row in pairs]) for group, pairs in by_group]

    def lines(self, text: str) -> int:
        """Lines that a text takes above or below the rows."""
        return 1 + len(text) // (WIDE if self.wide else NARROW)


@dataclass(frozen=True, slots=True)
class Head:
    """A title over the columns from `first` to `last`, counted from 1; none if it is not shared."""

    text: str
    first: int
    last: int

    @property
    def columns(self) -> int:
        return self.last - self.first + 1


def floats(table: Table) -> list[Float]:
    """The rows, a page at a time: a row brings its lines, its group's name and its notes."""
    notes = {note.mark: note for note in table.footnotes}
    widths = layout(table)
    found = [Float(widths)]
    left = LINES - 4 - found[0].lines(table.caption)
    for group in table.groups:
        for row in group.rows:
            needed, new = _needed(group, row, found[-1], notes)
            if needed > left and found[-1].rows:
                found.append(Float(widths))
                left = LINES - 4
                needed, new = _needed(group, row, found[-1], notes)
            found[-1].rows.append((group, row))
            found[-1].notes.extend(new)
            left -= needed
    for part in found:
        part.notes.sort(key=table.footnotes.index)
    return found


def _needed(
    group: Group, row: Row, part: Float, notes: dict[str, Footnote]
) -> tuple[int, list[Footnote]]:
    """The lines that the row adds to the float, and the notes that it adds."""
    marks = dict.fromkeys(cell.note for cell in row.cells if cell.note)
    new = [notes[mark] for mark in marks if notes[mark] not in part.notes]
    lines = height(row, part.widths)
    if not part.rows or part.rows[-1][0] is not group:
        lines += 1 + part.lines(group.label + group.detail)
    return lines + sum(part.lines(note.text) for note in new), new


def layout(table: Table) -> list[int]:
    """Characters of each column: texts give way until the table is as wide as a column or page."""
    head = [max(map(len, broken(title, HEAD))) for title in titles(table)]
    rows = [row for group in table.groups for row in group.rows]
    longest = [
        max((len(row.cells[at].text) for row in rows), default=0)
        for at in range(len(table.columns))
    ]
    firm = [column.align != "left" for column in table.columns]
    most = max(longest, default=LEAST)
    for room, least in ((NARROW, 2 * LEAST), (WIDE, LEAST)):
        for limit in range(max(most, least), least - 1, -1):
            below = [w if f else min(w, limit) for w, f in zip(longest, firm, strict=True)]
            widths = [max(pair) for pair in zip(below, head, strict=True)]
            if Float(widths).width <= room:
                return widths
    return widths


def titles(table: Table) -> list[str]:
    """The title of each column, below a head that it shares."""
    shared = {head.text for head in heads(table)}
    return [c.under if c.over and c.over in shared else c.title for c in table.columns]


def heads(table: Table) -> list[Head]:
    """The heads over the titles, with empty ones between; nothing if none is shared."""
    overs = [column.over for column in table.columns]
    found, first = [], 1
    for over, columns in groupby(overs):
        last = first + len(list(columns)) - 1
        if over and overs.count(over) > 1:
            found.append(Head(over, first, last))
        else:
            found += [Head("", at, at) for at in range(first, last + 1)]
        first = last + 1
    return found if any(head.text for head in found) else []


def group_name(group: Group) -> str:
    """`DeiT-S (deit-8px, in place of deit-s)`"""
    return f"{group.label} ({group.detail})" if group.detail else group.label


def height(row: Row, widths: Sequence[int]) -> int:
    """Lines of a row."""
    return max(len(broken(c.text, width)) for c, width in zip(row.cells, widths, strict=True))


def lines(text: str, width: int, align: str = "l", place: str = "t") -> str:
    """The text in as many lines as it needs."""
    found = [escape(line) for line in broken(text, width)]
    if len(found) == 1:
        return found[0]
    return f"\\AblLines[{place}]{{{align}}}{{" + r"\\".join(found) + "}"


def broken(text: str, width: int) -> list[str]:
    """The lines of the text. A word is broken only if no column could hold it."""
    text = bound(text)
    longest = max(map(len, text.split(" ")), default=0)
    return textwrap.wrap(text, max(width, min(longest, WORD)), break_on_hyphens=False) or [""]

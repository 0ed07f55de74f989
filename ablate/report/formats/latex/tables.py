"""A table with booktabs, as wide as a column or a page and never longer than a page.

Texts are broken here, by characters, so that no line is too long whatever stands in it; what is
too wide all the same is made smaller when it is set. What is too long goes on in another float.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ablate.report.blocks import Column, Footnote, Group, Row, Table, TableCell
from ablate.report.formats.html import bound
from ablate.report.formats.latex.escape import UNBROKEN, escape, prose
from ablate.report.formats.latex.macros import rows

NARROW, WIDE = 62, 130
"""Characters of \\footnotesize that a column and a page of a two-column article hold."""
GAP = 2
"""What lies between two columns, in characters."""
LEAST = 12
"""Columns of text are not made narrower than that many characters."""
WORD = 18
"""Words of as many characters are not broken."""
HEAD = 14
"""Titles of columns may be that wide, even where what is below them is not."""
LINES = 46
"""Lines that a float may have, with caption and notes: a page holds a few more."""
ALIGN = {"left": "l", "right": "r", "center": "c"}

Names = Mapping[tuple[str, str], str]
"""Row and number → the macro that prints it."""


@dataclass(slots=True)
class Part:
    """As many rows as fit on a page, under their groups' names, and the notes that they need."""

    rows: list[tuple[Group, Row]] = field(default_factory=list)
    notes: list[Footnote] = field(default_factory=list)


def table_tex(table: Table, number: int, names: Names, label: str) -> str:
    """The floats of a table."""
    widths = layout(table)
    kind = "table" if breadth(widths) <= NARROW else "table*"
    room = NARROW if kind == "table" else WIDE
    texts = []
    for position, part in enumerate(parts(table, widths, room)):
        caption = r"\addtocounter{table}{-1}\caption{(continued)}"
        if position == 0:
            caption = f"\\caption{{{prose(table.caption)}}}\\label{{tab:{label}-{number}}}"
        notes = [note for note in table.footnotes if note in part.notes]
        texts.append(_float(kind, caption, _grid(table, part, widths, names), notes))
    return "\n".join(texts)


def layout(table: Table) -> list[int]:
    """Characters of each column: texts give way until the table is as wide as a column or page."""
    shared = _shared(table)
    titles = [max(map(len, _broken(_title(c, shared), HEAD))) for c in table.columns]
    longest = [
        max((len(row.cells[at].text) for row in rows(table)), default=0)
        for at in range(len(table.columns))
    ]
    firm = [column.align != "left" for column in table.columns]
    most = max(longest, default=LEAST)
    for room, least in ((NARROW, 2 * LEAST), (WIDE, LEAST)):
        for limit in range(max(most, least), least - 1, -1):
            below = [w if f else min(w, limit) for w, f in zip(longest, firm, strict=True)]
            widths = [max(pair) for pair in zip(below, titles, strict=True)]
            if breadth(widths) <= room:
                return widths
    return widths


def breadth(widths: Sequence[int]) -> int:
    """Characters of the whole."""
    return sum(widths) + GAP * (len(widths) - 1)


def parts(table: Table, widths: Sequence[int], room: int) -> list[Part]:
    """The rows, a page at a time: a row brings its lines, its group's name and its notes."""
    notes = {note.mark: note for note in table.footnotes}
    head = 4 + _lines(table.caption, room)
    found, left = [Part()], LINES - head
    for group in table.groups:
        for row in group.rows:
            part = found[-1]
            needed, new = _needed(group, row, part, notes, widths, room)
            if needed > left and part.rows:
                part, left = Part(), LINES - 4
                found.append(part)
                needed, new = _needed(group, row, part, notes, widths, room)
            part.rows.append((group, row))
            part.notes += new
            left -= needed
    return found


def _needed(
    group: Group,
    row: Row,
    part: Part,
    notes: Mapping[str, Footnote],
    widths: Sequence[int],
    room: int,
) -> tuple[int, list[Footnote]]:
    """The lines that the row adds to the part, and the notes that it adds."""
    marks = dict.fromkeys(cell.note for cell in row.cells if cell.note)
    new = [notes[mark] for mark in marks if notes[mark] not in part.notes]
    lines = _height(row, widths)
    if not part.rows or part.rows[-1][0] is not group:
        lines += 1 + _lines(group.label + group.detail, room)
    return lines + sum(_lines(note.text, room) for note in new), new


def _lines(text: str, room: int) -> int:
    return 1 + len(text) // room


def _float(kind: str, caption: str, grid: str, notes: Sequence[Footnote]) -> str:
    below = "".join(
        f"\\par\\smallskip\\textsuperscript{{{note.mark}}}~{prose(note.text)}\n" for note in notes
    )
    lines = (
        f"\\begin{{{kind}}}[tp]\n\\centering\n{caption}\n\\par\\medskip",
        f"\\footnotesize\\setlength{{\\tabcolsep}}{{4pt}}\n\\AblFit{{%\n{grid}}}",
        f"\\par{{\\raggedright\\scriptsize\n{below}\\par}}" if below else "",
        f"\\end{{{kind}}}\n",
    )
    return "\n".join(line for line in lines if line)


def _grid(table: Table, part: Part, widths: Sequence[int], names: Names) -> str:
    columns = "".join(ALIGN[column.align] for column in table.columns)
    lines = [f"\\begin{{tabular}}{{@{{}}{columns}@{{}}}}", r"\toprule", *_head(table, widths)]
    for group, pairs in groupby(part.rows, key=lambda pair: pair[0]):
        lines.append(r"\midrule")
        if group.label:
            lines.append(_name(group, widths))
        lines += [_row(row, table.columns, widths, names) for _, row in pairs]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _head(table: Table, widths: Sequence[int]) -> Iterator[str]:
    """One line of titles, or two where neighbors share a head."""
    shared = _shared(table)
    if shared:
        yield from _over(table, shared)
    titles = [
        _block(_title(column, shared), max(HEAD, width), ALIGN[column.align], "b")
        for column, width in zip(table.columns, widths, strict=True)
    ]
    yield f"{' & '.join(titles)} \\\\"


def _shared(table: Table) -> set[str]:
    """The heads that stand over more than one column."""
    heads = [column.over for column in table.columns if column.over]
    return {head for head in heads if heads.count(head) > 1}


def _title(column: Column, shared: set[str]) -> str:
    return column.under if column.over in shared else column.title


def _over(table: Table, shared: set[str]) -> Iterator[str]:
    """The shared heads, and a rule under each."""
    heads, rules, first = [], [], 1
    for over, columns in groupby(table.columns, key=lambda column: column.over):
        n = len(list(columns))
        if over in shared:
            heads.append(f"\\multicolumn{{{n}}}{{c}}{{{escape(over)}}}")
            rules.append(f"\\cmidrule(lr){{{first}-{first + n - 1}}}")
        else:
            heads += [""] * n
        first += n
    yield f"{' & '.join(heads)} \\\\"
    yield "".join(rules)


def _name(group: Group, widths: Sequence[int]) -> str:
    """The group's name in a row of its own, which makes no column wider."""
    text = f"{group.label} ({group.detail})" if group.detail else group.label
    words = _block(text, breadth(widths), "l", "t")
    return f"\\multicolumn{{{len(widths)}}}{{@{{}}l}}{{\\textit{{{words}}}}} \\\\"


def _row(row: Row, columns: Sequence[Column], widths: Sequence[int], names: Names) -> str:
    together = zip(row.cells, columns, widths, strict=True)
    end = r"\\[2pt]" if _height(row, widths) > 1 else r"\\"
    return f"{' & '.join(_cell(row.key, *one, names) for one in together)} {end}"


def _height(row: Row, widths: Sequence[int]) -> int:
    """The lines of a row."""
    return max(len(_broken(c.text, width)) for c, width in zip(row.cells, widths, strict=True))


def _cell(key: str, cell: TableCell, column: Column, width: int, names: Names) -> str:
    text = _numbers(key, cell, names)
    if not cell.numbers:
        text = _block(cell.text, width, "l", "t") if column.align == "left" else escape(cell.text)
    text = rf"\texttt{{{text}}}" if column.code else text
    text = rf"\AblStrong{{{text}}}" if cell.strong else text
    return f"{text}\\textsuperscript{{{cell.note}}}" if cell.note else text


def _numbers(key: str, cell: TableCell, names: Names) -> str:
    """The text with a macro in the place of each number that has one."""
    done, rest = "", cell.text
    for number in cell.numbers:
        before, found, after = rest.partition(number.text)
        if found and key:
            done += f"{_glued(before)}\\{names[key, number.name]}{{}}"
            rest = after
    return done + _glued(rest)


def _glued(text: str) -> str:
    return escape(text.replace(" ", UNBROKEN))


def _block(text: str, width: int, align: str, place: str) -> str:
    """The text in as many lines as it needs."""
    lines = [escape(line) for line in _broken(text, width)]
    if len(lines) == 1:
        return lines[0]
    return rf"\AblLines[{place}]{{{align}}}{{%s}}" % r"\\".join(lines)


def _broken(text: str, width: int) -> list[str]:
    """The lines of the text. A word is broken only if no column could hold it."""
    text = bound(text)
    longest = max(map(len, text.split(" ")), default=0)
    return textwrap.wrap(text, max(width, min(longest, WORD)), break_on_hyphens=False) or [""]

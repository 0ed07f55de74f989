"""The one way to build a table: columns that say how a row fills them, over rows of anything."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Generic, TypeVar

from ablate.report.blocks import Column, Footnote, Group, Row, Table, TableCell

R = TypeVar("R")
"""The data of a row: a cell of the study, an effect, a run."""


@dataclass(frozen=True, slots=True)
class Field(Generic[R]):
    """A column, its entry in a row, and the footnote to that entry, which may be empty."""

    column: Column
    entry: Callable[[R], TableCell | str]
    footnote: Callable[[R], str] = lambda _: ""


def text_column(title: str, entry: Callable[[R], TableCell | str], **more: Any) -> Field[R]:
    """A column of words; `more` is what else `Column` says of it."""
    return Field(Column(title=title, **more), entry)


def number_column(
    title: str,
    entry: Callable[[R], TableCell | str],
    footnote: Callable[[R], str] = lambda _: "",
    **more: Any,
) -> Field[R]:
    """A column of numbers; `more` is what else `Column` says of it."""
    return Field(Column(title=title, align="right", **more), entry, footnote)


def build_table(
    rows: Iterable[R],
    fields: Iterable[Field[R]],
    *,
    name: str,
    caption: str,
    group: Callable[[R], str] = lambda _: "",
    heading: Callable[[Sequence[R]], str] = lambda _: "",
    detail: Callable[[Sequence[R]], str] = lambda _: "",
    label: Callable[[R], str] | None = None,
    baseline: Callable[[R], bool] = lambda _: False,
    key: Callable[[R], str] = lambda _: "",
) -> Table:
    """The table. Neighbors of one `group` share a heading; a row's label is its first entry."""
    rows, fields = tuple(rows), tuple(fields)
    marks = _marks(rows, fields)

    def build_row(one: R) -> Row:
        cells = tuple(_cell(one, field, marks) for field in fields)
        first = label(one) if label else cells[0].text
        return Row(label=first, cells=cells, baseline=baseline(one), key=key(one))

    groups = [tuple(members) for _, members in groupby(rows, key=group)]
    return Table(
        name=name,
        caption=caption,
        columns=tuple(field.column for field in fields),
        groups=tuple(
            Group(label=heading(own), detail=detail(own), rows=tuple(map(build_row, own)))
            for own in groups
        ),
        footnotes=tuple(Footnote(mark=mark, text=words) for words, mark in marks.items()),
    )


def _cell(row: R, field: Field[R], marks: dict[str, str]) -> TableCell:
    entry = field.entry(row)
    cell = TableCell(text=str(entry)) if isinstance(entry, str) else entry
    mark = marks.get(field.footnote(row))
    return replace(cell, note=mark) if mark else cell


def _marks(rows: Sequence[R], fields: Sequence[Field[R]]) -> dict[str, str]:
    """Footnote → mark, column by column; entries with the same footnote share it."""
    found = dict.fromkeys(field.footnote(row) for field in fields for row in rows)
    return {words: footnote_mark(at) for at, words in enumerate(filter(None, found))}


def footnote_mark(position: int) -> str:
    """`a`, `b`, …, `z`, `aa`, `ab`, …"""
    more, letter = divmod(position, 26)
    return (footnote_mark(more - 1) if more else "") + chr(ord("a") + letter)

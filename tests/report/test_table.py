"""The builder that all tables go through."""

from typing import Any

import pytest

from ablate.report.blocks import Footnote, TableCell
from ablate.report.table import Field, build_table, footnote_mark, number_column, text_column

FRUIT = [("apple", "red", 3), ("beet", "red", 5), ("lime", "green", 3)]


def table(**more):
    fields: list[Field[Any]] = [
        text_column("Name", lambda row: row[0], factor=True),
        number_column("n", lambda row: TableCell(text=str(row[2]), strong=row[2] > 4)),
    ]
    return build_table(FRUIT, fields, name="fruit", caption="Fruit.", **more)


def test_columns_fill_rows():
    found = table()
    assert [(column.title, column.align) for column in found.columns] == [
        ("Name", "left"),
        ("n", "right"),
    ]
    (group,) = found.groups
    assert [[cell.text for cell in row.cells] for row in group.rows][1] == ["beet", "5"]
    assert [row.cells[1].strong for row in group.rows] == [False, True, False]
    assert [row.label for row in group.rows] == ["apple", "beet", "lime"]


def test_neighbors_of_a_group_share_a_heading():
    found = table(group=lambda row: row[1], heading=lambda rows: f"{rows[0][1]} ({len(rows)})")
    assert [group.label for group in found.groups] == ["red (2)", "green (1)"]


def test_a_row_may_have_a_label_and_a_key_of_its_own():
    found = table(label=lambda row: row[1], key=lambda row: row[0], baseline=lambda row: row[2] > 4)
    rows = found.groups[0].rows
    assert (rows[0].label, rows[0].key) == ("red", "apple")
    assert [row.baseline for row in rows] == [False, True, False]


def test_footnotes_are_marked_column_by_column_and_shared():
    notes = {"apple": "sweet", "lime": "sour"}
    fields: list[Field[Any]] = [
        number_column("n", lambda row: str(row[2]), footnote=lambda row: notes.get(row[0], "")),
        number_column("m", lambda row: str(row[2]), footnote=lambda row: "sour"),
    ]
    found = build_table(FRUIT, fields, name="t", caption="")
    marks = [[cell.note for cell in row.cells] for row in found.groups[0].rows]
    assert marks == [["a", "b"], ["", "b"], ["b", "b"]]
    assert found.footnotes == (Footnote(mark="a", text="sweet"), Footnote(mark="b", text="sour"))


def test_without_rows_there_are_columns():
    found = build_table([], [text_column("Name", str)], name="t", caption="")
    assert len(found.columns) == 1
    assert found.groups == ()


@pytest.mark.parametrize(("position", "mark"), [(0, "a"), (25, "z"), (26, "aa"), (53, "bb")])
def test_marks(position, mark):
    assert footnote_mark(position) == mark

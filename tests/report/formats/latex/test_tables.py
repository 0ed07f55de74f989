import re

import pytest

from ablate.report import build_report
from ablate.report.blocks import Column, Footnote, Group, Report, Row, Table, TableCell
from ablate.report.formats.latex import latex
from ablate.report.formats.latex.tables import LINES, WIDE, Float, floats, layout
from tests.report import examples
from tests.report.formats.latex.awkward import WORD, awkward


def table_of(analysis):
    return next(b for b in build_report(analysis).blocks if isinstance(b, Table))


def rendered(*columns, cells=(), **changes):
    rows = (Row(cells=tuple(cells)),) if cells else ()
    table = Table(columns=columns, groups=(Group(rows=rows),), **changes)
    return tex(table)


def tex(table):
    """The floats of a table that is alone in a report."""
    report = Report(name="x", title="", question="", setting="", source=None, blocks=(table,))
    text = latex(report)["report.tex"].decode()
    return text[text.index(r"\begin{table") :]


def test_a_narrow_table_stands_in_a_column_and_a_wide_one_across_the_page():
    column = Column(title="a")
    assert r"\begin{table}[tp]" in rendered(column, cells=[TableCell(text="word " * 60)])
    texts = [TableCell(text="word " * 60)] * 3
    assert r"\begin{table*}[tp]" in rendered(column, column, column, cells=texts)


def test_neighbors_share_a_head():
    paper = [Column(title="", align="right", over="Paper", under=name) for name in ("A", "B")]
    text = rendered(Column(title="x"), *paper, Column(title="y", over="alone", under="z"))
    assert r" & \multicolumn{2}{c}{Paper} &  \\" in text
    assert r"\cmidrule(lr){2-3}" in text
    assert r"x & A & B & y \\" in text


def test_bold_is_what_is_strong_and_notes_are_below():
    note = Footnote(mark="a", text="4 of 5 seeds.")
    cells = [TableCell(text="1", strong=True), TableCell(text="2", note="a")]
    text = rendered(Column(title="x"), Column(title="y"), cells=cells, footnotes=(note,))
    assert r"\AblStrong{1} & 2\textsuperscript{a} \\" in text
    assert r"\textsuperscript{a}~4 of 5 seeds." in text
    assert text.count(r"\AblStrong") == 1


def test_a_code_column_is_typed():
    assert r"\texttt{a\_b}" in rendered(Column(title="x", code=True), cells=[TableCell(text="a_b")])


@pytest.mark.parametrize("factors", [1, 2, 6])
def test_texts_give_way_until_a_page_holds_them(factors):
    table = table_of(awkward(factors, rows=12))
    assert Float(layout(table)).width <= WIDE


def test_a_word_is_not_broken_where_it_fits():
    cells = [TableCell(text="hyperparameters " * 30), TableCell(text=WORD)]
    lines = re.findall(r"[A-Za-z]+", rendered(Column(title="x"), Column(title="y"), cells=cells))
    assert lines.count("hyperparameters") == 30
    assert WORD not in lines
    assert WORD in "".join(lines)


@pytest.mark.parametrize("rows", [1, 40, 200])
def test_every_row_stands_once_in_floats_of_a_page(rows):
    table = table_of(awkward(rows=rows))
    found = floats(table)
    assert [row for part in found for _, row in part.rows] == [
        row for group in table.groups for row in group.rows
    ]
    for part in found:
        assert len(part.rows) <= LINES
        marks = {cell.note for _, row in part.rows for cell in row.cells} - {""}
        assert {note.mark for note in part.notes} == marks
    text = tex(table)
    assert text.count(r"\begin{table*}") == len(found)
    assert text.count("(continued)") == len(found) - 1
    assert text.count(r"\label{tab:") == 1


def test_models_are_named_above_their_rows():
    text = tex(table_of(examples.full()))
    assert r"\multicolumn{9}{@{}l}{\textit{DeiT-S (deit-8px, in place of deit-s)}} \\" in text

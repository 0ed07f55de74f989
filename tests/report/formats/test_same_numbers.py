"""Every format says the same: each text and each cell of the report, whatever the study."""

import re
from functools import cache

import pytest

from ablate.report import FORMATS, build_report
from ablate.report.clean import clean
from tests.report import examples
from tests.report.formats.latex.awkward import awkward
from tests.report.formats.reading import READERS, cells, told

STUDIES = (*examples.ALL, "awkward")


@cache
def report_on(name):
    return build_report(awkward(factors=3, rows=9)) if name == "awkward" else examples.report(name)


def test_every_format_is_read():
    assert READERS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("format", READERS)
def test_every_text_is_told(format, name):  # noqa: A002
    report = report_on(name)
    reader = READERS[format](report)
    assert [text for text in told(report) if not reader.says(text)] == []


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("format", ["html", "markdown"])
def test_every_cell_stands_in_its_place(format, name):  # noqa: A002
    report = report_on(name)
    for row, texts in zip(READERS[format](report).rows(), cells(report), strict=True):
        assert row[-len(texts) :] == texts
        assert len(row) - len(texts) in (0, 1)  # Markdown names groups in a column of their own


@pytest.mark.parametrize("name", STUDIES)
def test_every_cell_stands_in_its_place_in_latex(name):
    report = report_on(name)
    reader = READERS["latex"](report)
    expected = [[reader.cell(text) for text in row] for row in cells(report, details=False)]
    assert reader.rows() == expected


NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?")


def printed(text):
    """The numbers of a text, each with the half of its last digit."""
    for found in NUMBER.findall(text):
        places = len(found.partition(".")[2])
        yield float(found.replace("−", "-").replace(",", "")), 0.5000001 * 10**-places


def is_printed(text, *values):
    return all(
        abs(number - value) <= half
        for (number, half), value in zip(printed(text), values, strict=True)
    )


@pytest.mark.parametrize("name", examples.ALL)
def test_every_number_of_the_analysis_is_in_the_report(name):
    """Rounded where it is printed, and by no more than that."""
    analysis = clean(examples.ALL[name]())
    report = build_report(analysis)
    (table, *_) = (block for block in report.blocks if block.kind == "table")
    rows = [row for group in table.groups for row in group.rows]
    for cell, row in zip(analysis.cells, rows, strict=True):
        numbers = {name: text for one in row.cells for name, text in one.numbers.items()}
        n = cell.estimate.n
        assert numbers["n"] == str(n)
        if n:
            assert is_printed(numbers["score"], cell.estimate.mean)
        if n > 1:
            assert is_printed(numbers["sd"], cell.estimate.sd)
        if cell.contrast and (d := cell.contrast.difference):
            assert is_printed(numbers["difference"], d.mean)
            if d.low is not None:
                assert is_printed(numbers["interval"], d.low, d.high)

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.report import build_report
from ablate.report.blocks import Report, Row, Table
from ablate.report.formats.latex import latex
from ablate.report.formats.latex.macros import letters, macros, name_of
from ablate.report.numbers import claim_key
from tests.report import examples
from tests.report.formats.latex.compiling import complaints_about, needs_pdflatex

DEFINED = re.compile(r"^\\newcommand\{\\(\w+)\}\{(.*)\}%", re.MULTILINE)


def defined(name):
    return DEFINED.findall(text("numbers.tex", examples.report(name)))


NAME = "pos_embedding · digits"


def text(file, report):
    return latex(report)[file].decode()


def rows(table):
    return [row for group in table.groups for row in group.rows]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pos_embedding · digits", "PosEmbeddingDigits"),
        ("deit_s[pos_embed=none]", "DeitSPosEmbedNone"),
        ("cvt_13[mlp_ratio=0.5,shift=-1]", "CvtOneThreeMlpRatioZeroPointFiveShiftMinusOne"),
        ("Paper's Top-1", "PapersTopOne"),
        ("10 of 2", "OneZeroOfTwo"),
        ("é中", "E"),
    ],
)
def test_letters(text, name):
    assert letters(text) == name


@given(st.text())
def test_a_name_is_letters(text):
    assert re.fullmatch("[A-Za-z]*", letters(text))


@pytest.mark.parametrize("name", examples.ALL)
def test_every_name_is_used_once(name):
    names = [name for name, _ in defined(name)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch("Abl[A-Za-z]+", name) for name in names)


def scores(*levels):
    """Level → the macro that prints its score, in a study of these levels."""
    cells = tuple(examples.deit(level, (90.0, 91.0)) for level in ("learned", *levels))
    found = macros(build_report(examples.analysis_of(cells)))
    names = [macro.name for macro in found if macro.number == "score"]
    return dict(zip(("learned", *levels), names, strict=True))


def test_a_name_is_of_its_row_whatever_stands_before_it():
    before, after = scores("c_d"), scores("c-d", "c_d", "cD", "c d")
    assert after["c_d"] == before["c_d"]
    assert len(set(after.values())) == 5
    assert {name[:-4] for name in [*after.values()][1:]} == {
        "AblPosEmbeddingDigitsDeitSPosEmbedCDScore"
    }


@given(st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), min_size=1, max_size=3))
def test_other_texts_have_another_name(one, other):
    assert (name_of(*one) == name_of(*other)) == (one == other)


def test_claims_that_differ_in_size_alone_have_names_of_their_own():
    claim = examples.full().claims[0]
    keys = {claim_key(replace(claim, at_least=by)) for by in (None, 1.0, 1.5)}
    assert keys == {
        "claim deit_s[pos_embed=none] lower",
        "claim deit_s[pos_embed=none] lower by 1",
        "claim deit_s[pos_embed=none] lower by 1.5",
    }


def test_what_prose_can_print():
    found = dict(defined("full"))

    def printed(key, number):
        return found[name_of(NAME, key, number)]

    cell = "deit_s[pos_embed=none]"
    assert printed(cell, "score") == r"\ensuremath{77.9}"
    assert printed(cell, "sd") == r"\ensuremath{1.2}"
    assert printed(cell, "n") == "5"
    assert printed(cell, "difference") == r"\ensuremath{-19.9}"
    assert printed(cell, "interval") == r"\ensuremath{[-21.0, -18.9]}"
    assert printed(cell, "pairs") == "5"
    assert printed(cell, "p") == r"\ensuremath{< 0.001}"
    assert printed(cell, "test") == r"\ensuremath{p < 0.001}"
    assert printed(cell, "Paper's Top-1") == r"\ensuremath{78.0}"
    assert printed(cell, "Paper's difference") == r"\ensuremath{-1.8}"
    assert printed(cell, "Parameters") == "202~k"
    claim = f"claim {cell} lower"
    assert printed(claim, "verdict") == "supported"
    assert printed(claim, "margin") == "1~point"
    assert printed(claim, "test for") == r"\ensuremath{p < 0.001}"


def test_a_name_stays_when_its_number_is_gone():
    """So that prose which names it still compiles, and shows that nothing is there."""
    some, none = dict(defined("full")), dict(defined("empty"))
    cell = "AblPosEmbeddingDigitsDeitSPosEmbedNone"
    for name in (name for name in some if name.startswith(cell) and "Paper" not in name):
        assert none[name] in ("--", "0", "202~k", "204~k")
    assert none[name_of(NAME, "deit_s[pos_embed=none]", "interval")] == "--"


@pytest.mark.parametrize("name", examples.ALL)
def test_the_tables_print_every_number_by_its_name(name):
    report = examples.report(name)
    names = {(macro.key, macro.number): macro.name for macro in macros(report)}
    told = text("report.tex", report)
    for table in (block for block in report.blocks if isinstance(block, Table)):
        for row in rows(table):
            for cell in row.cells:
                for number, printed in [*cell.numbers.items()][:1]:
                    assert f"\\{names[row.key, number]}{{}}" in told
                    assert printed in cell.text


def test_numbers_are_the_words_of_their_cells():
    """What a macro says is what the table says, to the last digit."""
    for make in examples.ALL.values():
        for table in (block for block in build_report(make()).blocks if isinstance(block, Table)):
            for cell in (cell for row in rows(table) for cell in row.cells):
                for number in ("score", "sd", "difference"):
                    assert cell.numbers.get(number, "–") in ("–", *cell.text.split())


def test_a_row_without_a_key_has_no_names():
    table = Table(columns=(), groups=())
    report = Report(name="a · b", title="", question="", setting="", source=None, blocks=(table,))
    assert macros(report) == ()
    assert rows_of_no_key({"x": "1"}) == ()


def rows_of_no_key(numbers):
    report = examples.report("single")
    table = next(block for block in report.blocks if isinstance(block, Table))
    cells = tuple(replace(c, numbers=numbers) for c in table.groups[0].rows[0].cells)
    group = replace(table.groups[0], rows=(Row(cells=cells),))
    return macros(replace(report, blocks=(replace(table, groups=(group,)),)))


@needs_pdflatex
def test_numbers_may_be_read_twice_and_stand_in_a_sentence(tmp_path):
    report = examples.report("full")
    (tmp_path / "numbers.tex").write_text(text("numbers.tex", report))
    name = name_of(NAME, "deit_s[pos_embed=none]", "difference")
    twice = r"\input{numbers}\input{numbers}"
    assert complaints_about(f"{twice} It is \\{name}{{}} points.", tmp_path) == []

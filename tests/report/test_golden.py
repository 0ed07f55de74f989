"""A few whole outputs that can be reviewed; formats/test_same_numbers.py proves the rest."""

import pytest
from rich.console import Console

from ablate.report import build_report, summary
from ablate.report.formats.data import result, table
from ablate.report.formats.latex import latex
from ablate.report.formats.markdown import markdown
from ablate.report.formats.notebook import StudyReport
from tests.report import golden
from tests.report.examples import full, holes, hostile


def test_a_report():
    golden.check(markdown(build_report(full())), "full.md")


def test_its_numbers_for_prose():
    golden.check(latex(build_report(full()))["numbers.tex"].decode(), "full-numbers.tex")


def test_hostile_words_in_a_page():
    golden.check(golden.scrub(StudyReport(hostile())._repr_html_()), "hostile.html")


def test_hostile_words_in_a_paper():
    golden.check(latex(build_report(hostile()))["report.tex"].decode(), "hostile-report.tex")


def test_an_unfinished_study_in_a_terminal():
    console = Console(width=80, color_system=None)
    with console.capture() as shown:
        console.print(summary(build_report(holes())))
    lines = [line.rstrip() for line in shown.get().splitlines()]
    golden.check("\n".join(lines), "holes-80.txt")


def test_a_table_for_other_programs():
    analysis = full()
    golden.check(table([result(cell, analysis) for cell in analysis.cells]), "results.csv")


class TestTheHelper:
    """A test that cannot fail proves nothing."""

    def test_what_was_accepted_passes(self, tmp_path, monkeypatch):
        monkeypatch.setenv(golden.ACCEPT, "1")
        golden.check("a\n", "x.txt", tmp_path)
        monkeypatch.delenv(golden.ACCEPT)
        golden.check("a\n", "x.txt", tmp_path)
        assert not (tmp_path / "actual").exists()

    def test_anything_else_fails_with_a_diff_and_is_kept(self, tmp_path, monkeypatch):
        monkeypatch.delenv(golden.ACCEPT, raising=False)
        (tmp_path / "golden").mkdir()
        (tmp_path / "golden" / "x.txt").write_text("a\nb\n")
        with pytest.raises(pytest.fail.Exception, match=r"(?s)ACCEPT_GOLDEN=1.*-b\n\+c\n"):
            golden.check("a\nc\n", "x.txt", tmp_path)
        assert (tmp_path / "actual" / "x.txt").read_text() == "a\nc\n"

    def test_line_ends_count(self, tmp_path, monkeypatch):
        monkeypatch.delenv(golden.ACCEPT, raising=False)
        (tmp_path / "golden").mkdir()
        (tmp_path / "golden" / "x.txt").write_bytes(b"a\r\n")
        with pytest.raises(pytest.fail.Exception):
            golden.check("a\n", "x.txt", tmp_path)

    def test_scrubbing_leaves_the_rest(self):
        assert golden.scrub("a<svg x>1\n2</svg>b<svg y>3</svg>c") == "a<svg></svg>b<svg></svg>c"

import pytest
from rich.console import Console

from ablate.report import build_report, summary
from ablate.report.formats.data import result, run, table
from ablate.report.formats.html import html
from ablate.report.formats.latex import latex
from ablate.report.formats.markdown import markdown
from tests.report import golden
from tests.report.examples import ALL, full


@pytest.mark.parametrize("name", ALL)
def test_markdown(name):
    golden.check(markdown(build_report(ALL[name]())), f"{name}.md")


@pytest.mark.parametrize("name", ["full", "holes", "factors", "hostile"])
def test_html(name):
    golden.check(golden.scrub(html(build_report(ALL[name]()))), f"{name}.html")


@pytest.mark.parametrize("name", ["full", "holes", "factors", "hostile"])
def test_latex(name):
    texts = latex(build_report(ALL[name]()))
    golden.check(texts["report.tex"].decode(), f"{name}-report.tex")
    if name == "full":
        golden.check(texts["numbers.tex"].decode(), "full-numbers.tex")
        golden.check(texts["preview.tex"].decode(), "full-preview.tex")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["full", "holes", "factors", "undecided", "ladder", "costs"])
def test_terminal(name, width):
    console = Console(width=width, color_system=None)
    with console.capture() as shown:
        console.print(summary(build_report(ALL[name]())))
    lines = [line.rstrip() for line in shown.get().splitlines()]
    assert max(map(len, lines)) <= width
    golden.check("\n".join(lines), f"{name}-{width}.txt")


def test_csv():
    analysis = full()
    golden.check(table([result(cell, analysis) for cell in analysis.cells]), "results.csv")
    golden.check(table([run(row) for row in analysis.runs]), "runs.csv")


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

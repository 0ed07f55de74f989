"""The files as a whole: what is written, what compiles, what is left alone."""

import re
import shutil
from dataclasses import replace

import pytest

from ablate.report import build_report, write_report
from ablate.report.figures._panel import Panel
from ablate.report.formats.latex import latex, preview
from ablate.report.formats.latex.macros import name_of
from tests.report import examples
from tests.report.formats.latex.awkward import LONG, WORD, awkward
from tests.report.formats.latex.compiling import complaints, needs_pdflatex

pytestmark = pytest.mark.typeset
TELLING = ("full", "factorial_of_three", "hostile", "ladder")
"""Examples that `make test` compiles; `make test-all` compiles all."""
AWKWARD = [
    {},
    {"factors": 5, "rows": 12},
    {"factors": 3, "rows": 9, "label": WORD, "word": WORD},
]


@pytest.fixture
def _no_pdflatex(monkeypatch):
    monkeypatch.setenv("PATH", "")


@needs_pdflatex
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in TELLING else pytest.mark.slow)
        for name in examples.ALL
    ],
)
def test_it_compiles_without_complaint(name, tmp_path):
    write_report(examples.ALL[name](), "latex", tmp_path)
    assert complaints(tmp_path) == []


@pytest.mark.slow
@needs_pdflatex
@pytest.mark.parametrize("asked", AWKWARD)
def test_what_fits_no_page_is_made_to_fit(asked, tmp_path):
    write_report(awkward(**asked), "latex", tmp_path)
    assert complaints(tmp_path) == []
    path = tmp_path / "preview.tex"
    path.write_text(path.read_text().replace("twocolumn", "onecolumn"))
    assert complaints(tmp_path) == []


@needs_pdflatex
def test_a_paper_can_hold_two_reports_that_lie_elsewhere(tmp_path):
    other = replace(examples.factors(), study="factors")
    for name, analysis in (("one", examples.full()), ("two", other)):
        (tmp_path / name).mkdir()
        write_report(analysis, "latex", tmp_path / name)
    first = name_of("pos_embedding · digits", "deit_s", "score")
    second = name_of("factors · digits", "vit", "score")
    (tmp_path / "preview.tex").write_text(
        rf"""\documentclass[letterpaper]{{article}}
        \usepackage{{booktabs,graphicx,pifont}}
        \begin{{document}}
        \newcommand{{\AblFolder}}{{one/}}\input{{\AblFolder report}}
        \renewcommand{{\AblFolder}}{{two/}}\input{{\AblFolder report}}
        \{first}{{}} \{second}
        \end{{document}}"""
    )
    assert complaints(tmp_path) == []


@needs_pdflatex
def test_the_preview_is_the_same_bytes_and_is_not_made_twice(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_report(examples.full(), "latex", tmp_path / name)
    made = (tmp_path / "a" / "preview.pdf").read_bytes()
    assert made == (tmp_path / "b" / "preview.pdf").read_bytes()
    monkeypatch.setattr(preview, "run", lambda *_: pytest.fail("compiled again"))
    write_report(examples.full(), "latex", tmp_path / "a")
    with pytest.raises(pytest.fail.Exception, match="compiled again"):
        write_report(examples.plain(), "latex", tmp_path / "a")


@pytest.mark.usefixtures("_no_pdflatex")
def test_without_pdflatex_there_is_no_preview_and_no_complaint(tmp_path, caplog):
    (tmp_path / "preview.pdf").write_text("of an earlier text")
    assert write_report(examples.plain(), "latex", tmp_path) == tmp_path / "report.tex"
    assert not (tmp_path / "preview.pdf").exists()
    assert (tmp_path / "preview.tex").exists()
    assert caplog.messages == []


def test_a_failing_compile_is_told_and_breaks_nothing(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/pdflatex")
    monkeypatch.setattr(preview, "run", lambda *_: "(./x.tex\n! LaTeX Error: no booktabs.\n")
    (tmp_path / "preview.pdf").write_text("of an earlier text")
    write_report(examples.plain(), "latex", tmp_path)
    assert caplog.messages == ["no preview.pdf: pdflatex says: LaTeX Error: no booktabs."]
    assert not (tmp_path / "preview.pdf").exists()
    assert (tmp_path / "report.tex").exists()


@pytest.mark.usefixtures("_no_pdflatex")
def test_a_figure_is_drawn_again_only_if_it_looks_different(tmp_path, monkeypatch):
    write_report(examples.full(), "latex", tmp_path)
    path = tmp_path / "figures" / "contrasts.pdf"
    first = path.read_bytes()
    assert first.startswith(b"%PDF")
    with monkeypatch.context() as patch:
        patch.setattr(Panel, "pdf", property(lambda _: pytest.fail("drawn again")))
        write_report(examples.full(), "latex", tmp_path)
        with pytest.raises(pytest.fail.Exception, match="drawn again"):
            write_report(examples.plain(), "latex", tmp_path)
    write_report(examples.plain(), "latex", tmp_path)
    assert path.read_bytes() != first
    assert not (tmp_path / "figures" / "contrasts-near.pdf").exists()


@pytest.mark.usefixtures("_no_pdflatex")
def test_letters_of_figures_are_embedded_as_publishers_ask(tmp_path):
    write_report(examples.full(), "latex", tmp_path)
    content = (tmp_path / "figures" / "contrasts.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content


@pytest.mark.parametrize("name", examples.ALL)
def test_every_float_has_a_caption_and_a_label_of_its_own(name):
    text = latex(examples.report(name))["report.tex"].decode()
    floats = text.count(r"\begin{table") + text.count(r"\begin{figure")
    assert text.count(r"\caption{") == floats
    labels = re.findall(r"\\label\{((?:tab|fig):[\w:-]+)\}", text)
    assert len(labels) == len(set(labels)) == floats - text.count("(continued)")


def test_the_preview_tells_all(tmp_path):
    text = latex(examples.report("full"))["preview.tex"].decode()
    for words in (
        "Does a vision transformer with convolutions still need position embeddings?",
        "Both claims are supported",
        r"\item[\ding{51}] \textbf{Supported:} DeiT-S loses accuracy",
        r"over 5 seeds, p~\ensuremath{<}~0.001.",
        "See Table 1, Figure 1, Figure 2, Figure 3 and Figure 4.",
        r"\texttt{ablate run pos\_\allowbreak{}embedding -{}-setting digits}",
        r"Every run (30): \texttt{runs.csv}.",
    ):
        assert words in text


def test_long_labels_are_told_whole():
    text = latex(build_report(awkward(rows=3)))["preview.tex"].decode()
    assert LONG in text

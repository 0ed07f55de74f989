"""The package as a whole: its names, its weight, its files, its bytes."""

import html
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import ablate.report
from ablate.cli.main import main
from ablate.errors import UnknownNameError
from ablate.report import DATA, FORMATS, build_report, read_analysis, write_all, write_report
from ablate.report.formats.latex.escape import prose
from tests.report import examples

HEAVY = (
    "torch",
    "pytorch_lightning",
    "matplotlib",
    "jinja2",
    "scipy",
    "statsmodels",
    "rich",
    "pandas",
)


def modules_after(code):
    report = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_import_is_light():
    assert modules_after("import ablate.report").isdisjoint(HEAVY)


def test_the_check_can_fail():
    code = "from ablate.report.formats.html import templates; templates()"
    assert "jinja2" in modules_after(code)


def test_nothing_global_is_drawn_with():
    code = (
        "from pathlib import Path; from tests.report.examples import full;"
        "from ablate.report import write_report; import tempfile;"
        "write_report(full(), 'html', Path(tempfile.mkdtemp()))"
    )
    loaded = modules_after(code)
    assert "matplotlib" in loaded
    assert "matplotlib.pyplot" not in loaded
    assert "torch" not in loaded


def test_the_public_names():
    assert ablate.report.__all__ == sorted(ablate.report.__all__)
    for name in ablate.report.__all__:
        assert hasattr(ablate.report, name)


def test_everything_is_written(tmp_path):
    folder = tmp_path / "reports" / "pos_embedding" / "digits"
    assert write_all(examples.full(), folder) == ()
    assert sorted(files(folder)) == [
        "analysis.json",
        "figures/contrasts-near.pdf",
        "figures/contrasts-near.svg",
        "figures/contrasts.pdf",
        "figures/contrasts.svg",
        "figures/curves-cvt-13-6756fe.pdf",
        "figures/curves-cvt-13-6756fe.svg",
        "figures/curves-deit-s-321351.pdf",
        "figures/curves-deit-s-321351.svg",
        "figures/seeds-cvt-13-6756fe.pdf",
        "figures/seeds-cvt-13-6756fe.svg",
        "figures/seeds-deit-s-321351.pdf",
        "figures/seeds-deit-s-321351.svg",
        "figures/tradeoffs-parameters.pdf",
        "figures/tradeoffs-parameters.svg",
        "index.html",
        "numbers.tex",
        "preview.tex",
        "report.md",
        "report.tex",
        "results.csv",
        "runs.csv",
        "summary.json",
    ]


@pytest.mark.parametrize("name", examples.ALL)
def test_the_same_analysis_gives_the_same_bytes(name, tmp_path):
    write_all(examples.ALL[name](), tmp_path / "a")
    write_all(read_analysis(tmp_path / "a"), tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.typeset
def test_another_process_gives_the_same_bytes(tmp_path):
    write_all(examples.full(), tmp_path / "a")
    code = (
        "from pathlib import Path; import sys; from tests.report.examples import full;"
        "from ablate.report import write_all; write_all(full(), Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "b")],
        check=True,
        env={
            "PYTHONHASHSEED": "7",
            "TZ": "Asia/Tokyo",
            "HOME": str(tmp_path),
            "MPLCONFIGDIR": os.environ["MPLCONFIGDIR"],
        },
        cwd=Path(__file__).parents[2],
    )
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize("name", ["full", "holes"])
def test_nothing_tells_the_machine(name, tmp_path):
    write_all(examples.ALL[name](), tmp_path)
    for content in files(tmp_path).values():
        for secret in (str(tmp_path), str(Path(__file__).parents[2]), "matplotlib v", "/home/"):
            assert secret.encode() not in content


FORMAT_STRINGS = (
    "50% of the tokens",
    "%s %d %(x)s %%",
    "{name} {folder} {0} {} {{",
    r"\title \1 \g<0> \n C:\new",
    "# $x$ ${y} ~ ^ & _",
    "((* x *)) {{ x }} {% x %} {# x #} \\BLOCK{x}",
    "two\nlines\r\n and \u2028 more",
)


@pytest.mark.typeset
def test_no_text_of_a_user_is_a_format(tmp_path):
    """Wherever a study has words of its own, every file is written and its words are in it."""
    full, text = examples.full(), "\n".join(FORMAT_STRINGS)
    analysis = replace(
        full,
        title=text,
        question=text,
        setting_title=text,
        labels={"pos_embed": text},
        level_labels={"pos_embed": {"none": text}},
        paper=full.paper.model_copy(update={"title": text, "table": text}),
        claims=tuple(replace(claim, says=text) for claim in full.claims),
        cells=tuple(replace(cell, model_label=text) for cell in full.cells),
    )
    assert write_all(analysis, tmp_path / "a", index=tmp_path) == ()
    told = " ".join(text.split())
    page = html.unescape((tmp_path / "a" / "index.html").read_text(encoding="utf-8"))
    assert page.count(told) >= 10
    tex = (tmp_path / "a" / "preview.tex").read_text(encoding="utf-8")
    assert rf"\title{{{prose(told)}}}" in tex
    assert (tmp_path / "a" / "preview.pdf").exists() == bool(shutil.which("pdflatex"))


class TestAWriterThatFails:
    """It is named, and takes nothing with it."""

    @pytest.mark.parametrize("broken", [file for file, _ in FORMATS.values()] + [*DATA])
    def test_the_others_are_written(self, broken, tmp_path, monkeypatch):
        def fail(*_):
            raise TypeError("%o format: an integer is required, not str")

        for name, (file, _) in FORMATS.items():
            if file == broken:
                monkeypatch.setitem(FORMATS, name, (file, fail))
        if broken in DATA:
            monkeypatch.setitem(DATA, broken, fail)
        (failure,) = write_all(examples.plain(), tmp_path / "a", index=tmp_path)
        assert str(failure) == (
            f"{broken} could not be written: TypeError: %o format: an integer is required, not str"
        )
        written = {file for file, _ in FORMATS.values()} | {*DATA} - {broken}
        assert written - {broken} <= set(files(tmp_path / "a"))
        assert (tmp_path / "README.md").exists()

    def test_what_the_system_says_needs_no_name_of_a_class(self, tmp_path):
        (tmp_path / "report.md").mkdir()
        (failure,) = write_all(examples.plain(), tmp_path)
        assert str(failure).startswith("report.md could not be written: ")
        assert "Is a directory" in str(failure)
        assert "Error" not in str(failure)

    def test_the_command_line_names_it_and_ends_with_1(self, tmp_path, monkeypatch, capsys):
        write_all(examples.plain(), tmp_path / "pos_embedding" / "digits")
        asked = ["report", str(tmp_path / "pos_embedding" / "digits"), "--reports", str(tmp_path)]
        with pytest.raises(SystemExit, match="0"):
            main(asked)
        monkeypatch.setitem(FORMATS, "latex", ("report.tex", lambda *_: 1 / 0))
        with pytest.raises(SystemExit, match="1"):
            main(asked)
        said = capsys.readouterr()
        assert said.err.splitlines() == [
            "error: report.tex could not be written: ZeroDivisionError: division by zero"
        ]
        assert "report: " in said.out


class TestRenderingAnew:
    """`ablate report FOLDER`: every file from analysis.json alone."""

    def test_every_file_is_made_again(self, tmp_path):
        folder = tmp_path / "pos_embedding" / "digits"
        write_all(examples.holes(), folder, index=tmp_path)
        before = files(tmp_path)
        for path in [*tmp_path.rglob("*")]:
            if path.is_file() and path.name != "analysis.json":
                path.unlink()
        with pytest.raises(SystemExit, match="1"):  # it has holes
            main(["report", str(folder / "analysis.json"), "--reports", str(tmp_path)])
        assert files(tmp_path) == before

    def test_a_report_elsewhere_is_rendered_where_it_lies_and_listed_nowhere(self, tmp_path):
        write_all(examples.plain(), tmp_path / "kept" / "old")
        with pytest.raises(SystemExit, match="0"):
            main(["report", str(tmp_path / "kept" / "old"), "--reports", str(tmp_path / "reports")])
        assert not (tmp_path / "README.md").exists()
        assert not (tmp_path / "reports").exists()

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            (["--seeds", "3"], "is a report: its setting and seeds are those of its analysis"),
            (["--setting", "digits"], "is a report: its setting and seeds"),
            ([], "; `ablate report` writes one"),
        ],
    )
    def test_what_cannot_be_is_said(self, more, message, tmp_path, capsys):
        with pytest.raises(SystemExit, match="2"):
            main(["report", str(tmp_path / "nothing"), *more])
        assert message in capsys.readouterr().err


def test_a_figure_of_an_earlier_report_is_not_left_behind(tmp_path):
    write_all(examples.full(), tmp_path)
    for name in ("mine", "seeds-2"):  # and as they were called once
        (tmp_path / "figures" / f"{name}.svg").write_text("<svg/>")
    write_all(examples.plain(), tmp_path)
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        "contrasts.pdf",
        "contrasts.svg",
        "curves-deit-s-321351.pdf",
        "curves-deit-s-321351.svg",
        "mine.svg",
        "seeds-deit-s-321351.pdf",
        "seeds-deit-s-321351.svg",
    ]


def test_a_report_or_its_analysis_can_be_written(tmp_path):
    one = write_report(examples.full(), "html", tmp_path / "one")
    two = write_report(build_report(examples.full()), "html", tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()


def test_an_unknown_format_is_named(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown format 'htm'; did you mean 'html'"):
        write_report(examples.full(), "htm", tmp_path)


def test_reporters_do_not_compute():
    """No arithmetic and no rounding in what renders."""
    folder = Path(ablate.report.__file__).parent
    writers = [path for path in (folder / "formats").rglob("*.py") if path.name != "data.py"]
    for path in writers:
        text = path.read_text()
        assert "formatting import" not in text or "import MISSING" in text
        for word in ("round(", ":.1f", ":.2f", ".mean", " / 100", "* 100"):
            assert word not in text.replace("folder / ", "")
    for path in (folder / "templates").glob("*.j2"):
        assert "round" not in path.read_text().replace("rowgroup", "")


def test_a_title_is_never_empty():
    report = build_report(replace(examples.full(), title="\n", setting_title=""))
    assert report.title == "pos_embedding"
    assert report.setting == "digits"

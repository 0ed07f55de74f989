"""The package as a whole: its names, its weight, its files, its bytes."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import ablate.report
from ablate.analysis.model import Analysis
from ablate.errors import UnknownNameError
from ablate.report import build_report, write_all, write_report
from ablate.store.files import read_json
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
    code = "from ablate.report.formats.html import environment; environment()"
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
    assert write_all(examples.full(), folder) == folder / "index.html"
    assert sorted(files(folder)) == [
        "analysis.json",
        "figures/contrasts-near.pdf",
        "figures/contrasts-near.svg",
        "figures/contrasts.pdf",
        "figures/contrasts.svg",
        "figures/curves-1.pdf",
        "figures/curves-1.svg",
        "figures/curves-2.pdf",
        "figures/curves-2.svg",
        "figures/seeds-1.pdf",
        "figures/seeds-1.svg",
        "figures/seeds-2.pdf",
        "figures/seeds-2.svg",
        "figures/tradeoffs-1.pdf",
        "figures/tradeoffs-1.svg",
        "figures/tradeoffs-2.pdf",
        "figures/tradeoffs-2.svg",
        "index.html",
        "numbers.tex",
        *(["preview.pdf"] if shutil.which("pdflatex") else []),
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
    write_all(read_json(tmp_path / "a" / "analysis.json", Analysis), tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_another_process_gives_the_same_bytes(tmp_path):
    write_all(examples.full(), tmp_path / "a")
    code = (
        "from pathlib import Path; import sys; from tests.report.examples import full;"
        "from ablate.report import write_all; write_all(full(), Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "b")],
        check=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_nothing_tells_the_machine(tmp_path):
    write_all(examples.full(), tmp_path)
    for content in files(tmp_path).values():
        for secret in (str(tmp_path), str(Path(__file__).parents[2]), "matplotlib v"):
            assert secret.encode() not in content


def test_a_figure_of_an_earlier_report_is_not_left_behind(tmp_path):
    write_all(examples.full(), tmp_path)
    (tmp_path / "figures" / "mine.svg").write_text("<svg/>")
    write_all(examples.plain(), tmp_path)
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        "contrasts.pdf",
        "contrasts.svg",
        "curves-1.pdf",
        "curves-1.svg",
        "mine.svg",
        "seeds-1.pdf",
        "seeds-1.svg",
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

"""`ablate.load(…).report()`, as a notebook and a script use it."""

from __future__ import annotations

from pathlib import Path

import pytest

import ablate
from ablate.errors import AblateError, UnknownNameError
from tests.cli.test_compare import leave, planned, project  # noqa: F401
from tests.project.test_rules import loaded

HEAVY = ("torch", "matplotlib", "pandas", "jinja2", "rich", "pydantic", "numpy")


def test_the_import_is_light():
    found = loaded(f"import ablate, sys\nprint(*[m for m in {HEAVY} if m in sys.modules])")
    assert found == set()


@pytest.mark.usefixtures("project")
class TestAStudy:
    def test_its_report_is_of_what_has_been_run(self):
        report = ablate.load("small").report()
        assert report.analysis.setting == "digits"
        assert report.analysis.complete
        assert ablate.load(Path("studies/small.yaml")).report() == report

    def test_another_setting_folder_and_fewer_seeds(self):
        leave(Path("elsewhere"), planned("digits_shifted"), "3333333", 0.0)
        report = ablate.load("small").report(setting="digits_shifted", runs="elsewhere", seeds=2)
        assert report.analysis.provenance.commits == ("3333333",)
        assert report.analysis.seeds == (0, 1)
        chosen = ablate.load("small").report(seeds=(2, 0))
        assert chosen.analysis.seeds == (2, 0)

    def test_the_folder_of_the_environment(self, monkeypatch):
        monkeypatch.setenv("ABLATE_RUNS", "nowhere")
        assert not ablate.load("small").report().analysis.complete
        assert ablate.load("small").report(runs="runs").analysis.complete

    def test_nothing_is_written_until_asked(self):
        before = sorted(Path().rglob("*"))
        report = ablate.load("small").report()
        assert str(report)
        assert report._repr_html_()
        assert sorted(Path().rglob("*")) == before
        assert report.write("mine") == Path("mine/index.html")
        assert Path("mine/analysis.json").is_file()

    def test_it_says_what_it_is(self):
        assert repr(ablate.load("small")) == "<study small: A small study of positions>"

    @pytest.mark.parametrize("seeds", [0, -1, (), (1, 1), (-1, 2)])
    def test_seeds_that_are_none(self, seeds):
        with pytest.raises(AblateError) as error:
            ablate.load("small").report(seeds=seeds)
        assert str(error.value) == (
            f"seeds are how many, from 1 upward, or different numbers from 0 upward, not {seeds}"
        )

    def test_names_that_are_none(self):
        with pytest.raises(UnknownNameError, match="unknown study 'smal'; did you mean 'small'"):
            ablate.load("smal")
        with pytest.raises(UnknownNameError, match="unknown setting 'digit'; did you mean"):
            ablate.load("small").report(setting="digit")

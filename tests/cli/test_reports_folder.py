"""A report takes no other study's place."""

from pathlib import Path

import pytest

from ablate.analysis.make import analyze
from ablate.cli._reports import folder_of
from ablate.cli.main import main
from ablate.plan.make import make_plan
from ablate.report.formats.data import read_analysis
from ablate.results.store import read_store
from ablate.store.claims import history, register
from ablate.store.store import Store
from ablate.study.load import file_from, load_study

STUDY = """\
title: Sizes of the {place} kind
models:
  m: {{architecture: vit, variant: deit-s, ablate: {{depth: [2]}}}}
seeds: 2
claims:
  - {{says: '{place} is worse', contrast: 'm[depth=2]', expect: lower}}
"""


@pytest.fixture
def plans(tmp_path, monkeypatch):
    """The plans of two study files of one name."""
    monkeypatch.chdir(tmp_path)
    for place in ("first", "second"):
        Path(place).mkdir()
        Path(place, "sizes.yaml").write_text(STUDY.format(place=place), encoding="utf-8")
    return [make_plan(load_study(f"{place}/sizes.yaml")) for place in ("first", "second")]


def code(*words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code


def written(summary: str, reports="reports"):
    folder = Path(reports, "sizes/digits")
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(summary, encoding="utf-8")


def test_another_study_of_one_name_is_refused_before_anything_is_run(plans, capsys):
    written('{"file": "../first/sizes.yaml", "title": "Sizes of the first kind"}')
    assert folder_of(plans[0], Path("reports")) == Path("reports/sizes/digits")
    for command in ("run", "report"):
        assert code(command, "second/sizes.yaml", "--runs", "runs") == 2
        assert capsys.readouterr().err == (
            "error: reports/sizes/digits holds the report on another study of this name, "
            "'Sizes of the first kind'; rename one of the two files, or write elsewhere with "
            "--reports\n"
        )
    assert not Path("runs").exists()
    assert folder_of(plans[1], Path("elsewhere")) == Path("elsewhere/sizes/digits")


@pytest.mark.parametrize("summary", ["{}", '{"file": ""}', '{"file": 3}', "[]", '{"fi'])
def test_a_report_of_unknown_origin_is_replaced(plans, summary):
    written(summary)
    assert folder_of(plans[1], Path("reports")) == Path("reports/sizes/digits")


def test_a_study_that_was_moved_replaces_its_report(plans):
    written('{"file": "../first/sizes.yaml", "title": "Sizes of the first kind"}')
    Path("first/sizes.yaml").unlink()
    assert folder_of(plans[1], Path("reports")) == Path("reports/sizes/digits")


def test_a_file_is_the_same_from_wherever_it_is_named(plans, monkeypatch):
    reports = Path("reports").resolve()
    assert file_from(plans[0].study, reports) == "../first/sizes.yaml"
    monkeypatch.chdir("first")
    assert file_from(load_study("sizes.yaml"), reports) == "../first/sizes.yaml"


def test_of_a_file_far_away_no_folder_is_told(plans, tmp_path):
    far = tmp_path / "a/b/reports"
    told = [file_from(plan.study, far) for plan in plans]
    assert all(text.startswith("elsewhere:") and "sizes" not in text for text in told)
    assert told[0] != told[1]
    written(f'{{"file": "{told[0]}", "title": "T"}}', far)
    assert folder_of(plans[0], far)
    with pytest.raises(Exception, match="holds the report on another study of this name, 'T'"):
        folder_of(plans[1], far)


def test_a_report_says_which_file_it_is_on(plans):
    assert code("report", "first/sizes.yaml") == 1  # nothing was run
    assert read_analysis(Path("reports/sizes/digits")).file == "../first/sizes.yaml"
    assert code("report", "second/sizes.yaml") == 2
    assert code("report", "reports/sizes/digits") == 1
    assert read_analysis(Path("reports/sizes/digits")).title == "Sizes of the first kind"


def test_studies_of_one_name_withdraw_no_claims_of_each_other(plans, tmp_path):
    store = Store(tmp_path / "runs")
    store.prepare()
    for plan in (*plans, *plans):
        register(plan, store)
    assert len((store.root / "claims/sizes-digits.jsonl").read_text().splitlines()) == 2
    for plan in plans:
        found = history(plan, store)
        assert (found.seen, found.withdrawn) == ((0,), ())
        assert analyze(plan.study, read_store(store, plan)).claims[0].seen == 0

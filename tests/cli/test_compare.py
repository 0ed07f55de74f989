"""What the words after `ablate compare` mean, with records as a study leaves them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ablate.analysis.make import analyze
from ablate.cli.compare import comparison_of, named
from ablate.cli.main import main
from ablate.errors import AblateError
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import Plan, make_plan
from ablate.report import write_all
from ablate.results.store import read_store
from ablate.store.files import append_line, write_json
from ablate.store.record import Environment, Execution, Record, State
from ablate.store.store import Store
from ablate.study.load import load_study

STUDY = """\
title: A small study of positions
models:
  deit_s:
    architecture: vit
    variant: deit-s
    baseline: {pos_embed: learned}
    ablate: {pos_embed: [none]}
seeds: 3
settings: {digits_shifted: {recipe: {epochs: 3}}}
"""
OLD, NEW = "1111111aaaaa", "2222222bbbbb"
SCORES = {"deit_s": (95.0, 94.0, 96.0), "deit_s[pos_embed=none]": (75.0, 76.0, 72.0)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the study and two rounds of its runs: the second 2 points better."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ABLATE_RUNS", raising=False)
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/small.yaml").write_text(STUDY, encoding="utf-8")
    leave(Path("runs"), planned("digits"), OLD, 0.0)
    leave(Path("runs"), planned("digits"), NEW, 2.0)
    leave(Path("runs"), planned("digits_shifted"), NEW, -10.0)
    return tmp_path


def planned(setting: str) -> Plan:
    return make_plan(load_study("studies/small.yaml"), setting)


def leave(root: Path, plan: Plan, commit: str, more: float) -> None:
    """A finished attempt at every trial; the old ones by other code."""
    store = Store(root)
    store.prepare()
    for trial in plan.trials:
        folder = store.start(
            trial, Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
        )
        code = fingerprint(trial) | ({"train/fit.py": "old"} if commit == OLD else {})
        environment = Environment(
            fingerprint=code,
            packages={"torch": "2.11.0"},
            python="3.11.7",
            platform="Linux x86_64",
            device="CPU",
            threads=1,
            commit=commit,
            started="2026-01-01T00:00:00+00:00",
        )
        write_json(folder.environment_file, environment)
        append_line(folder.history_file, {"epoch": 0, "val/top1": 50.0})
        score = SCORES[trial.cell][trial.seed] + more + 0.1 * trial.seed * more
        folder.close(Record(state=State.FINISHED, scores={"top1": score}))


def both(runs: str = "runs") -> tuple[Path, Path]:
    return Path(runs), Path(runs)


@pytest.mark.usefixtures("project")
class TestWhatIsMeant:
    def test_a_study_is_at_its_own_setting_with_the_runs_that_speak(self):
        found = named("small", Path("runs"))
        assert found == analyze(
            planned("digits").study, read_store(Store(Path("runs")), planned("digits"))
        )
        assert found.provenance.commits == (NEW,)

    @pytest.mark.parametrize("text", ["small@digits_shifted", "studies/small.yaml@digits_shifted"])
    def test_another_setting(self, text):
        assert named(text, Path("runs")).setting == "digits_shifted"

    @pytest.mark.parametrize("text", ["small:1111", f"small@digits:{OLD}", "studies/small.yaml:1"])
    def test_the_runs_of_a_commit(self, text):
        found = named(text, Path("runs"))
        assert found.provenance.commits == (OLD,)
        assert all("train/fit.py" in run.stale for run in found.runs)
        assert found.cells[0].estimate.mean == 95.0

    @pytest.mark.parametrize("path", ["old@x:y/digits", "old@x:y/digits/analysis.json"])
    def test_a_report_of_before_whatever_its_path(self, path):
        before = named("small:1111", Path("runs"))
        write_all(before, Path("old@x:y/digits"))
        assert named(path, Path("runs")) == before

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("smal", "unknown study 'smal'; did you mean 'small'? (allowed: small)"),
            (
                "small@digit",
                "unknown setting 'digit'; did you mean 'digits'? (allowed: digits, digits_shifted)",
            ),
            (
                "small:1111111aaaab",
                f"unknown commit of the runs of small/digits '1111111aaaab'; did you mean '{OLD}'? "
                f"(allowed: {OLD}, {NEW})",
            ),
            (
                "small@a@b",
                "cannot tell what 'small@a@b' is; allowed: STUDY, STUDY@SETTING, STUDY:COMMIT, "
                "STUDY@SETTING:COMMIT, or the folder of a report",
            ),
            ("reports/small", "there is no reports/small; `ablate report` writes one"),
            ("runs/.gitignore", "runs/.gitignore is no analysis that `ablate report` wrote"),
        ],
    )
    def test_what_cannot_be_meant(self, text, message):
        with pytest.raises(AblateError) as error:
            named(text, Path("runs"))
        assert str(error.value) == message

    def test_a_commit_with_changes_is_another(self):
        leave(Path("runs"), planned("digits"), f"{OLD}+changes", 1.0)
        assert named(f"small:{OLD}", Path("runs")).provenance.commits == (OLD,)
        with pytest.raises(AblateError, match="several commits begin with '111'"):
            named("small:111", Path("runs"))


@pytest.mark.usefixtures("project")
class TestWhatIsCompared:
    def test_before_and_after_a_change_of_code(self):
        found = comparison_of("small:1111", "small", both())
        assert [pair.shift.difference.mean for pair in found.cells] == pytest.approx([2.2, 2.2])
        named = {(one.kind, one.name) for one in found.differences}
        assert named == {("code", "train/fit.py"), ("commit", "")}

    def test_two_folders_of_runs(self):
        leave(Path("elsewhere"), planned("digits"), NEW, 0.0)
        found = comparison_of("small", "small", (Path("elsewhere"), Path("runs")))
        assert found.cells[0].shift.difference.mean == pytest.approx(2.2)

    def test_a_commit_that_is_no_other(self):
        with pytest.raises(AblateError) as error:
            comparison_of("small", f"small:{NEW}", both())
        assert str(error.value) == (
            f"'small' and 'small:{NEW}' are the same, run by run; nothing is there to compare"
        )

    def test_nothing_has_run(self):
        with pytest.raises(AblateError) as error:
            comparison_of("small@digits_shifted", "small", both("nowhere"))
        assert str(error.value) == (
            "'small@digits_shifted' has no finished run; "
            "make them with `ablate run small --setting digits_shifted`"
        )

    def test_other_metrics_do_not_compare(self):
        write_all(named("small:1111", Path("runs")), Path("old"))
        file = Path("old/analysis.json")
        changed = json.loads(file.read_text(encoding="utf-8"))
        changed["metric"]["name"] = "loss"
        file.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(AblateError) as error:
            comparison_of("old", "small", both())
        assert str(error.value) == (
            "they are judged by different metrics: loss in 'old', top1 in 'small'"
        )

    def test_other_cells_do_not_compare(self):
        text = STUDY.replace("deit_s:", "vit:")
        Path("studies/other.yaml").write_text(text, encoding="utf-8")
        write_all(named("small", Path("runs")), Path("old"))
        with pytest.raises(AblateError) as error:
            comparison_of("other", "small", both())
        assert str(error.value) == (
            "they have no cell in common: vit, vit[pos_embed=none] in 'other', "
            "deit_s, deit_s[pos_embed=none] in 'small'"
        )


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["compare", *arguments])
    assert isinstance(done.value.code, int)
    return done.value.code


class TestTheCommand:
    def test_it_tells_and_writes(self, project, capsys):
        assert call("small", "small@digits_shifted") == 0
        told = capsys.readouterr().out
        folder = Path("reports/small/compare-digits-digits_shifted")
        assert told.splitlines()[-1] == f"comparison: {folder / 'index.html'}"
        assert "Setting: digits in A, digits_shifted in B." in told
        assert (folder / "report.md").is_file()
        assert str(project) not in (folder / "index.html").read_text(encoding="utf-8")

    def test_the_same_comparison_gives_the_same_bytes(self, project, capsys):
        pages = []
        for reports in ("one", "two"):
            assert call("small:1111", "small", "--reports", reports) == 0
            pages.append(Path(reports, "small/compare-digits/index.html").read_bytes())
        assert pages[0] == pages[1]

    def test_json_writes_no_file(self, project, capsys):
        assert call("small:1111", "small", "--json") == 0
        assert json.loads(capsys.readouterr().out)["same_data"] is True
        assert not Path("reports").exists()

    def test_folders_of_runs_come_in_order(self, project, capsys):
        leave(Path("elsewhere"), planned("digits"), NEW, 0.0)
        assert call("small", "small", "--runs", "elsewhere", "--runs", "runs", "--json") == 0
        shift = json.loads(capsys.readouterr().out)["cells"][0]["shift"]
        assert shift["difference"]["mean"] == pytest.approx(2.2)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("smal", "small"), "error: unknown study 'smal'; did you mean 'small'?"),
            (
                ("small", "small", "--runs", "a", "--runs", "b", "--runs", "c"),
                "error: --runs was given 3 times; A and B have one folder each",
            ),
        ],
    )
    def test_a_wrong_request(self, project, capsys, arguments, message):
        assert call(*arguments) == 2
        assert capsys.readouterr().err.startswith(message)

    def test_a_folder_that_cannot_be_written(self, project, capsys):
        Path("reports").write_text("")
        assert call("small:1111", "small") == 2
        assert capsys.readouterr().err.startswith("error: reports/small/compare-digits cannot be")

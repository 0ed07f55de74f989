"""A study from the file to the report, with real training, real processes, and real W&B files."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ablate.settings import setting_names

PATIENCE_S = 120
TIMES = ("train_s", "speed")
NEEDS_PROC = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")


def until(condition: Callable[[], Any]) -> Any:
    limit = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < limit
        time.sleep(0.01)
    return found


def report(project: Path, name: str = "small") -> Path:
    return project / "reports" / name / "digits"


def answer(project: Path) -> Any:
    """The analysis without what is measured in seconds."""

    def without_times(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_times(v) for k, v in value.items() if k not in TIMES}
        return [without_times(v) for v in value] if isinstance(value, list) else value

    return without_times(json.loads((report(project) / "analysis.json").read_text()))


def results(project: Path) -> dict[str, tuple[float, str]]:
    """Result file → when it was written and what it says."""
    return {
        str(file): (file.stat().st_mtime_ns, file.read_text())
        for file in sorted((project / "runs").glob("v1-*/*/result.json"))
    }


def descendants(pid: int) -> set[int]:
    """All processes that come from one, however they were started."""
    found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in found.stdout.splitlines()[1:]]
    inside = {pid}
    while more := {child for child, parent in pairs if parent in inside} - inside:
        inside |= more
    return inside


def test_a_study_runs_reports_and_the_second_time_does_nothing(project, ablate):
    first = ablate("run", "small", "--workers", "2", "--wandb", "disabled")
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""  # also nothing from the servers that end with the command
    assert "[4/4]" in first.stdout
    files = {f.relative_to(report(project)): f.read_bytes() for f in report(project).rglob("*.*")}
    assert {"index.html", "report.md", "results.csv", "runs.csv", "analysis.json"} <= {
        str(name) for name in files
    }
    before = results(project)
    assert len(before) == 4
    assert list((project / "runs").rglob("*wandb*")) == []
    assert len((project / "runs/claims/small-digits.jsonl").read_text().splitlines()) == 1

    second = ablate("run", "small", "--workers", "2")
    assert second.returncode == 0
    assert "all 4 trials have ended" in second.stdout
    assert results(project) == before
    again = {f.relative_to(report(project)): f.read_bytes() for f in report(project).rglob("*.*")}
    assert again == files
    assert str(project) not in "".join(
        content.decode(errors="replace") for content in files.values()
    )

    status = ablate("status", "small")
    assert status.returncode == 0
    assert "small/digits: 4 finished" in status.stdout


def test_w_and_b_holds_what_the_record_holds(project, ablate):
    assert ablate("run", "small", "--seeds", "100,", "--wandb", "offline").returncode == 0
    logs = sorted((project / "runs").glob("v1-*/1/wandb/offline-run-*/run-*.wandb"))
    assert len(logs) == 2
    for log in logs:
        folder = log.parents[2]
        trial = json.loads((folder / "trial.json").read_text())
        record = json.loads((folder / "result.json").read_text())
        rows = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
        summary = inspected(log, "--summary", "--json")[0]
        assert summary["state"] == "finished"
        assert summary["exit_code"] == 0
        assert summary["name"] == f"{trial['cell']}/s{trial['seed']}"
        assert summary["config"]["recipe"] == trial["recipe"]
        assert summary["config"]["signature"] == trial["signature"]
        assert summary["summary"]["test/top1"] == record["scores"]["top1"]
        for name in ("parameters", "macs", "memory_gb", "train_s"):
            assert summary["summary"][name] == pytest.approx(record[name])
        run = next(r["run"] for r in inspected(log, "--json") if r["type"] == "run")
        assert run["run_group"] == "small/digits"
        assert run["job_type"] == trial["cell"]
        logged = [r["history"]["item"] for r in inspected(log, "--json") if r["type"] == "history"]
        for name in ("val/top1", "train/loss"):
            values = [row[name] for row in logged if name in row]
            assert values == pytest.approx([row[name] for row in rows])


def inspected(log: Path, *how: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "wandb", "leet", "inspect", *how, str(log)],
        capture_output=True,
        text=True,
        check=True,
    )
    if "--summary" in how:
        return [json.loads(done.stdout)]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_kill_9_of_the_whole_tree_loses_no_finished_run_and_changes_no_answer(
    project, ablate, begin, tmp_path
):
    process = begin("run", "small", "--workers", "2")
    until(lambda: len(results(project)) >= 2)
    for pid in descendants(process.pid):
        with contextlib.suppress(ProcessLookupError):  # a run that has just ended
            os.kill(pid, signal.SIGKILL)
    process.wait()
    kept = results(project)
    assert ablate("status", "small").returncode == 1

    done = ablate("run", "small", "--workers", "2")
    assert done.returncode == 0, done.stderr
    after = results(project)
    assert {file: after[file] for file in kept} == kept
    finished = [text for _, text in after.values() if '"finished"' in text]
    assert len(finished) == 4

    killed = answer(project)
    undisturbed = ablate("run", "small", "--runs", str(tmp_path / "other"))
    assert undisturbed.returncode == 0
    assert answer(project) == killed


@NEEDS_PROC
def test_when_only_the_scheduler_is_killed_its_runs_end_too(project, begin):
    process = begin("run", "small", "--workers", "2")
    until(lambda: list((project / "runs").glob("v1-*/1/history.jsonl")))
    children = descendants(process.pid) - {process.pid}
    assert any(alive(pid) for pid in children)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(alive(pid) for pid in children))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@NEEDS_PROC
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(project, ablate, begin, number):
    process = begin("run", "small", "--workers", "2")
    until(lambda: len(results(project)) >= 1)
    children = descendants(process.pid) - {process.pid}
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "stopped" in errors
    assert "Traceback" not in errors
    until(lambda: not any(alive(pid) for pid in children))
    kept = {f: r for f, r in results(project).items() if '"finished"' in r[1]}
    assert ablate("run", "small", "--workers", "2").returncode == 0
    assert {file: results(project)[file] for file in kept} == kept


@NEEDS_PROC
def test_ctrl_c_while_the_first_run_is_awaited_is_answered_in_one_line(project, begin):
    process = begin("run", "small", "--wandb", "disabled")
    until(lambda: len(descendants(process.pid)) > 2)  # the fork server is importing
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert errors == "stopped; the same command continues from here\n"


@NEEDS_PROC
@pytest.mark.slow
def test_a_killed_run_is_recorded_and_the_others_go_on(project, begin):
    process = begin("run", "small", "--workers", "2")
    folder = until(lambda: list((project / "runs").glob("v1-*/1/history.jsonl")))[0].parent
    victim = until(lambda: worker_of(folder, process.pid))
    os.kill(victim, signal.SIGKILL)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert "killed by signal 9 (SIGKILL); trying once more" in output
    record = json.loads((folder / "result.json").read_text())
    assert record["state"] == "killed"
    assert json.loads((folder.parent / "2/result.json").read_text())["state"] == "finished"


def worker_of(folder: Path, ancestor: int) -> int | None:
    """The process that has the log of a run open."""
    for pid in descendants(ancestor):
        try:
            opened = {os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")}  # noqa: PTH115, PTH208
        except OSError:
            continue
        if str(folder / "log.txt") in opened:
            return pid
    return None


@pytest.mark.slow
def test_a_loss_that_is_no_number_is_a_record_and_a_hole_in_the_report(project, ablate):
    study = project / "studies/small.yaml"
    text = study.read_text().replace("{pos_embed: [none]}", "{recipe.lr: [1.0e+30]}")
    study.write_text(text.replace("deit_s[pos_embed=none]", "deit_s[recipe.lr=1e+30]"))
    done = ablate("run", "small", "--workers", "2")
    assert done.returncode == 1, done.stderr
    assert "diverged" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    cell = next(c for c in answer(project)["cells"] if "lr" in c["name"])
    assert [hole["state"] for hole in cell["missing"]] == ["diverged"] * 2
    assert cell["estimate"]["n"] == 0
    assert "diverged" in (report(project) / "report.md").read_text()
    again = ablate("run", "small", "--workers", "2")
    assert again.returncode == 1
    assert "all 4 trials have ended" in again.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    os.name != "posix" or os.getuid() != 0, reason="needs the right to mount a small disk"
)
def test_a_full_disk_is_told_in_a_sentence_and_the_study_goes_on_when_there_is_room(
    project, ablate
):
    runs = project / "runs"
    runs.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(runs)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        done = ablate("run", "small", "--workers", "1")
        assert done.returncode in (1, 2)
        assert "No space left on device" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        subprocess.run(["mount", "-o", "remount,size=200m", str(runs)], check=True)
        assert ablate("run", "small", "--workers", "2").returncode == 0
    finally:
        subprocess.run(["umount", "-l", str(runs)], check=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["run", "smal"],
            "error: unknown study 'smal'; did you mean 'small'? (allowed: small)",
        ),
        (
            ["plan", "small", "--setting", "digit"],
            "error: unknown setting 'digit'; did you mean 'digits'? "
            f"(allowed: {', '.join(setting_names())})",
        ),
        (
            ["run", "small", "--runs", "/dev/null/runs"],
            "error: the runs folder /dev/null/runs cannot be written: Not a directory; choose "
            "another with --runs DIR or ABLATE_RUNS",
        ),
        (
            ["plam"],
            "ablate: error: argument COMMAND: 'plam'; did you mean 'plan'? (allowed: list, check, "
            "plan, run, status, report, compare, models, model, schema)",
        ),
        (
            ["run", "small", "--executor", "locl"],
            "ablate run: error: argument --executor: 'locl'; did you mean 'local'? (allowed: "
            "local, inline)",
        ),
        (
            ["run", "small", "--seeds", "0"],
            "error: seeds are how many, from 1 upward, or different numbers from 0 upward, not 0",
        ),
        (
            ["run", "small", "--executor", "inline", "--timeout", "3"],
            "error: this executor cannot end a run: leave --timeout out or use local",
        ),
    ],
)
def test_a_wrong_request_ends_with_2_and_one_clear_sentence(ablate, arguments, message):
    done = ablate(*arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == message
    assert "Traceback" not in done.stderr


def test_list_plan_and_status_before_anything_ran(ablate):
    assert "small  A small study of positions" in ablate("list").stdout
    plan = ablate("plan", "small", "--no-dry-run")
    assert plan.returncode == 0
    assert plan.stderr == ""
    assert "2 cells × 2 seeds = 4 trials, 0 finished" in plan.stdout
    assert "to run   4 trials, at unknown cost" in plan.stdout
    status = ablate("status", "small")
    assert status.returncode == 1
    assert "small/digits: 4 not run" in status.stdout


def test_a_report_can_be_written_before_anything_ran(project, ablate):
    done = ablate("report", "small")
    assert done.returncode == 1
    assert "not run" in (report(project) / "report.md").read_text()


def test_the_schema_is_json(ablate):
    assert json.loads(ablate("schema").stdout)["title"] == "Study"

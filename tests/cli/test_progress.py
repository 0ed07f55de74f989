"""What is shown while runs go on: lines in a pipe, a live view on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from ablate.cli.progress import Screen
from ablate.plan.make import Plan, make_plan
from ablate.store.files import append_line
from ablate.store.folder import RunFolder
from ablate.store.record import Record, State
from tests.run.test_scheduler import STUDY

FINISHED = Record(state=State.FINISHED, scores={"top1": 98.6111}, train_s=12.34)
KILLED = Record(state=State.KILLED, cause="killed by signal 9 (SIGKILL)")


@pytest.fixture
def plan() -> Plan:
    return make_plan(STUDY)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    append_line(tmp_path / "history.jsonl", {"epoch": 0, "val/top1": 91.25, "val/loss": 0.41})
    return RunFolder(tmp_path)


def console(**options) -> Console:
    return Console(file=io.StringIO(), width=100, **options)


def shown(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_a_file_gets_a_line_for_each_end_and_a_count_of_what_is_done(plan, folder):
    on = console()
    first, second = plan.trials[:2]
    with Screen(on) as screen:
        screen.begin(plan, 1, 5)
        screen.start(first, folder)
        screen.tick()
        screen.end(first, KILLED, again=True)
        screen.start(first, folder)
        screen.end(first, FINISHED, again=False)
        screen.start(second, folder)
        screen.end(second, KILLED, again=False)
    assert shown(on).splitlines() == [
        "s/digits: 1 of 6 trials are finished, 5 to run",
        "[1/6] m/s0: killed: killed by signal 9 (SIGKILL); trying once more",
        "[2/6] m/s0: top1 98.61 in 12.3 s",
        "[3/6] m[pos_embed=none]/s0: killed: killed by signal 9 (SIGKILL)",
    ]


def test_names_in_brackets_are_not_taken_for_markup(plan, folder):
    on = console(force_terminal=True, color_system=None)
    with Screen(on) as screen:
        screen.begin(plan, 0, 6)
        screen.start(plan.trials[1], folder)
        screen.end(plan.trials[1], FINISHED, again=False)
    assert "[1/6] m[pos_embed=none]/s0: top1 98.61 in 12.3 s" in shown(on)


@pytest.mark.parametrize(
    ("metric", "score"), [("top1", "val/top1 91.25 %"), ("loss", "val/loss 0.41 nats")]
)
def test_a_terminal_shows_what_is_under_way_with_the_metric_of_the_study(
    plan, folder, metric, score
):
    on = console(force_terminal=True, color_system=None)
    trial = replace(plan.trials[2], metric=metric)
    with Screen(on) as screen:
        screen.begin(plan, 2, 4)
        screen.start(trial, folder)
        screen.tick()
    text = shown(on)
    assert "s/digits" in text
    assert "2/6" in text
    assert "m[depth=2]/s0" in text
    assert f"epoch 1/{trial.recipe.epochs}" in text
    assert score in text

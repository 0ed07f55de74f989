"""What is shown while runs go on: lines in a pipe, a live view on a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from ablate.cli.progress import Lines, LiveView, make_progress
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
    append_line(tmp_path / "history.jsonl", {"epoch": 0, "val/top1": 91.25})
    return RunFolder(tmp_path)


def console(**options) -> Console:
    return Console(file=io.StringIO(), width=100, **options)


def shown(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_lines_tell_each_end_and_count_what_is_done(plan, folder):
    screen = console()
    first, second = plan.trials[:2]
    with Lines(screen) as lines:
        lines.begin(plan, 1, 5)
        lines.start(first, folder)
        lines.end(first, KILLED, again=True)
        lines.end(first, FINISHED, again=False)
        lines.end(second, KILLED, again=False)
        lines.tick()
    assert shown(screen).splitlines() == [
        "s/digits: 1 of 6 trials are finished, 5 to run",
        "[1/6] m/s0: killed: killed by signal 9 (SIGKILL); trying once more",
        "[2/6] m/s0: top1 98.61 in 12.3 s",
        "[3/6] m[pos_embed=none]/s0: killed: killed by signal 9 (SIGKILL)",
    ]


def test_names_in_brackets_are_not_taken_for_markup(plan, folder):
    screen = console(force_terminal=True, color_system=None)
    trial = plan.trials[1]
    with LiveView(screen) as view:
        view.begin(plan, 0, 6)
        view.start(trial, folder)
        view.end(trial, FINISHED, again=False)
    assert "✓ m[pos_embed=none]/s0: top1 98.61 in 12.3 s" in shown(screen)


def test_the_live_view_shows_what_is_under_way(plan, folder):
    screen = console()
    view = LiveView(console())
    view.begin(plan, 2, 4)
    view.start(plan.trials[2], folder)
    screen.print(view.view())
    text = shown(screen)
    assert "s/digits" in text
    assert "2/6" in text
    assert "m[depth=2]/s0" in text
    assert f"epoch 1/{plan.trials[2].recipe.epochs}" in text
    assert "validation 91.2 %" in text


def test_a_pipe_gets_lines(capsys):
    assert isinstance(make_progress(), Lines)

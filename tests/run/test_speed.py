"""Networks are timed after the runs, one at a time, and only when none is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from ablate.plan.make import Plan, make_plan
from ablate.run.executors.base import Ended
from ablate.run.speed import TIMED, time_network, time_networks
from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Record, Speed, State
from ablate.store.store import Store
from ablate.study.schema import Model, Study
from tests.analysis.test_analysis import leave
from tests.run.test_worker import EXECUTION
from tests.train.test_fit import RECIPE, trial


class Timer:
    """An executor that answers at once and remembers how many it had at a time."""

    capacity, threads, isolated = 1, 1, True

    def __init__(self, answers: bool = True) -> None:
        self.answers, self.running, self.timed = answers, list[Path](), list[Path]()
        self.closed = False

    def submit(self, folder: Path) -> None:
        assert not self.running
        self.running.append(folder)

    def poll(self, timeout_s: float) -> list[Ended]:
        ended, self.running = self.running, []
        for folder in ended if self.answers else ():
            write_json(RunFolder(folder).speed_file, Speed(images_per_s=100.0))
        self.timed += ended
        return [Ended(folder, None) for folder in ended]

    def cancel(self, folder: Path) -> None: ...

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def plan() -> Plan:
    vit = Model(architecture="vit", variant="deit-s", ablate={"pos_embed": ("none",)})
    return make_plan(Study(title="S", models={"m": vit}, seeds=TIMED + 1))


@pytest.fixture
def store(plan, tmp_path) -> Store:
    """All runs have finished but one, which diverged."""
    made = Store(tmp_path / "runs")
    for asked in plan.trials:
        lost = (asked.cell, asked.seed) == ("m", 1)
        record = Record(state=State.DIVERGED if lost else State.FINISHED, scores={"top1": 90.0})
        leave(made, asked, record)
    return made


def speeds(plan, store) -> list[tuple[str, int]]:
    runs = store.runs(plan)
    found = ((trial, runs[trial.signature].folder.speed()) for trial in plan.trials)
    return [(trial.cell, trial.seed) for trial, speed in found if speed and speed.images_per_s]


def test_the_first_finished_runs_of_each_cell_are_timed_in_turn_and_once(plan, store):
    timer, again = Timer(), Timer()
    time_networks(plan, store, timer)
    cells = ("m", "m[pos_embed=none]")
    wanted = [(cell, seed) for seed in range(TIMED) for cell in cells if (cell, seed) != ("m", 1)]
    assert speeds(plan, store) == wanted
    assert [RunFolder(folder).trial().seed for folder in timer.timed] == [s for _, s in wanted]
    time_networks(plan, store, again)
    assert again.timed == []
    assert timer.closed
    assert again.closed


def test_nothing_is_timed_beside_a_run(plan, store):
    lock, timer = store.lock(plan.trials[-1]), Timer()
    time_networks(plan, store, timer)
    lock.release()
    assert timer.timed == []
    assert timer.closed


def test_what_cannot_be_timed_is_passed_over_and_not_tried_again(plan, store):
    timer, again = Timer(answers=False), Timer()
    time_networks(plan, store, timer)
    assert len(timer.timed) == 2 * TIMED - 1
    assert speeds(plan, store) == []
    time_networks(plan, store, again)
    assert again.timed == []


def test_a_speed_is_that_of_the_network_of_the_folder(tmp_path, monkeypatch):
    def counted(model, images):
        return 1000.0 * sum(p.numel() for p in model.parameters()) + len(images)

    monkeypatch.setattr("ablate.measure.throughput.images_per_s", counted)
    folder = RunFolder(tmp_path)
    write_json(folder.trial_file, trial("deit_s"))
    write_json(folder.execution_file, EXECUTION)
    time_network(tmp_path)
    assert folder.speed().images_per_s == 1000.0 * 202_186 + RECIPE.batch_size


def test_a_network_that_has_no_speed_leaves_none(tmp_path, monkeypatch):
    def broken(*_: object) -> float:
        raise RuntimeError("no clock")

    monkeypatch.setattr("ablate.measure.throughput.images_per_s", broken)
    folder = RunFolder(tmp_path)
    write_json(folder.trial_file, trial("deit_s"))
    write_json(folder.execution_file, EXECUTION)
    time_network(tmp_path)
    assert folder.speed() is None

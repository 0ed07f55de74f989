"""Tracking in W&B: whatever W&B does, a run goes on and its record is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import wandb

from ablate.store.folder import RunFolder
from ablate.store.record import Execution, Record, State
from ablate.tracking.live import LiveTracking
from ablate.train.fit import Fitted
from tests.train.test_fit import fit, trial, without_times

FINISHED = Record(state=State.FINISHED, scores={"top1": 1.0, "loss": 2.0}, parameters=3)


class BrokenError(Exception):
    """What W&B raises here."""


class Run:
    """A W&B run of which one method is broken."""

    def __init__(self, broken: str) -> None:
        self.broken = broken
        self.exit_codes: list[int] = []
        self.summary = self
        self._attach_id = None
        self.path = "p"

    def _call(self, name: str) -> None:
        if name == self.broken:
            raise BrokenError(name)

    def define_metric(self, *_: object, **__: object) -> None:
        self._call("define_metric")

    def log(self, *_: object, **__: object) -> None:
        self._call("log")

    def update(self, *_: object) -> None:
        self._call("update")

    def finish(self, exit_code: int) -> None:
        self.exit_codes.append(exit_code)
        self._call("finish")


def execution(mode: str = "offline") -> Execution:
    return Execution(threads=1, wandb=mode, wandb_project="p", wandb_id="i")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    (tmp_path / "1").mkdir()
    return RunFolder(tmp_path / "1")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Fitted]:
    """A run without W&B."""
    folder = RunFolder(tmp_path_factory.mktemp("plain"))
    return folder, fit(trial("deit_s"), folder)


@pytest.mark.parametrize("broken", ["init", "define_metric", "log", "update", "finish"])
def test_a_failure_of_w_and_b_changes_nothing_in_a_run(folder, plain, monkeypatch, broken):
    def init(**_: object) -> Run:
        if broken == "init":
            raise BrokenError("init")
        return Run(broken)

    monkeypatch.setattr(wandb, "init", init)
    asked = trial("deit_s")
    tracking = LiveTracking(asked, execution(), folder)
    tracked = fit(asked, folder, tracking)
    tracking.finish(FINISHED)

    there, without = plain
    assert tracked.scores == without.scores
    assert without_times(folder) == without_times(there)


@pytest.mark.parametrize(("state", "code"), [(State.FINISHED, 0), (State.FAILED, 1)])
def test_the_exit_code_is_that_of_the_run(folder, monkeypatch, state, code):
    run = Run("nothing")
    monkeypatch.setattr(wandb, "init", lambda **_: run)
    tracking = LiveTracking(trial("deit_s"), execution(), folder)
    tracking.finish(Record(state=state))
    tracking.finish(Record(state=state))  # a second call is harmless
    assert run.exit_codes == [code]


def test_a_server_that_cannot_be_reached_means_offline(folder, monkeypatch):
    modes: list[object] = []

    def init(mode: str, **_: object) -> Run:
        modes.append(mode)
        if mode == "online":
            raise BrokenError("no route to host")
        return Run("nothing")

    monkeypatch.setattr(wandb, "init", init)
    tracking = LiveTracking(trial("deit_s"), execution("online"), folder)
    tracking.finish(FINISHED)
    assert modes == ["online", "offline"]


def test_disabled_means_that_w_and_b_is_not_called(folder, monkeypatch):
    def never(**_: object) -> None:
        raise AssertionError("W&B was called")

    monkeypatch.setattr(wandb, "init", never)
    tracking = LiveTracking(trial("deit_s"), execution("disabled"), folder)
    tracking.log_metrics({"a": 1.0})
    tracking.finish(FINISHED)
    assert list(folder.path.iterdir()) == []


def test_a_dashboard_can_filter_by_all_that_was_asked(folder, monkeypatch):
    given: dict[str, Any] = {}

    def init(**arguments: object) -> Run:
        given.update(arguments)
        return Run("nothing")

    monkeypatch.setattr(wandb, "init", init)
    asked = trial("deit_s[pos_embed=none]")
    LiveTracking(asked, execution(), folder)
    assert given["group"] == "pos_embedding/digits"
    assert given["job_type"] == "deit_s[pos_embed=none]"
    assert given["name"] == "deit_s[pos_embed=none]/s100"
    assert given["reinit"] == "create_new"
    config = given["config"]
    assert config["toggles"] == {"pos_embed": "none"}
    assert config["recipe"] == asked.recipe.model_dump()
    assert (config["metric"], config["better"]) == ("test/top1", "higher")

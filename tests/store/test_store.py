"""The store: whole files or none, records that never change, the run that speaks for a trial."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.errors import StoreError
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import make_plan
from ablate.plan.trial import Trial
from ablate.store.files import append_line, read_json, read_lines, write_json, write_text
from ablate.store.folder import RunFolder
from ablate.store.record import Environment, Execution, Record, State
from ablate.store.store import Store
from tests.run.test_scheduler import STUDY

EXECUTION = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "runs")
    made.prepare()
    return made


@pytest.fixture
def trial() -> Trial:
    return make_plan(STUDY).trials[0]


def attempt(store: Store, trial: Trial, state: State, *, stale: bool = False) -> RunFolder:
    folder = store.start(trial, EXECUTION)
    now = fingerprint(trial)
    environment = Environment(
        fingerprint=now | ({"models/vit.py": "old"} if stale else {}),
        packages={},
        python="3",
        platform="p",
        device="d",
        threads=1,
        commit=None,
        started="2026-01-01",
    )
    write_json(folder.environment_file, environment)
    folder.close(Record(state=state, scores={"top1": 1.0} if state is State.FINISHED else {}))
    return folder


def test_a_file_is_replaced_whole_and_no_temporary_one_stays(tmp_path):
    path = tmp_path / "f.txt"
    write_text(path, "one")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["f.txt"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "f.txt"
    write_text(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f.txt"]


def test_nan_is_refused_everywhere(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "r.json", Record(state=State.FINISHED, scores={"top1": float("nan")}))
    with pytest.raises(ValueError, match="not JSON compliant"):
        append_line(tmp_path / "h.jsonl", {"loss": float("inf")})


@given(cut=st.integers(0, 60))
def test_a_history_cut_anywhere_is_a_history_of_fewer_lines(cut, tmp_path_factory):
    path = tmp_path_factory.mktemp("h") / "history.jsonl"
    rows = [{"epoch": 0, "v": 1.5}, {"epoch": 1, "v": 2.5}, {"epoch": 2, "v": 3.5}]
    for row in rows:
        append_line(path, row)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    assert read_lines(path) == rows[: whole[:cut].count(b"\n")]


def test_trials_and_records_survive_the_disk(tmp_path, trial):
    record = Record(
        state=State.FAILED, cause="x", traceback="y", train_s=1.5, parameters=3, best_epoch=0
    )
    for value in (trial, record, EXECUTION):
        write_json(tmp_path / "v.json", value)
        assert read_json(tmp_path / "v.json", type(value)) == value
    assert read_json(tmp_path / "none.json", Record) is None


@pytest.mark.parametrize("text", ["", '{"format": 1, "sta', '{"format": 1, "state": "odd"}'])
def test_a_damaged_record_is_told_with_what_to_do(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(StoreError) as caught:
        RunFolder(tmp_path).record()
    assert str(caught.value).startswith(f"{path} is damaged: ")
    assert str(caught.value).endswith(f"; move its folder {tmp_path} away to make the run again")


def test_a_damaged_history_is_told_too(tmp_path):
    (tmp_path / "history.jsonl").write_text('{"epoch": 0}\n{"epo\n{"epoch": 2}\n')
    with pytest.raises(StoreError, match=r"history\.jsonl is damaged"):
        RunFolder(tmp_path).history()


def test_a_record_is_written_once(store, trial):
    folder = store.start(trial, EXECUTION)
    first = folder.close(Record(state=State.FINISHED, scores={"top1": 1.0}))
    assert folder.close(Record(state=State.KILLED)) == first
    assert folder.record() == first


def test_the_finished_and_fresh_run_speaks_for_a_trial_then_the_finished_then_the_last(
    store, trial
):
    assert store.run(trial) is None
    attempt(store, trial, State.FAILED)
    assert store.run(trial).record.state is State.FAILED
    attempt(store, trial, State.FINISHED, stale=True)
    attempt(store, trial, State.KILLED)
    assert store.run(trial).folder.attempt == 2
    attempt(store, trial, State.FINISHED)
    attempt(store, trial, State.FINISHED, stale=True)
    assert store.run(trial).folder.attempt == 4
    assert store.run(trial).stale == ()


def test_attempts_are_ordered_as_numbers(store, trial):
    for _ in range(11):
        attempt(store, trial, State.FAILED)
    assert [folder.attempt for folder in store.attempts(trial)] == list(range(1, 12))


def test_one_process_at_a_time_has_a_trial(store, trial):
    lock = store.lock(trial)
    assert store.lock(trial) is None
    assert store.is_running(trial)
    lock.release()
    assert not store.is_running(trial)
    again = store.lock(trial)
    assert again is not None
    again.release()


def test_reading_a_store_that_does_not_exist_makes_nothing(tmp_path, trial):
    store = Store(tmp_path / "none")
    assert store.run(trial) is None
    assert store.attempts(trial) == []
    assert not store.is_running(trial)
    assert not (tmp_path / "none").exists()


def test_a_record_of_the_first_release_can_still_be_read(tmp_path):
    text = (
        '{"format": 1, "state": "finished", "scores": {"top1": 98.6, "loss": 0.1}, '
        '"best_epoch": 18, "parameters": 189898, "train_s": 14.2, "cause": null, '
        '"traceback": null}'
    )
    (tmp_path / "result.json").write_text(text)
    assert RunFolder(tmp_path).record() == Record(
        state=State.FINISHED,
        scores={"top1": 98.6, "loss": 0.1},
        best_epoch=18,
        parameters=189898,
        train_s=14.2,
    )


def test_what_is_asked_is_in_the_folder(store, trial):
    folder = store.start(trial, EXECUTION)
    assert folder.trial() == trial
    assert folder.execution() == EXECUTION
    assert store.start(replace(trial), EXECUTION).attempt == 2

"""Dry runs through an executor: each trial once, what is found is kept, what fails is told."""

from __future__ import annotations

from dataclasses import astuple, replace
from pathlib import Path

import pytest

from ablate.budget.dry_runs import cached_dry_runs, make_dry_runs
from ablate.plan.make import trial_of
from ablate.plan.trial import Trial
from ablate.run.executors.inline import InlineExecutor
from ablate.run.executors.local import LocalExecutor
from ablate.store import dry_runs as store_dry_runs
from ablate.store.store import Store
from tests.budget.examples import DRY_RUN, MACHINE, plan, store_in
from tests.targets import pretend_dry_run


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_in(tmp_path)


@pytest.fixture
def trials() -> list[Trial]:
    asked = plan()
    return [trial_of(asked, cell, 0) for cell in asked.cells]


def test_every_trial_is_dry_run_once_and_kept(store, trials):
    said: list[str] = []
    found = make_dry_runs(trials, MACHINE, store, InlineExecutor(pretend_dry_run), said.append)
    assert set(found) == {trial.cell for trial in trials}
    assert set(found.values()) == {DRY_RUN}
    assert said == [f"[{i}/3] dry run of {trial.cell}" for i, trial in enumerate(trials, start=1)]
    assert cached_dry_runs(trials, MACHINE, store) == found


def test_more_trials_than_workers_and_a_process_that_dies(store, trials):
    executor = LocalExecutor(pretend_dry_run, workers=2)
    doomed = replace(trials[0], cell="doomed", signature="v1-doomed")
    wrong = replace(trials[0], cell="wrong", signature="v1-wrong")
    found = make_dry_runs([*trials, doomed, wrong], MACHINE, store, executor, lambda _: None)
    assert found.pop("doomed") == "killed by signal 9 (SIGKILL)"
    assert found.pop("wrong") == "ValueError: as told"
    assert set(found.values()) == {DRY_RUN}
    assert set(cached_dry_runs([*trials, doomed, wrong], MACHINE, store)) == set(found)


@pytest.mark.parametrize(
    "other",
    [
        replace(MACHINE, device="NVIDIA H200"),
        replace(MACHINE, threads=2),
        replace(MACHINE, workers=1),
    ],
)
def test_another_machine_is_asked_anew(store, trials, other):
    make_dry_runs(trials, MACHINE, store, InlineExecutor(pretend_dry_run), lambda _: None)
    assert cached_dry_runs(trials, other, store) == {}


def test_other_code_or_another_trial_is_asked_anew(store, trials, monkeypatch):
    make_dry_runs(trials, MACHINE, store, InlineExecutor(pretend_dry_run), lambda _: None)
    renamed = replace(trials[0], cell="n", study="t")
    assert cached_dry_runs([renamed], MACHINE, store) == {"n": DRY_RUN}
    assert cached_dry_runs([replace(trials[0], signature="v1-other")], MACHINE, store) == {}
    monkeypatch.setattr(store_dry_runs, "fingerprint", lambda _: {"models/vit.py": "of tomorrow"})
    assert cached_dry_runs(trials, MACHINE, store) == {}


def test_a_folder_that_cannot_be_written_gives_dry_runs_all_the_same(trials):
    nowhere = Store(Path("/dev/null/runs"))
    found = make_dry_runs(
        trials[:1], MACHINE, nowhere, InlineExecutor(pretend_dry_run), lambda _: None
    )
    assert found == {"m": DRY_RUN}


def test_a_kept_dry_run_reads_back_as_it_was(store, trials):
    unknown = replace(DRY_RUN, memory_gb=None)
    store_dry_runs.cache_dry_run(unknown, trials[0], astuple(MACHINE), store)
    assert cached_dry_runs(trials, MACHINE, store) == {"m": unknown}

"""Probing through an executor: each trial once, what is found is kept, what fails is told."""

from __future__ import annotations

from dataclasses import astuple, replace
from pathlib import Path

import pytest

from ablate.bill.probes import kept_probes, make_probes
from ablate.executors.inline import InlineExecutor
from ablate.executors.local import LocalExecutor
from ablate.plan.make import trial_of
from ablate.plan.trial import Trial
from ablate.store import probes as store_probes
from ablate.store.store import Store
from tests.bill.examples import MACHINE, PROBE, plan, store_in
from tests.targets import pretend_probe


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_in(tmp_path)


@pytest.fixture
def trials() -> list[Trial]:
    asked = plan()
    return [trial_of(asked, cell, 0) for cell in asked.cells]


def test_every_trial_is_probed_once_and_kept(store, trials):
    said: list[str] = []
    found = make_probes(trials, MACHINE, store, InlineExecutor(pretend_probe), said.append)
    assert set(found) == {trial.cell for trial in trials}
    assert set(found.values()) == {PROBE}
    assert said == [f"[{i}/3] probed {trial.cell}" for i, trial in enumerate(trials, start=1)]
    assert kept_probes(trials, MACHINE, store) == found


def test_more_trials_than_workers_and_a_process_that_dies(store, trials):
    executor = LocalExecutor(pretend_probe, workers=2)
    doomed = replace(trials[0], cell="doomed", signature="v1-doomed")
    wrong = replace(trials[0], cell="wrong", signature="v1-wrong")
    found = make_probes([*trials, doomed, wrong], MACHINE, store, executor, lambda _: None)
    assert found.pop("doomed") == "killed by signal 9 (SIGKILL)"
    assert found.pop("wrong") == "ValueError: as told"
    assert set(found.values()) == {PROBE}
    assert set(kept_probes([*trials, doomed, wrong], MACHINE, store)) == set(found)


@pytest.mark.parametrize(
    "other",
    [
        replace(MACHINE, device="NVIDIA H200"),
        replace(MACHINE, threads=2),
        replace(MACHINE, workers=1),
    ],
)
def test_another_machine_is_asked_anew(store, trials, other):
    make_probes(trials, MACHINE, store, InlineExecutor(pretend_probe), lambda _: None)
    assert kept_probes(trials, other, store) == {}


def test_other_code_or_another_trial_is_asked_anew(store, trials, monkeypatch):
    make_probes(trials, MACHINE, store, InlineExecutor(pretend_probe), lambda _: None)
    renamed = replace(trials[0], cell="n", study="t")
    assert kept_probes([renamed], MACHINE, store) == {"n": PROBE}
    assert kept_probes([replace(trials[0], signature="v1-other")], MACHINE, store) == {}
    monkeypatch.setattr(store_probes, "fingerprint", lambda _: {"models/vit.py": "of tomorrow"})
    assert kept_probes(trials, MACHINE, store) == {}


def test_a_folder_that_cannot_be_written_gives_probes_all_the_same(trials):
    nowhere = Store(Path("/dev/null/runs"))
    found = make_probes(trials[:1], MACHINE, nowhere, InlineExecutor(pretend_probe), lambda _: None)
    assert found == {"m": PROBE}


def test_a_kept_probe_reads_back_as_it_was(store, trials):
    unknown = replace(PROBE, memory_gb=None)
    store_probes.keep_probe(unknown, trials[0], astuple(MACHINE), store)
    assert kept_probes(trials, MACHINE, store) == {"m": unknown}

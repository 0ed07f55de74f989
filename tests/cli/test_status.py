"""What the status says beside states: seeds and threads that were mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ablate.cli.plan import plan_text
from ablate.cli.status import status_text
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import Plan, make_plan
from ablate.store.claims import register
from ablate.store.files import write_json
from ablate.store.record import Environment, Execution, Record, State
from ablate.store.store import Store
from ablate.study.schema import Study


def plan(seeds: int) -> Plan:
    model = {"architecture": "vit", "variant": "deit-s", "ablate": {"depth": [2]}}
    study = Study.model_validate({"name": "s", "title": "S", "models": {"m": model}})
    return make_plan(study, seeds=tuple(range(seeds)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    made.prepare()
    return made


def finish(store: Store, made: Plan, threads: int) -> None:
    """Every run of the plan that has not been made ends well, with so many threads."""
    how = Execution(threads=threads, wandb="disabled", wandb_project="p", wandb_id="i")
    for trial in made.trials:
        if store.run(trial):
            continue
        where = Environment(
            fingerprint=fingerprint(trial),
            packages={},
            python="3.11",
            platform="Linux",
            device="CPU",
            threads=threads,
            commit=None,
            started="2026-01-01T00:00:00Z",
        )
        folder = store.start(trial, how)
        write_json(folder.environment_file, where)
        folder.close(Record(state=State.FINISHED, scores={"top1": 90.0}))


def test_runs_with_other_threads_are_named_and_finished_all_the_same(store: Store) -> None:
    finish(store, plan(2), threads=1)
    assert "threads" not in status_text(plan(2), store)[0]
    finish(store, plan(3), threads=2)
    text, complete = status_text(plan(3), store)
    assert complete
    assert text.splitlines()[:2] == [
        "s/digits: 6 finished",
        "mixed threads, on which scores depend: 4 with 1 thread, 2 with 2 threads",
    ]


def test_seeds_that_were_extended_are_named_before_and_after_they_are_run(store: Store) -> None:
    register(plan(2), store)
    finish(store, plan(2), threads=1)
    line = "exploratory: planned with seeds 0 and 1, and with seeds 0–2 after scores could be seen"
    assert line in plan_text(plan(3), store).splitlines()
    register(plan(3), store)
    finish(store, plan(3), threads=1)
    assert line in status_text(plan(3), store)[0].splitlines()
    assert "exploratory" not in status_text(plan(2), store)[0]

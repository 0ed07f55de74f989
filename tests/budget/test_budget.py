"""The budget: what is known from where, what it adds up to, and how it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ablate.budget import costs
from ablate.budget.costs import DryRuns, items, need_dry_run
from ablate.budget.make import free, make_budget
from ablate.budget.model import Budget, Machine, Source
from ablate.cli.budget import budget_json, budget_text, hours, size
from ablate.cli.plan import mistakes
from ablate.plan.make import Plan
from ablate.run.scheduler import unfinished
from ablate.store.store import Store
from tests.budget.examples import DRY_RUN, FIRST, MACHINE, OTHER, finish, plan, store_in
from tests.report.golden import check

CELLS = ("m", "m[pos_embed=none]", "m[depth=2]")
GPU = Machine(device="NVIDIA H200", workers=2, threads=1)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)  # where there are no other studies
    return store_in(tmp_path)


def budget(
    asked: Plan,
    store: Store,
    dry_runs: DryRuns,
    machine: Machine = MACHINE,
    rerun_stale: bool = False,
) -> Budget:
    todo = unfinished(asked, store, rerun_stale)
    return make_budget(asked, store, machine, items(asked, store, machine, todo), todo, dry_runs)


def to_dry_run(asked: Plan, store: Store, machine: Machine = MACHINE, rerun_stale: bool = False):
    """The names of the cells that are dry-run."""
    todo = unfinished(asked, store, rerun_stale)
    return [trial.cell for trial in need_dry_run(items(asked, store, machine, todo))]


def test_a_plan_of_which_nothing_ran_is_dry_run(store):
    asked = plan(3, (FIRST, OTHER), 1.5)
    assert to_dry_run(asked, store) == list(CELLS)
    slower = replace(DRY_RUN, step_s=0.5, memory_gb=None)
    text = budget_text(
        budget(asked, store, {"m": DRY_RUN, CELLS[1]: DRY_RUN, CELLS[2]: slower}), asked
    )
    check(text + "\n", "budget-dry-run.txt")


def test_where_runs_are_known_they_say_it(store):
    asked = plan(3, (FIRST, OTHER), 1.5)
    for trial in asked.trials:
        if trial.seed < 2 and trial.cell in CELLS[:2]:
            finish(store, trial, score=90.0 + trial.seed * (trial.cell != "m"), train_s=20.0)
    assert to_dry_run(asked, store) == [CELLS[2]]
    cause = "ValueError: no such depth"
    made = budget(asked, store, {CELLS[2]: cause})
    assert made.failed == (made.costs[2],)
    (mistake,) = mistakes(made, asked)
    assert mistake.message == f"models.m.ablate.depth.0: {CELLS[2]} cannot be trained: {cause}"
    check(budget_text(made, asked) + "\n", "budget-mixed.txt")


def test_a_plan_that_is_done_costs_nothing(store):
    asked = plan(1)
    for trial in asked.trials:
        finish(store, trial)
    assert to_dry_run(asked, store) == []
    made = budget(asked, store, {})
    assert (made.total.trials, made.total.known) == (0, None)
    assert "to run   nothing: all trials have ended" in budget_text(made, asked)


def test_what_is_unknown_is_called_unknown(store):
    asked = plan(2)
    made = budget(asked, store, {})
    assert {(one.source, one.time_s, one.disk_bytes) for one in made.costs} == {
        (Source.UNKNOWN, None, None)
    }
    text = budget_text(made, asked)
    assert "to run   6 trials, at unknown cost\n" in text


def one(made: Budget, cell: str = "m"):
    return next(cost for cost in made.costs if cost.cell == cell)


def test_older_runs_speak_only_where_nothing_else_does(store):
    asked = plan(1)
    finish(store, asked.trials[0], stale=True, train_s=7.0)
    assert to_dry_run(asked, store) == list(CELLS[1:])  # there is nothing to run of it
    assert one(budget(asked, store, {})).source is Source.STALE
    assert one(budget(asked, store, {})).time_s == 7.0
    assert to_dry_run(asked, store, rerun_stale=True) == list(CELLS)
    again = one(budget(asked, store, {"m": DRY_RUN}, rerun_stale=True))
    assert (again.source, again.time_s, again.todo) == (Source.DRY_RUN, DRY_RUN.run_s, 1)
    finish(store, asked.trials[0], train_s=9.0)
    assert one(budget(asked, store, {"m": DRY_RUN})).time_s == 9.0


@pytest.mark.parametrize("made_on", [{"threads": 2}, {"device": "NVIDIA H200"}])
def test_runs_made_elsewhere_do_not_tell_what_they_take_here(store, made_on):
    asked = plan(2)
    finish(store, asked.trials[0], **made_on)
    assert "m" in to_dry_run(asked, store)
    assert one(budget(asked, store, {})).time_s is None


def test_time_is_the_mean_and_memory_the_most(store):
    asked = plan(3)
    seeds = (t for t in asked.trials if t.cell == "m")
    for trial, seconds, memory in zip(seeds, (10, 20, 60), (0.5, 0.7, None), strict=True):
        finish(store, trial, train_s=seconds, memory_gb=memory)
    cost = one(budget(asked, store, {}))
    assert (cost.time_s, cost.memory_gb, cost.runs, cost.todo) == (30.0, 0.7, 3, 0)


def test_the_total_is_of_what_is_still_to_be_run(store):
    asked = plan(2)
    for trial in asked.trials:
        if trial.cell == "m":
            finish(store, trial, train_s=5.0)
    total = budget(asked, store, dict.fromkeys(CELLS[1:], DRY_RUN)).total
    assert (total.trials, total.unknown) == (4, 0)
    assert total.known.work_s == pytest.approx(4 * DRY_RUN.run_s)
    assert total.known.finish_s == pytest.approx(2 * DRY_RUN.run_s)
    assert total.known.core_hours == pytest.approx(4 * DRY_RUN.run_s / 3600)
    assert total.known.gpu_hours is None


def test_on_a_gpu_its_hours_are_counted(store):
    asked = plan(2)
    made = budget(asked, store, dict.fromkeys(CELLS, replace(DRY_RUN, step_s=100.0)), GPU)
    assert made.total.known.gpu_hours == pytest.approx(made.total.known.finish_s / 3600)
    text = budget_text(made, asked)
    assert text.startswith("costs on NVIDIA H200: 2 runs at a time, 1 thread each\n")
    assert "28.4 h with 2 workers, 57 core-hours, 28 GPU-hours, 5.5 MB of disk" in text


def test_the_time_of_a_run_is_the_sum_of_its_parts():
    # Start, 20 epochs, 20·17 steps, 20·6 batches of validation and 8 of test.
    assert DRY_RUN.run_s == 1.0 + 20 * 0.5 + 340 * 0.25 + 128 * 0.125


# --- disk ---


def test_what_a_run_takes_is_counted_in_blocks_without_links(tmp_path, store):
    folder = finish(store, plan().trials[0])
    before = costs.taken(folder)
    assert before == 4 * costs.BLOCK  # trial, execution, environment, result
    folder.checkpoints.mkdir()
    folder.best_file.write_bytes(bytes(costs.BLOCK + 1))
    (folder.path / "latest").symlink_to(folder.best_file)
    assert costs.taken(folder) == before + 2 * costs.BLOCK


def test_cells_without_runs_are_estimated_from_their_parameters(store):
    asked = plan(2)
    folder = finish(store, asked.trials[0])
    made = budget(asked, store, dict.fromkeys(CELLS, DRY_RUN))
    assert one(made).disk_bytes == costs.taken(folder)
    other = one(made, CELLS[1]).disk_bytes
    assert 4 * DRY_RUN.parameters < other < 4 * DRY_RUN.parameters + 500_000
    assert made.total.known.disk_bytes == costs.taken(folder) + 4 * other


def test_what_is_free_is_told_only_where_it_is_too_little(store, monkeypatch):
    asked = plan(2)
    fits = budget_text(budget(asked, store, dict.fromkeys(CELLS, DRY_RUN)), asked)
    assert "5.5 MB of disk\npower" in fits
    monkeypatch.setattr("ablate.budget.make.free", lambda _: 2_000_000)
    full = budget_text(budget(asked, store, dict.fromkeys(CELLS, DRY_RUN)), asked)
    assert "5.5 MB of disk\n         the disk has only 2.0 MB free: they do not fit\n" in full


def test_the_disk_of_a_folder_that_is_not_there_yet(tmp_path):
    assert free(tmp_path / "not" / "yet") == pytest.approx(free(tmp_path), rel=0.1)


# --- text and JSON ---


@pytest.mark.parametrize(
    ("n", "text"), [(860_000, "0.86 MB"), (2.6e6, "2.6 MB"), (26e6, "26 MB"), (3.14e9, "3.1 GB")]
)
def test_sizes(n, text):
    assert size(n) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.001, "< 0.01"), (0.054, "0.054"), (0.8, "0.8"), (1234.5, "1,234")]
)
def test_hours(value, text):
    assert hours(value) == text


def test_json_holds_numbers_and_every_trial(store):
    asked = plan(2, (FIRST,), 1.5)
    finish(store, asked.trials[0], train_s=5.0)
    made = budget(asked, store, {CELLS[1]: DRY_RUN})
    said = json.loads(budget_json(made, asked, store))
    assert (said["study"], said["setting"], said["format"]) == ("s", "digits", 1)
    assert said["machine"] == {"device": "CPU", "workers": 2, "threads": 1}
    assert [trial["name"] for trial in said["trials"]] == [t.name for t in asked.trials]
    assert [trial["state"] for trial in said["trials"]] == ["finished"] + 5 * ["not run"]
    assert said["costs"][0]["time_s"] == 5.0
    assert said["costs"][1]["source"] == "dry run"
    assert said["costs"][2]["time_s"] is None
    assert said["total"]["unknown"] == 2
    assert said["power"]["found_sd"] == pytest.approx(11.55, abs=0.01)
    assert said["power"]["spread"] is None

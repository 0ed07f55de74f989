"""The frame between runs and their analysis: a row per planned trial, and a CSV of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ablate.analysis.make import analyze
from ablate.errors import AblateError
from ablate.plan.make import make_plan
from ablate.results.csv import read_csv, write_csv
from ablate.results.store import read_store
from ablate.store.record import Record, State
from ablate.store.store import Store
from ablate.study.load import load_study
from tests.analysis.test_analysis import plan, replace_run, store

__all__ = ["plan", "store"]
ROOT = Path(__file__).parents[2]


def test_every_planned_trial_has_a_row_also_where_nothing_was_run(plan, tmp_path):
    frame = read_store(Store(tmp_path / "nothing"), plan).frame
    assert list(frame["cell"]) == [trial.cell for trial in plan.trials]
    assert set(frame["state"]) == {"not run"}
    assert frame["test/top1"].isna().all()


def test_scores_are_numbers_by_cell_and_seed(plan, store):
    frame = read_store(store, plan).frame
    means = frame.groupby("cell", sort=False)["test/top1"].mean()
    assert means["deit_s"] == pytest.approx(95.0)
    assert frame["test/top1"].dtype == "Float64"


def test_a_teacher_goes_by_the_name_of_who_taught_and_is_no_level_of_a_cell_without_one(tmp_path):
    made = make_plan(load_study(ROOT / "studies/deit_distillation.yaml"), seeds=(0,))
    results = read_store(Store(tmp_path), made)
    found = analyze(made.study, results)
    plain, _, hard, *_, other = found.cells
    assert not {"recipe.teacher", "recipe.distillation_alpha"} & plain.levels.keys()
    assert "recipe.distillation_alpha" in hard.levels
    teachers = found.level_labels["recipe.teacher"]
    assert [teachers[str(cell.levels["recipe.teacher"])] for cell in (hard, other)] == [
        "convmixer:convmixer-16px, for timm:regnety_160.deit_in1k",
        "vit:deit-16px, for vit:deit-b",
    ]


def test_a_failure_is_a_row_with_its_cause(plan, store):
    replace_run(store, plan, "deit_s", 1, Record(state=State.FAILED, cause="ValueError: no"))
    rows = [row for row in read_store(store, plan).rows() if row["state"] == "failed"]
    assert [(row["cell"], row["seed"], row["cause"], row["test/top1"]) for row in rows] == [
        ("deit_s", 1, "ValueError: no", None)
    ]


def test_a_run_that_is_under_way_says_so(plan, store):
    replace_run(store, plan, "cvt_13", 2, None)
    trial = next(t for t in plan.trials if (t.cell, t.seed) == ("cvt_13", 2))
    lock = store.lock(trial)
    row = next(r for r in read_store(store, plan).rows() if r["signature"] == trial.signature)
    lock.release()
    assert row["state"] == "running"


def test_a_csv_gives_the_same_analysis_but_for_what_stays_in_the_store(plan, store, tmp_path):
    replace_run(store, plan, "deit_s", 1, Record(state=State.DIVERGED, cause='loss is "nan", so'))
    whole = read_store(store, plan)
    write_csv(whole, tmp_path / "results.csv")
    read = read_csv(tmp_path / "results.csv", plan.study)
    assert read.rows() == whole.rows()
    one, other = analyze(plan.study, whole), analyze(plan.study, read)
    assert [cell.estimate for cell in one.cells] == [cell.estimate for cell in other.cells]
    assert one.claims == tuple(
        replace(claim, seen=noted.seen, exploratory=noted.exploratory)
        for claim, noted in zip(other.claims, one.claims, strict=True)
    )
    assert one.runs == other.runs
    assert one.provenance == other.provenance
    assert [cell.curve for cell in other.cells] == [()] * len(other.cells)


def test_another_table_is_refused_by_name(plan, store, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("cell,seed\na,1\n", encoding="utf-8")
    with pytest.raises(AblateError, match=r"other.csv has no column setting, adaptive, model"):
        read_csv(other, plan.study)
    with pytest.raises(AblateError, match="cannot be read as CSV"):
        read_csv(tmp_path / "nowhere.csv", plan.study)

"""From records to numbers: pairs by seed, gaps by name, nothing filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ablate.analysis.make import analyze
from ablate.analysis.model import Analysis
from ablate.plan.make import Plan, make_plan
from ablate.results.store import read_store
from ablate.stats import estimate, paired_difference
from ablate.store.files import append_line, read_json, write_json
from ablate.store.record import Execution, Record, State
from ablate.store.store import Store
from ablate.study.load import load_study

ROOT = Path(__file__).parents[2]
EXECUTION = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
SCORES = {
    "deit_s": (95.0, 94.0, 96.0),
    "deit_s[pos_embed=none]": (75.0, 76.0, 72.0),
    "cvt_13": (98.0, 99.0, 98.5),
    "cvt_13[pos_embed_stages=every]": (98.5, 98.0, 98.5),
    "cvt_13[pos_embed_stages=first]": (98.0, 99.0, 98.5),
    "cvt_13[pos_embed_stages=last]": (97.0, 98.0, 97.5),
}


@pytest.fixture
def plan() -> Plan:
    return make_plan(load_study(ROOT / "studies/pos_embedding.yaml"), seeds=(0, 1, 2))


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> Store:
    """All runs finished with the scores above, two epochs each."""
    made = Store(tmp_path / "runs")
    made.prepare()
    for trial in plan.trials:
        score = SCORES[trial.cell][trial.seed]
        leave(made, trial, Record(state=State.FINISHED, scores={"top1": score}, train_s=2.0))
    return made


def leave(store: Store, trial, record: Record) -> None:
    folder = store.start(trial, EXECUTION)
    for epoch in range(2):
        append_line(folder.history_file, {"epoch": epoch, "val/top1": 50.0 + trial.seed})
    folder.close(record)


def replace_run(store: Store, plan: Plan, cell: str, seed: int, record: Record | None) -> None:
    trial = next(t for t in plan.trials if (t.cell, t.seed) == (cell, seed))
    for folder in store.attempts(trial):
        folder.result_file.unlink()
    if record:
        store.attempts(trial)[0].close(record)


def by_name(analysis: Analysis):
    return {cell.name: cell for cell in analysis.cells}


def test_cells_have_the_estimates_of_their_scores(plan, store):
    analysis = analyze(plan.study, read_store(store, plan))
    assert analysis.complete
    for cell in analysis.cells:
        assert cell.estimate == estimate(SCORES[cell.name])
        assert [s.score for s in cell.scores] == list(SCORES[cell.name])
        assert cell.train_s == 2.0


def test_contrasts_are_paired_by_seed_with_the_models_own_baseline(plan, store):
    cells = by_name(analyze(plan.study, read_store(store, plan)))
    assert cells["deit_s"].contrast is None
    assert cells["cvt_13"].contrast is None
    found = cells["cvt_13[pos_embed_stages=every]"].contrast
    base = SCORES["cvt_13"]
    assert found.difference == paired_difference(SCORES["cvt_13[pos_embed_stages=every]"], base)
    assert found.published == pytest.approx(-0.1)


def test_the_paper_and_what_was_trained_stand_beside_ours(plan, store):
    cells = by_name(analyze(plan.study, read_store(store, plan)))
    one = cells["deit_s[pos_embed=none]"]
    assert (one.published, one.asked_variant, one.trained_variant) == (78.0, "deit-s", "deit-8px")
    assert one.model_label == "DeiT-S"
    assert one.levels == {"pos_embed": "none"}


def test_curves_are_over_seeds(plan, store):
    point = by_name(analyze(plan.study, read_store(store, plan)))["deit_s"].curve[1]
    assert point.epoch == 2
    assert point.estimate == estimate([50.0, 51.0, 52.0])


def test_a_missing_seed_is_named_and_leaves_its_pair(plan, store):
    diverged = Record(state=State.DIVERGED, cause="train/loss is nan after epoch 1")
    replace_run(store, plan, "cvt_13[pos_embed_stages=every]", 1, diverged)
    analysis = analyze(plan.study, read_store(store, plan))
    cell = by_name(analysis)["cvt_13[pos_embed_stages=every]"]
    assert not analysis.complete
    assert cell.estimate.n == 2
    assert [(m.seed, m.state, m.cause) for m in cell.missing] == [(1, "diverged", diverged.cause)]
    assert [pair.seed for pair in cell.contrast.pairs] == [0, 2]
    assert cell.contrast.difference.n == 2


def test_a_missing_baseline_leaves_no_contrast(plan, store):
    for seed in (0, 1, 2):
        replace_run(store, plan, "deit_s", seed, Record(state=State.FAILED, cause="x"))
    cells = by_name(analyze(plan.study, read_store(store, plan)))
    assert cells["deit_s"].estimate.n == 0
    assert cells["deit_s[pos_embed=none]"].contrast is None
    assert cells["deit_s[pos_embed=none]"].estimate.n == 3


def test_what_was_never_run_says_so(plan, tmp_path):
    analysis = analyze(plan.study, read_store(Store(tmp_path / "nothing"), plan))
    assert {hole.state for cell in analysis.cells for hole in cell.missing} == {"not run"}
    assert {row.state for row in analysis.runs} == {"not run"}
    assert all(claim.verdict == "undecided" for claim in analysis.claims)


def test_what_is_running_says_so(plan, store):
    trial = plan.trials[0]
    replace_run(store, plan, trial.cell, trial.seed, None)
    lock = store.lock(trial)
    try:
        hole = by_name(analyze(plan.study, read_store(store, plan)))["deit_s"].missing[0]
    finally:
        lock.release()
    assert (hole.seed, hole.state) == (0, "running")


def test_identical_differences_in_every_seed_give_no_p_value(plan, store):
    cells = by_name(analyze(plan.study, read_store(store, plan)))
    difference = cells["cvt_13[pos_embed_stages=last]"].contrast.difference
    assert (difference.mean, difference.sd, difference.p) == (-1.0, 0.0, None)


def test_p_values_are_adjusted_over_all_contrasts_that_have_one(plan, store):
    contrasts = [
        cell.contrast
        for cell in analyze(plan.study, read_store(store, plan)).cells
        if cell.contrast
    ]
    tested = [c for c in contrasts if c.difference.p is not None]
    smallest = min(tested, key=lambda c: c.difference.p)
    assert smallest.p_adjusted == pytest.approx(len(tested) * smallest.difference.p)
    assert len(tested) < len(contrasts)


def test_an_analysis_survives_json(plan, store, tmp_path):
    analysis = analyze(plan.study, read_store(store, plan))
    write_json(tmp_path / "a.json", analysis)
    assert read_json(tmp_path / "a.json", Analysis) == analysis


def test_the_command_reproduces_the_plan(plan, store):
    assert analyze(plan.study, read_store(store, plan)).provenance.command == (
        "ablate run pos_embedding --setting digits --seeds 0,1,2"
    )

"""Training one trial for real, on few epochs: the same twice, fair between cells, whole on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ablate.plan.make import make_plan
from ablate.plan.trial import Trial
from ablate.recipes.schema import Recipe
from ablate.store.folder import RunFolder
from ablate.study.load import load_study
from ablate.train.build import make_data, make_model
from ablate.train.callbacks import DivergedError
from ablate.train.classifier import Classifier
from ablate.train.fit import Fitted, fit, scores

ROOT = Path(__file__).parents[2]
RECIPE = Recipe(epochs=2, batch_size=256, lr=0.002, warmup_epochs=1, weight_decay=0.05, shift=0.5)


def trial(cell: str, seed: int = 100, recipe: Recipe = RECIPE) -> Trial:
    plan = make_plan(load_study(ROOT / "studies/pos_embedding.yaml"), seeds=(seed,))
    return replace(next(t for t in plan.trials if t.cell == cell), recipe=recipe)


def trained(where: Path, asked: Trial) -> tuple[RunFolder, Fitted]:
    where.mkdir()
    return RunFolder(where), fit(asked, RunFolder(where))


def without_times(folder: RunFolder) -> list[dict]:
    return [{k: v for k, v in row.items() if k != "time_s"} for row in folder.history()]


@pytest.mark.parametrize("cell", ["deit_s", "cvt_13[pos_embed_stages=every]"])
def test_a_rerun_gives_the_same_scores_and_history(tmp_path, cell):
    torch.manual_seed(1)
    first, one = trained(tmp_path / "1", trial(cell))
    torch.manual_seed(2)  # whatever happened before in the process does not matter
    second, other = trained(tmp_path / "2", trial(cell))
    assert one.scores == other.scores
    assert without_times(first) == without_times(second)
    assert (first.path / "predictions.npz").read_bytes() == (
        second.path / "predictions.npz"
    ).read_bytes()


def test_another_seed_gives_another_run(tmp_path):
    first, _ = trained(tmp_path / "1", trial("deit_s", seed=100))
    second, _ = trained(tmp_path / "2", trial("deit_s", seed=101))
    assert without_times(first) != without_times(second)


def test_a_run_leaves_history_weights_and_predictions_that_fit_its_scores(tmp_path):
    folder, fitted = trained(tmp_path / "1", trial("deit_s"))
    rows = folder.history()
    assert [row["epoch"] for row in rows] == [0, 1]
    assert set(rows[0]) == {"epoch", "lr", "train/loss", "val/loss", "val/top1", "time_s"}
    best = max(rows, key=lambda row: (row["val/top1"], -row["val/loss"]))
    assert fitted.best_epoch == best["epoch"]
    kept = np.load(folder.predictions_file)
    assert kept["correct"].shape == (360,)
    assert 100 * kept["correct"].mean() == pytest.approx(fitted.scores["top1"])
    weights = torch.load(folder.checkpoints / "best.pt", weights_only=True)
    assert sum(w.numel() for w in weights.values()) == fitted.parameters == 202_186


def test_the_kept_weights_are_those_that_were_scored(tmp_path):
    asked = trial("cvt_13")
    folder, fitted = trained(tmp_path / "1", asked)
    model = make_model(asked)
    model.load_state_dict(torch.load(folder.checkpoints / "best.pt", weights_only=True))
    with torch.no_grad():
        data: Any = make_data(asked)
        images, labels = data.test
        assert scores(model.eval()(images), labels)["top1"] == fitted.scores["top1"]


def batches(asked: Trial, epoch: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    data = make_data(asked)
    data.trainer = type("AtEpoch", (), {"current_epoch": epoch})()
    return list(data.train_dataloader())


def equal(ours, theirs) -> bool:
    return all(
        torch.equal(a, c) and torch.equal(b, d) for (a, b), (c, d) in zip(ours, theirs, strict=True)
    )


def test_cells_of_a_seed_see_the_same_images_in_the_same_order():
    one, other = trial("deit_s"), trial("cvt_13[pos_embed_stages=last]")
    assert equal(batches(one, 3), batches(other, 3))


def test_epochs_and_seeds_see_them_in_another():
    asked = trial("deit_s")
    assert not equal(batches(asked, 0), batches(asked, 1))
    assert not equal(batches(asked, 0), batches(trial("deit_s", seed=101), 0))


@pytest.mark.parametrize(
    ("cell", "baseline"),
    [("deit_s[pos_embed=none]", "deit_s"), ("cvt_13[pos_embed_stages=every]", "cvt_13")],
)
def test_weights_that_cells_share_start_out_equal(cell, baseline):
    ours = make_model(trial(cell)).state_dict()
    theirs = make_model(trial(baseline)).state_dict()
    shared = [n for n in ours if n in theirs and ours[n].shape == theirs[n].shape]
    assert len(shared) >= 50
    assert all(torch.equal(ours[name], theirs[name]) for name in shared)


def test_a_loss_that_is_no_number_is_divergence(tmp_path):
    wild = RECIPE.model_copy(update={"lr": 1e30, "warmup_epochs": 0.0})
    with pytest.raises(DivergedError, match=r"is nan after epoch \d"):
        trained(tmp_path / "1", trial("deit_s", recipe=wild))


def test_scores_are_in_the_units_of_their_metrics():
    logits = torch.tensor([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 0.0]])
    found = scores(logits, torch.tensor([0, 1, 1, 0]))
    assert found["top1"] == 75.0
    assert found["loss"] == pytest.approx(
        float(torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 1, 0])))
    )


def test_logits_come_from_the_model():
    asked = trial("deit_s")
    model = make_model(asked)
    classifier = Classifier(model, RECIPE, asked.seed).eval()
    images = torch.randn(3, 1, 8, 8)
    assert torch.equal(classifier(images), model(images))

"""The studies that come with Ablate: each can be planned, and each of its cells can be trained."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch

from ablate.check.make import check
from ablate.plan.make import Plan, asked_variant, make_plan
from ablate.plan.trial import Trial
from ablate.study.load import load_study, study_names
from ablate.train.build import make_data, make_model
from ablate.train.classifier import Classifier

FOLDER = Path(__file__).parents[2] / "studies"
NAMES = study_names(FOLDER)

# The papers' values, row by row as they print them, and nothing that could not be read there.
PUBLISHED = {
    "convmixer_cifar": [],
    "convmixer_patch_kernel": [96.03],
    "cvt_kv_stride": [82.3, 81.6],
    "cvt_projection": [80.6, 80.8, 81.0, 81.6],
    "cvt_token_embedding": [81.6, 81.4, 80.7, 81.1],
    "deit_distillation": [81.8, 81.8, 83.0, 83.4, 81.9],
    "deit_training": [81.8, 74.5, 79.6, 81.2, 78.7, 80.0, 75.8, 4.3, 3.4, 76.5, 81.3, 81.9],
    "levit_ablation": [71.9, 56.5, 65.3, 66.6, 69.7, 70.4, 70.9, 71.1],
    "levit_grafting": [79.9, 80.6, 80.9, 80.1, 78.4],
    "pos_embedding": [79.8, 78.0, 81.6, 81.5, 81.4, 81.4],
    "pvt_depth_width": [80.7, 81.2, 79.8],
    "pvt_pyramid": [],
    "pvt_spatial_reduction": [],
    "vit_pos_embedding": [64.206, 61.382, 63.964, 64.292, 64.001, 64.046, 64.022, 64.032],
}


@cache
def plan(name: str) -> Plan:
    return make_plan(load_study(FOLDER / f"{name}.yaml"), seeds=(100,))


TRIALS = [trial for name in NAMES for trial in plan(name).trials]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_factor_acts(name):
    assert check(plan(name)).findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_published_values_are_those_of_the_paper(name: str) -> None:
    study = plan(name).study
    values = [value for scores in study.published.values() for value in scores.values()]
    assert values == PUBLISHED[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_study_claims_something_at_a_scale_of_minutes(name: str) -> None:
    made = plan(name)
    assert made.study.claims
    assert made.study.paper is not None
    assert made.margin is not None
    assert made.setting_name in ("digits", "digits_shifted")
    assert len(made.cells) * len(made.study.seed_list) <= 50


@pytest.mark.parametrize("name", NAMES)
def test_small_stand_ins_never_go_by_the_name_of_the_papers_model(name: str) -> None:
    made = plan(name)
    for cell in made.cells:
        asked = asked_variant(cell, made.study.models[cell.model])
        (trial,) = made.of_cell(cell)
        assert "px" in trial.variant
        assert "px" not in asked


def stepped(trial: Trial) -> dict[str, torch.Tensor]:
    """Gradients after one batch of the trial, its teacher untrained."""
    teacher = None
    if trial.teacher:
        plans = (plan(name) for name in NAMES)
        found = (t for made in plans for t in made.trials if t.signature == trial.teacher)
        teacher = make_model(next(found))
    classifier = Classifier(make_model(trial), trial.recipe, trial.seed, teacher)
    classifier.log = lambda *_, **__: None  # type: ignore[method-assign]
    batch = next(iter(make_data(trial).train_dataloader()))
    classifier.trainer = FakeTrainer()  # type: ignore[assignment]
    loss = classifier.training_step(batch, 0)
    assert loss.isfinite()
    torch.autograd.backward(loss)
    return {
        name: parameter.grad
        for name, parameter in classifier.model.named_parameters()
        if parameter.grad is not None
    }


class FakeTrainer:
    current_epoch = 0


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: f"{trial.study}-{trial.cell}")
def test_every_cell_can_be_trained(trial: Trial) -> None:
    gradients = stepped(trial)
    assert all(gradient.isfinite().all() for gradient in gradients.values())
    assert any(gradient.any() for gradient in gradients.values())

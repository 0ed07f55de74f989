"""The dry run of a trial: real steps of its own training loop, few of them, and what they tell."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import wraps
from pathlib import Path

import pytest

from ablate.plan.make import make_plan, trial_of
from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder
from ablate.study.load import load_study
from ablate.train import step_timing
from ablate.train.build import make_model, untrained_teacher
from ablate.train.classifier import Classifier
from ablate.train.step_timing import STEPS, dry_run
from tests.train.test_fit import RECIPE, trial

ROOT = Path(__file__).parents[2]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which parts of the loop were run, in order."""
    called: list[str] = []
    for name in ("training_step", "optimizer_step", "validation_step", "test_step"):
        part = getattr(Classifier, name)

        @wraps(part)  # Lightning asks which arguments it takes
        def noted(self, *args, part=part, name=name, **keywords):
            called.append(name)
            return part(self, *args, **keywords)

        monkeypatch.setattr(Classifier, name, noted)
    return called


def timed(where: Path, asked: Trial):
    return dry_run(asked, RunFolder(where))


def test_real_steps_are_run_and_few_of_them(tmp_path, calls):
    asked = replace(trial("deit_s"), recipe=RECIPE.model_copy(update={"batch_size": 16}))
    found = timed(tmp_path, asked)
    assert calls.count("training_step") == calls.count("optimizer_step") == 2 * STEPS
    assert calls.count("validation_step") == 2
    assert found.timed_steps == STEPS
    # 269 images to learn from, 360 to validate, 360 to test, in batches of 16.
    assert (found.steps, found.validation_batches, found.test_batches) == (17, 23, 23)
    assert (found.epochs, found.parameters) == (2, 202_186)
    assert found.step_s > 0
    assert found.evaluation_s > 0
    assert 0.05 < found.memory_gb < 100
    assert found.run_s > 2 * 17 * found.step_s


def test_of_a_run_of_one_epoch_shorter_than_the_probe_two_are_run(tmp_path, calls):
    recipe = RECIPE.model_copy(update={"batch_size": 2000, "epochs": 1, "warmup_epochs": 0.0})
    found = timed(tmp_path, replace(trial("deit_s"), recipe=recipe))
    assert calls.count("optimizer_step") == 2
    assert (found.timed_steps, found.steps, found.validation_batches) == (1, 1, 1)
    assert found.epochs == 1


def test_what_is_told_apart_is_what_the_clock_says(tmp_path, monkeypatch):
    """A step of two ticks of the clock, a batch of validation of one, and the rest."""
    ticks = iter(range(1000))
    monkeypatch.setattr(step_timing, "now", lambda: float(next(ticks)))
    monkeypatch.setattr(time, "perf_counter", lambda: -30.0)
    asked = replace(trial("deit_s"), recipe=RECIPE.model_copy(update={"batch_size": 64}))
    found = timed(tmp_path, asked)
    # An epoch looks at the clock when its first batch begins, when each has ended, twice at
    # validation, and at its end.
    epoch = 1 + STEPS + 2 + 1
    assert found.step_s == found.evaluation_s == 1.0
    assert found.epoch_s == epoch - STEPS - 1
    assert found.start_s == (epoch - 1) - (-30.0) - epoch


def distilled() -> Trial:
    plan = make_plan(load_study(ROOT / "studies/deit_distillation.yaml"))
    asked = (trial_of(plan, cell, 0) for cell in plan.cells)
    return next(trial for trial in asked if trial.teacher)


def test_a_distilled_trial_is_probed_before_its_teacher_has_been_trained(tmp_path, monkeypatch):
    taught: list[int] = []
    plain = Classifier.taught

    def noted(self, images):
        taught.append(len(images))
        return plain(self, images)

    monkeypatch.setattr(Classifier, "taught", noted)
    found = timed(tmp_path, distilled())
    assert len(taught) == 2 * STEPS
    assert found.timed_steps == STEPS


def test_the_untrained_teacher_has_the_teachers_shape():
    asked = distilled()
    architecture, _, variant = asked.recipe.teacher.partition(":")
    teacher = replace(asked, architecture=architecture, variant=variant, toggles={})
    shapes = {name: value.shape for name, value in make_model(teacher).state_dict().items()}
    assert {
        name: value.shape for name, value in untrained_teacher(asked).state_dict().items()
    } == shapes
    own = {name: value.shape for name, value in make_model(asked).state_dict().items()}
    assert own != shapes
    assert untrained_teacher(trial("deit_s")) is None

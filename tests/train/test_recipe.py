"""Every field of a recipe acts, and a run that uses all of them is the same again."""

from __future__ import annotations

import pytest
import torch

from ablate.recipes.schema import IDLE, Recipe
from ablate.train import classifier
from ablate.train.mixing import mixed
from tests.data.test_memory import FIELDS as IN_THE_DATA
from tests.train.loop import RECIPE, Net, TwoHeads, same, train, with_fields

# Field → what it is set to, and what must be in the recipe for it to act.
IN_THE_LOOP: dict[str, tuple[object, dict[str, object]]] = {
    "epochs": (3, {}),
    "batch_size": (5, {}),
    "lr": (0.02, {}),
    "optimizer": ("sgd", {}),
    "momentum": (0.5, {"optimizer": "sgd"}),
    "epsilon": (0.1, {}),
    "schedule": ("linear", {}),
    "warmup_epochs": (1, {}),
    "cooldown_epochs": (1, {}),
    "min_lr": (0.01, {}),
    "weight_decay": (0.5, {}),
    "clip_norm": (0.01, {"optimizer": "sgd"}),
    "clip_adaptive": (0.01, {"optimizer": "sgd"}),
    "weight_averaging": (0.9, {}),
    "label_smoothing": (0.2, {}),
    "mixup": (0.8, {}),
    "cutmix": (1.0, {}),
    "distillation": ("hard", {}),
    "distillation_alpha": (0.9, {"distillation": "soft"}),
    "distillation_tau": (1.0, {"distillation": "soft"}),
}
# Which network is the teacher is settled before training: tests/plan/test_teachers.py.
ELSEWHERE = {"teacher"}
EVERYTHING = {
    "epochs": 3,
    "optimizer": "adam",
    "schedule": "one_cycle",
    "weight_decay": 0.1,
    "clip_norm": 1.0,
    "clip_adaptive": 0.1,
    "weight_averaging": 0.5,
    "label_smoothing": 0.1,
    "mixup": 0.8,
    "cutmix": 1.0,
    "distillation": "soft",
}


def run(recipe: Recipe):
    teacher = Net(seed=5) if recipe.distillation != "none" else None
    return train(recipe, TwoHeads(), teacher)


def test_every_field_of_a_recipe_is_tested_somewhere():
    tested = [*IN_THE_LOOP, *IN_THE_DATA, *ELSEWHERE]
    assert sorted(tested) == sorted(Recipe.model_fields)


@pytest.mark.parametrize("field", IN_THE_LOOP)
def test_each_field_changes_what_is_trained(field):
    value, needs = IN_THE_LOOP[field]
    assert not same(run(with_fields(**needs)), run(with_fields(**needs, **{field: value})))


@pytest.mark.parametrize("field", ["optimizer", "schedule", "distillation"])
def test_each_of_the_named_choices_is_another(field):
    choices = Recipe.model_json_schema()["properties"][field]["enum"]
    decaying = {"weight_decay": 0.5} if field == "optimizer" else {}
    runs = [run(with_fields(**decaying, **{field: choice})) for choice in choices]
    assert not any(same(a, b) for i, a in enumerate(runs) for b in runs[:i])


@pytest.mark.parametrize(
    ("field", "value", "needs"),
    [
        ("momentum", 0.5, {}),
        ("epsilon", 0.1, {"optimizer": "sgd"}),
        ("min_lr", 0.01, {"schedule": "constant"}),
        ("distillation_tau", 1.0, {"distillation": "hard"}),
    ],
)
def test_what_is_called_idle_is(field, value, needs):
    recipe = with_fields(**needs, **{field: value})
    assert IDLE[field](recipe)
    assert same(run(with_fields(**needs)), run(recipe))


def test_a_run_with_everything_is_the_same_again():
    torch.manual_seed(1)
    first = run(with_fields(**EVERYTHING))
    torch.manual_seed(2)  # whatever was drawn elsewhere in the process does not matter
    assert same(first, run(with_fields(**EVERYTHING)))


class Drawing(Net):
    """A network that draws more than the others, as one with more drop paths would."""

    def features(self, images):
        torch.rand(100)
        return super().features(images)


def test_what_is_mixed_does_not_depend_on_what_the_model_draws():
    recipe = with_fields(mixup=0.8, cutmix=1.0)
    one, other = train(recipe, Net()).model, train(recipe, Drawing()).model
    assert len(one.seen) == len(other.seen) == 8
    assert all(torch.equal(a, b) for a, b in zip(one.seen, other.seen, strict=True))


def test_what_the_model_draws_does_not_depend_on_what_is_mixed():
    one, other = train(RECIPE).model, train(with_fields(mixup=0.8, cutmix=1.0)).model
    assert not torch.equal(one.seen[0], other.seen[0])
    assert all(torch.equal(a, b) for a, b in zip(one.drawn, other.drawn, strict=True))


def test_every_batch_of_every_epoch_is_mixed_by_a_stream_of_its_own(monkeypatch):
    seeds = []

    def watched(images, recipe, source):
        seeds.append(source.initial_seed())
        return mixed(images, recipe, source)

    monkeypatch.setattr(classifier, "mixed", watched)
    train(with_fields(mixup=1.0))
    assert len(set(seeds)) == len(seeds) == 8

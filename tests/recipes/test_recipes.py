"""The papers' recipes: their numbers, changes on top of them, and what a trial keeps of a name."""

from __future__ import annotations

from typing import Any

import pytest

from ablate.cli.list import studies_text
from ablate.errors import UnknownNameError
from ablate.models.catalog import describe
from ablate.plan.make import make_plan
from ablate.recipes import FOLDER, completed, load_recipe, recipe_names
from ablate.recipes.schema import Recipe
from ablate.settings import load_setting, overridden
from ablate.settings.schema import Override
from ablate.study.schema import Model, Study

# papers.md, section 3: batch, peak rate, decay, epochs, warm-up epochs.
TABLE = {
    "convmixer": (640, 0.01, 2e-5, 150, 0),
    "convmixer_cifar": (64, 0.01, 0.01, 200, 0),
    "convmixer_cifar_25": (512, 0.05, 0.005, 25, 0),
    "cvt": (2048, 2e-3, 0.05, 300, 5),
    "deit": (1024, 1e-3, 0.05, 300, 5),
    "deit_distilled": (1024, 1e-3, 0.05, 300, 5),
    "levit": (2048, 2e-3, 0.025, 1000, 5),
    "pvt": (1024, 1e-3, 0.05, 300, 5),
    "vit": (4096, 3e-3, 0.3, 300, 32),
    "vit_finetune": (512, 0.03, 0.0, 8, 0.2),
}
STRONG = {"mixup": 0.8, "cutmix": 1.0, "rand_augment": 9, "erasing": 0.25, "label_smoothing": 0.1}
WEAK = {"mixup": 0, "cutmix": 0, "rand_augment": 0, "erasing": 0, "label_smoothing": 0}
MORE: dict[str, dict[str, Any]] = {
    "convmixer": {**STRONG, "mixup": 0.5, "cutmix": 0.5, "epsilon": 1e-3, "clip_norm": 1.0},
    "convmixer_cifar": {"crop_scale": 0.75, "schedule": "one_cycle"},
    "convmixer_cifar_25": {**WEAK, "rand_augment": 4, "crop_scale": 1, "clip_norm": 0},
    "cvt": {**STRONG, "repeated_augmentation": 1, "min_lr": 1e-5, "cooldown_epochs": 0},
    "deit": {**STRONG, "repeated_augmentation": 3, "distillation": "none", "clip_norm": 0},
    "deit_distilled": {**STRONG, "distillation": "hard", "teacher": "timm:regnety_160.deit_in1k"},
    "levit": {**STRONG, "distillation": "hard", "distillation_alpha": 0.5, "clip_adaptive": 0.01},
    "pvt": {**STRONG, "repeated_augmentation": 3, "clip_norm": 0},
    "vit": {**WEAK, "optimizer": "adamw", "clip_norm": 1.0},
    "vit_finetune": {**WEAK, "optimizer": "sgd", "momentum": 0.9, "clip_norm": 1.0},
}


def test_every_paper_has_its_recipe():
    assert recipe_names() == tuple(sorted(TABLE)) == tuple(sorted(MORE))


@pytest.mark.parametrize("name", TABLE)
def test_a_recipe_has_the_numbers_of_its_paper(name):
    recipe = load_recipe(name).recipe
    found = (recipe.batch_size, recipe.lr, recipe.weight_decay, recipe.epochs, recipe.warmup_epochs)
    assert found == TABLE[name]
    assert {field: getattr(recipe, field) for field in MORE[name]} == MORE[name]


@pytest.mark.parametrize("name", TABLE)
def test_a_recipe_says_where_it_comes_from(name):
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    cover, _, said = text.partition("\ntitle: ")
    assert all(line.startswith("#") for line in cover.splitlines())
    assert "arXiv" in cover
    arxiv = cover.partition("arXiv ")[2][:10]
    assert arxiv in said.splitlines()[0]


@pytest.mark.parametrize("name", TABLE)
def test_a_teacher_is_one_that_exists(name):
    architecture, _, variant = load_recipe(name).recipe.teacher.partition(":")
    assert not architecture or variant in describe(architecture).variants


def test_what_is_said_beside_a_name_counts_more():
    recipe = completed({"like": "deit", "epochs": 20, "mixup": 0.0})
    assert (recipe.epochs, recipe.mixup, recipe.cutmix) == (20, 0.0, 1.0)
    assert recipe == completed({"epochs": 20, "mixup": 0.0}, load_recipe("deit").recipe)


def test_a_name_takes_the_place_of_the_settings_own_recipe():
    setting = load_setting("digits")
    recipe = overridden(setting, Override(recipe={"like": "convmixer", "epochs": 2})).recipe
    assert recipe == load_recipe("convmixer").recipe.model_copy(update={"epochs": 2})
    assert setting.recipe.shift
    assert not recipe.shift


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        load_recipe("diet")
    assert str(caught.value).startswith("unknown recipe 'diet'; did you mean 'deit'? (allowed: con")


def study(**recipe: Any) -> Study:
    model = Model(architecture="vit", variant="deit-s")
    override = Override(recipe=recipe)
    return Study(title="S", models={"m": model}, seeds=1, settings={"digits": override})


def test_a_signature_counts_what_is_resolved_not_the_name():
    spelled = load_recipe("convmixer").recipe.model_dump()
    (by_name,) = make_plan(study(like="convmixer", epochs=2)).trials
    (by_hand,) = make_plan(study(**{**spelled, "epochs": 2})).trials
    assert by_name.signature == by_hand.signature
    assert isinstance(by_name.recipe, Recipe)
    assert by_name.recipe.epochs == 2


def test_ablate_list_shows_them():
    text = studies_text()
    assert "\nrecipes\n  convmixer " in text
    assert "DeiT (2012.12877), 300 epochs on ImageNet" in text

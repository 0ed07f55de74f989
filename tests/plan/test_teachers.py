"""Teachers: who teaches a distilled trial, and what that does to its identity."""

from __future__ import annotations

from typing import Any

import pytest

from ablate.cli.plan import plan_text
from ablate.errors import AblateError, UnknownNameError
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import Plan, make_plan
from ablate.plan.teachers import undistilled
from ablate.plan.trial import Trial
from ablate.recipes.schema import Recipe
from ablate.settings.schema import Override
from ablate.store.store import Store
from ablate.study.schema import Model, Study

TEACHER = "cvt:cvt-8px"
CELLS: tuple[Any, ...] = (
    {"recipe.distillation": "hard"},
    {"recipe.distillation": "soft"},
    {"recipe.distillation": "hard", "use_distillation_token": True},
)


def plan(teacher: str = TEACHER, cells: tuple = CELLS, **recipe: Any) -> Plan:
    model = Model(architecture="vit", variant="deit-s", cells=cells)
    override = Override(recipe={"teacher": teacher, **recipe})
    study = Study(
        name="s",
        title="S",
        models={"m": model},
        design="listed",
        seeds=2,
        settings={"digits": override},
    )
    return make_plan(study)


def test_one_teacher_serves_all_cells_and_seeds_and_comes_first():
    made = plan()
    (teacher,) = made.teachers
    assert made.trials[0] is teacher
    assert len(made.trials) == 1 + 4 * 2
    assert (teacher.architecture, teacher.variant, teacher.seed) == ("cvt", "cvt-8px", 0)
    assert teacher.name == "teacher cvt:cvt-8px/s0"
    assert {trial.teacher for trial in made.trials} == {"", teacher.signature}
    assert [t.cell for t in made.trials if t.teacher == ""] == [teacher.cell, "m", "m"]


def test_a_teacher_that_is_a_cells_own_run_is_trained_as_that():
    made = plan(teacher="vit:deit-8px")
    (teacher,) = made.teachers
    assert teacher.name == "m/s0"
    assert made.extra == ()
    assert len(made.trials) == 4 * 2
    turned = make_plan(made.study, seeds=(1, 0))
    assert turned.extra == ()
    assert [teacher.name for teacher in turned.teachers] == ["m/s0"]


def test_a_teacher_is_trained_by_the_recipe_of_the_setting_and_by_labels_alone():
    made = plan(cells=CELLS[1:], epochs=3, distillation="hard")
    (teacher,) = made.teachers
    assert teacher.recipe == undistilled(made.setting.recipe)
    assert (teacher.recipe.epochs, teacher.recipe.distillation) == (3, "none")
    assert len({trial.teacher for trial in made.trials if trial.cell == "m"}) == 1


def test_without_distillation_a_teacher_changes_nothing():
    with_teacher = next(trial for trial in plan().trials if trial.cell == "m")
    without = next(trial for trial in plan(teacher="", cells=()).trials if trial.cell == "m")
    assert with_teacher.signature == without.signature
    assert with_teacher.recipe.teacher == ""


def of(made: Plan, cell: str) -> Trial:
    return next(trial for trial in made.trials if trial.cell == cell)


def test_another_teacher_or_another_way_to_train_it_is_another_trial():
    cell = "m[recipe.distillation=hard]"
    other_teacher = plan(teacher="vit:deit-8px")
    assert of(plan(), cell).signature != of(other_teacher, cell).signature
    longer = tuple({**levels, "recipe.epochs": 20} for levels in CELLS)
    name = "m[recipe.distillation=hard,recipe.epochs=20]"
    short, long = (of(plan(cells=longer, epochs=epochs), name) for epochs in (5, 20))
    assert short.recipe == long.recipe
    assert short.signature != long.signature


def test_the_code_of_the_teacher_is_part_of_what_answers_a_distilled_trial():
    taught, alone = (fingerprint(of(plan(), cell)) for cell in ("m[recipe.distillation=hard]", "m"))
    assert set(taught) - set(alone) == {"models/cvt.py", "models/pyramid.py", "size of cvt-8px"}


def test_a_setting_may_put_another_teacher_in_the_place_of_the_papers():
    model = Model(architecture="vit", variant="deit-s", cells=CELLS[:1])
    override = Override(
        variants={"timm:regnety_160": TEACHER}, recipe={"teacher": "timm:regnety_160"}
    )
    study = Study(
        name="s", title="S", models={"m": model}, design="listed", settings={"digits": override}
    )
    made = make_plan(study)
    assert of(made, "m[recipe.distillation=hard]").recipe.teacher == TEACHER


def test_distillation_without_a_teacher_is_refused():
    with pytest.raises(AblateError) as caught:
        plan(teacher="")
    assert str(caught.value) == (
        "recipe.distillation is 'hard', but recipe.teacher names nobody; allowed: "
        "architecture:variant, such as timm:regnety_160"
    )


@pytest.mark.parametrize(
    ("teacher", "message"),
    [
        ("cvt:cvt-8x", "unknown variant of cvt 'cvt-8x'; did you mean 'cvt-8px'?"),
        ("cvtt:cvt-8px", "unknown architecture 'cvtt'; did you mean 'cvt'?"),
        ("cvt", "unknown variant of cvt ''"),
    ],
)
def test_an_unknown_teacher_names_the_nearest(teacher: str, message: str):
    with pytest.raises(UnknownNameError) as caught:
        plan(teacher=teacher)
    assert str(caught.value).startswith(message)


def test_the_plan_shows_the_teacher(tmp_path):
    text = plan_text(plan(), Store(tmp_path))
    assert "teacher cvt:cvt-8px" in text
    assert "4 cells × 2 seeds + 1 teacher = 9 trials" in text


def test_a_recipe_that_never_heard_of_teachers():
    recipe = Recipe(epochs=1, batch_size=1, lr=1, distillation="soft", teacher=TEACHER)
    assert undistilled(recipe) == Recipe(epochs=1, batch_size=1, lr=1)

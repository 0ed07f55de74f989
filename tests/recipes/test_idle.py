"""What a recipe's other parts leave nothing to do is no part of a trial's identity."""

from __future__ import annotations

from typing import Any

import pytest

from ablate.errors import AblateError
from ablate.plan.make import Plan, make_plan
from ablate.recipes.schema import IDLE, Recipe
from ablate.settings.schema import Override
from ablate.study.schema import Model, Study

PLAIN = {"epochs": 1, "batch_size": 1, "lr": 1.0}
# Part → a value that is not its default, where it is idle, and where it is not.
CASES: dict[str, Any] = {
    "momentum": (0.5, {}, {"optimizer": "sgd"}),
    "epsilon": (0.1, {"optimizer": "sgd"}, {"optimizer": "adam"}),
    "min_lr": (0.1, {"schedule": "constant"}, {"schedule": "constant", "cooldown_epochs": 1.0}),
    "teacher": ("vit:deit-8px", {}, {"distillation": "soft"}),
    "distillation_alpha": (0.1, {}, {"distillation": "soft"}),
    "distillation_tau": (1.0, {"distillation": "hard"}, {"distillation": "soft"}),
}


@pytest.mark.parametrize("part", IDLE)
def test_a_part_stays_only_where_it_acts(part):
    value, idle, acts = CASES[part]
    kept = Recipe.model_validate({**PLAIN, **acts, part: value}).without_idle()
    assert kept == Recipe.model_validate({**PLAIN, **acts, part: value})
    dropped = Recipe.model_validate({**PLAIN, **idle, part: value}).without_idle()
    assert dropped == Recipe.model_validate({**PLAIN, **idle})


def plan(**recipe: Any) -> Plan:
    model = Model(architecture="vit", variant="deit-s", ablate={"recipe.momentum": (0.5,)})
    override = Override(recipe=recipe)
    return make_plan(Study(name="s", title="S", models={"m": model}, settings={"digits": override}))


def test_cells_that_differ_in_an_idle_part_are_refused():
    with pytest.raises(AblateError, match=r"m\[recipe.momentum=0.5\] is m again"):
        plan()


def test_where_the_part_acts_they_are_two():
    made = plan(optimizer="sgd")
    assert len({trial.signature for trial in made.trials}) == len(made.trials) == 10

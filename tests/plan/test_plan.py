"""Plans: which trials, in which order, under which identity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ablate.data.catalog import Images
from ablate.errors import AblateError, UnknownNameError
from ablate.plan.make import check_variants, make_plan
from ablate.plan.trial import Trial, canonical
from ablate.recipes.schema import Recipe
from ablate.settings import load_setting, setting_names
from ablate.settings.schema import Override
from ablate.study.load import load_study
from ablate.study.schema import Model, Study

ROOT = Path(__file__).parents[2]
RECIPE = Recipe(epochs=20, batch_size=64, lr=0.002)
ASKED: dict[str, Any] = {
    "architecture": "vit",
    "variant": "deit-8px",
    "toggles": {"pos_embed": "none"},
    "recipe": RECIPE,
    "data": "digits",
    "seed": 3,
}


def signature(metric: str = "top1", **asked) -> str:
    return Trial(study="s", setting="digits", cell="m", metric=metric, **asked).signature


def study(**changes) -> Study:
    model = Model(
        architecture="vit",
        variant="deit-s",
        baseline={"pos_embed": "learned"},
        ablate={"pos_embed": ("none",), "recipe.label_smoothing": (0.0,)},
    )
    return Study.model_validate({"name": "s", "title": "S", "models": {"m": model}, **changes})


def test_all_cells_with_the_first_seed_come_first():
    plan = make_plan(load_study(ROOT / "studies/pos_embedding.yaml"))
    assert len(plan.trials) == 48
    assert [trial.seed for trial in plan.trials[:7]] == [10, 10, 10, 10, 10, 10, 11]
    assert [trial.name for trial in plan.trials[:2]] == ["deit_s/s10", "deit_s[pos_embed=none]/s10"]
    assert len({trial.signature for trial in plan.trials}) == 48


def test_a_setting_exchanges_variants_and_toggles_keep_only_what_is_not_default():
    plan = make_plan(study())
    assert {trial.variant for trial in plan.trials} == {"deit-8px"}
    assert plan.trials[0].toggles == {}
    assert plan.trials[1].toggles == {"pos_embed": "none"}


def test_a_dotted_factor_changes_the_recipe_and_not_the_model():
    base, _, smooth = make_plan(study()).trials[:3]
    assert smooth.toggles == {}
    assert (base.recipe.label_smoothing, smooth.recipe.label_smoothing) == (0.1, 0.0)
    assert base.signature != smooth.signature


def test_seeds_and_setting_can_be_overridden_and_a_study_overrides_a_setting():
    changes = {"digits": Override(recipe={"epochs": 3}, margin=2.0)}
    plan = make_plan(study(settings=changes, margin=1.0), seeds=(7, 9))
    assert [trial.seed for trial in plan.trials] == [7, 7, 7, 9, 9, 9]
    assert {trial.recipe.epochs for trial in plan.trials} == {3}
    assert plan.margin == 2.0


def test_an_unknown_setting_names_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        make_plan(study(), "digit")
    assert str(caught.value) == (
        f"unknown setting 'digit'; did you mean 'digits'? (allowed: {', '.join(setting_names())})"
    )


def test_a_variant_without_a_size_at_the_setting_is_refused():
    setting = load_setting("digits").model_copy(update={"variants": {"deit-b": "deit-8px"}})
    with pytest.raises(AblateError) as caught:
        check_variants(study(), setting)
    assert str(caught.value) == (
        "s: 1 mistake\n"
        "  s: models.m.variant: setting 'digits' has no size for 'deit-s'; did you mean 'deit-b'? "
        "(allowed: deit-b); say which to train under settings.digits.variants"
    )


def test_two_cells_that_ask_for_the_same_run_are_refused():
    one = Model(architecture="vit", variant="deit-s", ablate={"pos_embed": ("none",)})
    with pytest.raises(AblateError) as caught:
        make_plan(study(models={"a": one, "b": one}))
    assert str(caught.value) == (
        "s: 2 mistakes\n"
        "  s: models.b.ablate.pos_embed.0: b[pos_embed=none] is a[pos_embed=none] again: the same "
        "model with the same recipe; leave one of them out\n"
        "  s: models.b.baseline: b is a again: the same model with the same recipe; leave one of "
        "them out"
    )


def test_signatures_of_today_are_those_of_the_first_release():
    # A change here orphans every record that exists: raise SIGNATURE_VERSION and keep this line.
    assert signature(**ASKED) == "v1-c0028504abcfed18"


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": "cvt"},
        {"variant": "deit-s"},
        {"toggles": {}},
        {"toggles": {"pos_embed": "sincos_2d"}},
        {"recipe": RECIPE.model_copy(update={"lr": 0.001})},
        {"data": "other"},
        {"images": Images(train_share=0.5)},
        {"images": Images(image_size=16)},
        {"seed": 4},
        {"metric": "loss"},
    ],
)
def test_everything_that_is_asked_changes_the_signature(change):
    assert signature(**{**ASKED, **change}) != signature(**ASKED)


def test_what_is_not_used_is_not_in_the_signature():
    spelled_out = RECIPE.model_copy(update={"label_smoothing": 0.0, "shift": 0.0})
    assert signature(**{**ASKED, "recipe": spelled_out}) == signature(**ASKED)
    assert signature(**ASKED, images=Images()) == signature(**ASKED)


def test_a_dotted_factor_changes_the_images_and_not_the_model():
    model = Model(
        architecture="vit",
        variant="deit-s",
        ablate={"data.train_share": (0.5,), "data.image_size": (16,)},
    )
    base, half, large = make_plan(study(models={"m": model}), seeds=(0,)).trials
    assert half.toggles == large.toggles == {}
    assert (base.images.train_share, half.images.train_share) == (1.0, 0.5)
    assert (base.image_shape, large.image_shape) == ((1, 8, 8), (1, 16, 16))


def test_the_size_that_images_have_is_no_change():
    model = Model(architecture="vit", variant="deit-s", ablate={"data.image_size": (8,)})
    with pytest.raises(AblateError, match=r"m\[data.image_size=8\] is m again"):
        make_plan(study(models={"m": model}))


def test_canonical_text_knows_numbers_but_not_their_spelling():
    assert canonical({"b": 2.0, "a": (1, 0.5)}) == '{"a":[1,0.5],"b":2}'
    assert canonical({"a": [1, 0.5], "b": 2}) == canonical({"b": 2.0, "a": (1, 0.5)})
    assert canonical(True) != canonical(1)


def test_names_and_studies_do_not_matter_so_that_studies_share_runs():
    ours, theirs = make_plan(study()), make_plan(study(name="t", title="T"))
    assert [t.signature for t in ours.trials] == [t.signature for t in theirs.trials]


def test_the_variant_itself_can_be_the_factor():
    model = Model(architecture="cvt", variant="cvt-13", ablate={"variant": ("cvt-21",)})
    changes = {"digits": Override(variants={"cvt-21": "cvt-13"})}
    plan = make_plan(study(models={"m": model}, settings=changes), seeds=(0,))
    assert [(t.cell, t.variant, t.toggles) for t in plan.trials] == [
        ("m", "cvt-8px", {}),
        ("m[variant=cvt-21]", "cvt-13", {}),
    ]


def test_variants_that_become_the_same_at_the_setting_are_refused():
    model = Model(architecture="cvt", variant="cvt-13", ablate={"variant": ("cvt-21",)})
    with pytest.raises(AblateError, match=r"m\[variant=cvt-21\] is m again"):
        make_plan(study(models={"m": model}))

"""Designs: which cells each makes, and what a fraction keeps apart."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from ablate.errors import StudyError
from ablate.study.designs import fraction
from ablate.study.labels import factor_labels
from ablate.study.load import load_study
from ablate.study.schema import Factor, Study


def study(design: str, resolution=None, factors=None, **parts) -> Study:
    model = {"architecture": "vit", "variant": "deit-s", **parts}
    said = {"design": design, "resolution": resolution, "factors": factors or {}}
    return Study.model_validate({"title": "S", "models": {"m": model}, **said})


def names(design: str, **parts) -> list[str]:
    return [cell.name for cell in study(design, **parts).cells]


def test_leave_one_out_takes_each_factor_and_each_group_away():
    parts = {
        "ablate": {"recipe.mixup": [0], "recipe.cutmix": [0], "pos_embed": ["none"]},
        "groups": {"mixing": ["recipe.mixup", "recipe.cutmix"]},
    }
    cells = study("leave_one_out", **parts).cells
    assert [(cell.name, cell.title) for cell in cells] == [
        ("m", ""),
        ("m[recipe.mixup=0]", ""),
        ("m[recipe.cutmix=0]", ""),
        ("m[pos_embed=none]", ""),
        ("m[recipe.mixup=0,recipe.cutmix=0]", "mixing"),
    ]
    assert cells[-1].place == ("models", "m", "groups", "mixing")


def test_a_tuned_cell_is_walked_back_to_its_own_values_in_order():
    baseline = {"recipe.mixup": 0.8, "pos_embed": "none", "depth": 6}
    assert names("from_to", baseline=baseline) == [
        "m",
        "m[recipe.mixup=0]",
        "m[recipe.mixup=0,pos_embed=learned]",
        "m[recipe.mixup=0,pos_embed=learned,depth=12]",
    ]


def test_a_full_factorial_leaves_out_what_factors_exclude():
    factors = {
        "pos_injection": Factor(requires={"pos_embed": ("learned", "learned_2d")}),
        "qkv_bias": Factor(excludes={"pos_embed": ("none",)}),
    }
    ablate = {"pos_embed": ["none"], "pos_injection": ["shared"], "qkv_bias": [False]}
    assert names("full_factorial", factors=factors, ablate=ablate) == [
        "m",
        "m[qkv_bias=false]",
        "m[pos_injection=shared]",
        "m[pos_injection=shared,qkv_bias=false]",
        "m[pos_embed=none]",
    ]


# The smallest regular fractions are known: Box, Hunter & Hunter, table 12.15.
@pytest.mark.parametrize(
    ("factors", "resolution", "runs"),
    [
        (3, 3, 4),
        (3, 4, 8),
        (4, 4, 8),
        (5, 3, 8),
        (5, 4, 16),
        (5, 5, 16),
        (6, 3, 8),
        (6, 4, 16),
        (6, 5, 32),
        (7, 3, 8),
        (7, 4, 16),
        (7, 5, 64),
        (8, 4, 16),
        (8, 5, 64),
        (9, 3, 16),
        (2, 3, 4),
    ],
)
def test_a_fraction_is_the_smallest_and_has_its_resolution(factors, resolution, runs):
    made = fraction(factors, resolution)
    assert len(set(made)) == len(made) == runs
    assert made[0] == (False,) * factors
    columns = list(zip(*made, strict=True))
    # No product of fewer columns than the resolution is constant: nothing so short is mixed up.
    for size in range(1, min(resolution, factors + 1)):
        for few in combinations(columns, size):
            parities = [sum(values) % 2 for values in zip(*few, strict=True)]
            assert sum(parities) * 2 == runs


def test_a_fractional_design_is_a_part_of_the_full_one():
    ablate = {"pos_embed": ["none"], "qkv_bias": [False], "use_cls_token": [False]}
    third = names("fractional", resolution=3, ablate=ablate)
    assert third == [
        "m",
        "m[pos_embed=none,use_cls_token=false]",
        "m[qkv_bias=false,use_cls_token=false]",
        "m[pos_embed=none,qkv_bias=false]",
    ]
    assert set(third) < set(names("full_factorial", ablate=ablate))


HEAD = "title: T\nmodels:\n  m: {architecture: vit, variant: deit-s, "


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "ablate: {pos_embed: [none, sincos_2d]}}\ndesign: leave_one_out",
            [
                "models.m.ablate.pos_embed: has 2 levels; design 'leave_one_out' takes one for "
                "each factor"
            ],
        ),
        (
            "ablate: {pos_embed: [none]}, groups: {a: [pos_embed, depht]}}\ndesign: leave_one_out",
            ["models.m.groups.a: not among what is ablated: 'depht' (allowed: pos_embed)"],
        ),
        (
            "ablate: {pos_embed: [none]}, groups: {a: [pos_embed, pos_embed]}}",
            ["models.m.groups: belongs to design 'leave_one_out'"],
        ),
        (
            "ablate: {pos_embed: [none]}}\ndesign: fractional",
            ["design: 'fractional' needs the study to state a `resolution`"],
        ),
        (
            "ablate: {pos_embed: [none]}}\nresolution: 3",
            ["resolution: belongs to design 'fractional'; this is 'one_factor'"],
        ),
        (
            "ablate: {pos_embed: [none]}}\nresolution: 9\ndesign: fractional",
            ["resolution: must be less than or equal to 5, not 9"],
        ),
        (
            "baseline: {pos_embed: learned, recipe.epochs: 3}}\ndesign: from_to",
            [
                "models.m.baseline.pos_embed: learned is the value to go back to; leave it out",
                "models.m.baseline.recipe.epochs: has no value of its own to go back to",
            ],
        ),
        (
            "baseline: {pos_embed: none}, ablate: {depth: [3]}}\ndesign: from_to",
            ["models.m.ablate: does not belong to design 'from_to', which is made of `baseline`"],
        ),
        (
            "cells: [{pos_embed: none, pos_injection: shared}]}\ndesign: listed\n"
            "factors: {pos_injection: {requires: {pos_embed: [learned, learned_2d]}}}",
            [
                "models.m.cells.0: pos_injection requires pos_embed to be learned or learned_2d, "
                "not none"
            ],
        ),
        (
            "ablate: {depth: [3]}}\nfactors: {depht: {label: D}, depth: {excludes: {poos: [1]}}}",
            [
                "factors.depht: no factor 'depht'; did you mean 'depth'? (allowed: depth)",
                "factors.depth.excludes.poos: no factor 'poos'",
            ],
        ),
        (
            "ablate: {depth: [3], dim: [32]}}\n"
            "factors: {depth: {acts: later}, dim: {reason: it waits}}",
            [
                "factors.depth.acts: 'later' needs a `reason`; the report prints it",
                "factors.dim.reason: belongs to `acts: later`",
            ],
        ),
        (
            "ablate: {depth: [3]}}\nfactors: {depth: {acts: soon, reason: it waits}}",
            ["factors.depth.acts: unknown value 'soon' (allowed: later)"],
        ),
    ],
)
def test_mistakes_of_designs_are_told(tmp_path: Path, text: str, messages: list[str]):
    file = tmp_path / "s.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load_study(file)
    assert sorted(problem.message for problem in error.value.problems) == sorted(messages)


def test_a_factor_has_a_label_and_the_labels_of_the_study_win(tmp_path: Path):
    file = tmp_path / "s.yaml"
    text = "ablate: {depth: [3], qkv_bias: [false]}}\nlabels: {depth: Layers}\n"
    text += "factors: {depth: {label: Depth}, qkv_bias: {label: Bias}}\n"
    file.write_text(HEAD + text, encoding="utf-8")
    study = load_study(file)
    assert factor_labels(study) == {"depth": "Layers", "qkv_bias": "Bias"}
    assert [cell.name for cell in study.cells] == ["m", "m[depth=3]", "m[qkv_bias=false]"]

"""Exact parameter counts: what the official code has, at 224 px and 1000 classes."""

from typing import Any

import pytest
import torch
from torch import nn

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, describe

VARIANTS = {
    "vit-b16": 86_567_656,
    "vit-b32": 88_224_232,
    "vit-l16": 304_326_632,
    "vit-l32": 306_535_400,
    "vit-h14": 632_045_800,
    "deit-ti": 5_717_416,
    "deit-s": 22_050_664,
    "deit-b": 86_567_656,
    "deit-8px": 202_186,
    "cvt-13": 19_997_480,
    "cvt-21": 31_622_696,
    "cvt-w24": 277_196_392,
    "cvt-8px": 189_898,
}

CELLS: list[tuple[str, dict[str, Any], int]] = [
    # ViT's and DeiT's sheet: other resolution, 10 classes, distilled, without positions
    ("vit-b16", {"image_size": 384}, 86_859_496),
    ("vit-b16", {"num_classes": 10}, 85_806_346),
    ("deit-s", {"num_classes": 10}, 21_669_514),
    ("deit-s", {"num_classes": 10, "pos_embed": "none"}, 21_593_866),
    ("deit-ti", {"use_distillation_token": True}, 5_910_800),
    ("deit-s", {"use_distillation_token": True}, 22_436_432),
    ("deit-b", {"use_distillation_token": True}, 87_338_192),
    # CvT's sheet: Tables 6, 7 and 8
    ("cvt-21", {"num_classes": 10}, 31_241_546),
    ("cvt-13", {"token_embed": "patch"}, 19_561_064),
    ("cvt-13", {"kv_stride": 1}, 19_997_480),
    ("cvt-13", {"projection": "avg"}, 19_855_976),
    ("cvt-13", {"projection": "linear"}, 19_855_976),
    ("cvt-13", {"projection": ["conv", "linear", "linear"]}, 19_858_088),
    ("cvt-13", {"projection": ["conv", "conv", "linear"]}, 19_870_760),
    # Table 5: 56² · 64, (14² + 1) · 384, and all three stages with 28² · 192
    ("cvt-13", {"pos_embed": "first_stage"}, 19_997_480 + 200_704),
    ("cvt-13", {"pos_embed": "last_stage"}, 19_997_480 + 75_648),
    ("cvt-13", {"pos_embed": "every_stage"}, 19_997_480 + 200_704 + 150_528 + 75_648),
    ("cvt-13", {"pos_embed": "last_stage", "use_cls_token": False}, 19_997_480 + 75_648 - 768),
]


def architecture_of(variant: str) -> str:
    return next(name for name in ARCHITECTURES if variant in describe(name).variants)


def sketch(variant: str, overrides: dict[str, Any]) -> nn.Module:
    """The model without its numbers: shapes are enough to count."""
    with torch.device("meta"):
        return build(architecture_of(variant), variant, overrides, seed=0)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_every_variant_has_a_count() -> None:
    assert set(VARIANTS) == {name for one in ARCHITECTURES for name in describe(one).variants}


@pytest.mark.parametrize("variant", VARIANTS)
def test_variant(variant: str) -> None:
    assert count(sketch(variant, {})) == VARIANTS[variant]


@pytest.mark.parametrize(("variant", "overrides", "expected"), CELLS)
def test_cell(variant: str, overrides: dict[str, Any], expected: int) -> None:
    assert count(sketch(variant, overrides)) == expected


def test_parts_of_cvt_13() -> None:
    model = sketch("cvt-13", {})
    stages = [count(stage) for stage in model.get_submodule("stages").children()]
    assert stages == [61_696, 1_013_568, 18_536_448]
    assert count(model.get_submodule("norm")) == 768
    assert count(model.get_submodule("head")) == 385_000


def test_the_constructors_defaults_are_a_variant_of_the_paper() -> None:
    for name, variant in {"vit": "vit-b16", "cvt": "cvt-13"}.items():
        described = describe(name)
        signature = {toggle.name: toggle.default for toggle in described.toggles.values()}
        changed = {k: v for k, v in described.variants[variant].items() if signature[k] != v}
        assert changed.keys() <= {"drop_path"}

"""Exact parameter counts: what the official code has, at 224 px and 1000 classes."""

from typing import Any

import pytest
import torch
from torch import nn

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, describe
from tests.models.expected import EXPECTED

VARIANTS = {name: n for one in EXPECTED.values() for name, n in one.COUNTS.items()}
CELLS = [cell for one in EXPECTED.values() for cell in one.CELLS]


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
    for name, variant in {
        "vit": "vit-b16",
        "cvt": "cvt-13",
        "pvt": "pvt-small",
        "convmixer": "convmixer-1536-20",
        "graft": "graft-2",
        "levit": "levit-128s",
    }.items():
        described = describe(name)
        signature = {toggle.name: toggle.default for toggle in described.toggles.values()}
        changed = {k: v for k, v in described.variants[variant].items() if signature[k] != v}
        assert changed.keys() <= {"drop_path"}

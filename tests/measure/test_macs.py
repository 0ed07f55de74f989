"""MACs are those that the papers print, and the rows of an outline add up to the whole."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ablate.measure.macs import (
    REST,
    Row,
    image_shape,
    measure,
    measure_parts,
    sketch,
    total,
)
from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, describe
from ablate.models.outline import Part
from tests.models.expected import EXPECTED

OURS = re.compile(r"-\d+px(-\w+)?$")
"""Variants that no paper has: small ones, named by the images that they are for."""

PUBLISHED = [(name, *one) for name, expected in EXPECTED.items() for one in expected.GMACS]
VARIANTS = [(name, variant) for name in ARCHITECTURES for variant in describe(name).variants]


def rows_of(name: str, variant: str, overrides: dict[str, Any]) -> tuple[Row, ...]:
    model: Any = sketch(name, variant, overrides)
    return measure_parts(model, image_shape(name, variant, overrides), model.outline())


@cache
def plain_rows(name: str, variant: str) -> tuple[Row, ...]:
    return rows_of(name, variant, {})


def layer_macs(layer: nn.Module, image: tuple[int, int, int]) -> int:
    return measure(layer.to("meta"), image).macs


@pytest.mark.parametrize(("name", "variant", "overrides", "gmacs"), PUBLISHED)
def test_macs_are_those_of_the_papers(
    name: str, variant: str, overrides: dict[str, Any], gmacs: float
) -> None:
    rows = rows_of(name, variant, overrides) if overrides else plain_rows(name, variant)
    assert total(rows).macs / 1e9 == pytest.approx(gmacs, rel=0.005)


def test_every_variant_of_a_paper_has_its_macs() -> None:
    published = {(name, variant) for name, variant, overrides, _ in PUBLISHED if not overrides}
    assert published == {one for one in VARIANTS if not OURS.search(one[1])}


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_no_part_is_left_over(name: str, variant: str) -> None:
    rows = plain_rows(name, variant)
    assert total(rows).parameters == EXPECTED[name].COUNTS[variant]
    assert REST not in [row.part.name for row in rows]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_rows_add_up_to_the_whole(name: str) -> None:
    variant = EXPECTED[name].SMALL
    whole = measure(sketch(name, variant, {}), image_shape(name, variant, {}))
    assert total(plain_rows(name, variant)) == whole
    assert whole.parameters == EXPECTED[name].COUNTS[variant]


def test_the_stages_of_cvt_13() -> None:
    rows = plain_rows("cvt", "cvt-13")
    assert [row.parameters for row in rows] == [61_696, 1_013_568, 18_536_448, 768 + 385_000]
    macs = [row.macs / 1e9 for row in rows]
    assert macs == pytest.approx([0.482, 0.816, 3.268, 0.000384], abs=0.0005)


@pytest.mark.parametrize(
    ("variant", "counter"),
    [
        ("levit-128s", 305_108_946),
        ("levit-128", 406_114_880),
        ("levit-192", 657_601_916),
        ("levit-256", 1_128_024_056),
        ("levit-384", 2_352_935_380),
    ],
)
def test_the_counter_of_levits_authors_adds_one_for_each_attention_weight(
    variant: str, counter: int
) -> None:
    weights, keys = 0, 0
    for row in plain_rows("levit", variant)[:-1]:
        part = row.part
        assert part.tokens is not None
        weights += (part.blocks or 1) * (part.num_heads or 0) * part.tokens * keys
        keys = part.tokens
    assert total(plain_rows("levit", variant)).macs + weights == counter


def test_each_product_of_a_transformer_is_counted_once() -> None:
    patches, tokens, dim, depth, pixels = 16, 17, 64, 4, 2 * 2
    linear = depth * tokens * 12 * dim**2  # qkv 3, projection 1, MLP 4 and 4
    attention = depth * 2 * tokens**2 * dim
    whole = patches * pixels * dim + linear + attention + dim * 10
    assert total(plain_rows("vit", "deit-8px")).macs == whole


@pytest.mark.parametrize("padding", ["same", "valid", 2])
def test_a_depthwise_convolution_whose_padding_is_a_word_counts_like_any_other(
    padding: str | int,
) -> None:
    side = 6 if padding == "valid" else 10
    layer = nn.Conv2d(8, 8, 5, padding=padding, groups=8)
    assert layer_macs(layer, (8, 10, 10)) == 8 * 5**2 * side**2


def test_what_is_no_product_counts_nothing() -> None:
    layers = nn.Sequential(nn.BatchNorm2d(8), nn.Hardswish(), nn.AvgPool2d(2), nn.Softmax(1))
    assert layer_macs(layers, (8, 10, 10)) == 0


def test_a_batch_norm_does_not_ask_for_a_larger_batch() -> None:
    layers = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.BatchNorm1d(3))
    assert layer_macs(layers.train(), (1, 2, 2)) == 12


class Scattered(nn.Module):
    """Computes in modules, in one that is called alone, and, without a module, itself."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.ModuleDict({"one": nn.Linear(4, 4, bias=False), "two": nn.Linear(4, 2)})
        self.inner_of_another_name = nn.Linear(2, 2, bias=False)
        self.own = nn.Parameter(torch.empty(2, 3))

    def forward(self, images: Tensor) -> Tensor:
        tokens = images.flatten(2)  # batch × 5 × 4
        tokens = self.inner["one"](tokens)
        tokens = scaled_dot_product_attention(tokens, tokens, tokens)
        return self.inner_of_another_name(self.inner["two"](tokens)) @ self.own


def scattered(*outline: Part) -> list[tuple[str, int, int]]:
    with torch.device("meta"):
        rows = measure_parts(Scattered(), (5, 2, 2), outline)
    return [(row.part.name, row.parameters, row.macs) for row in rows]


def test_what_a_model_computes_itself_is_a_row_of_its_own() -> None:
    attention, own = 2 * 5 * 5 * 4, 5 * 2 * 3
    assert scattered(Part(name="inner", holds=("inner",))) == [
        ("inner", 16 + 10, 5 * (16 + 8)),
        ("rest", 4 + 6, 5 * 4 + attention + own),
    ]


def test_a_part_holds_modules_and_parameters_by_their_names() -> None:
    parts = [
        Part(name="one and own", holds=("inner.one", "own")),
        Part(name="two", holds=("inner.two", "inner_of_another_name")),
    ]
    assert scattered(*parts) == [
        ("one and own", 16 + 6, 5 * 16),
        ("two", 10 + 4, 5 * (8 + 4)),
        ("rest", 0, 2 * 5 * 5 * 4 + 5 * 2 * 3),
    ]


def test_measuring_leaves_no_hook_behind() -> None:
    model = sketch("vit", "deit-8px", {})
    first, second = (measure(model, (1, 8, 8)) for _ in range(2))
    assert first == second
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_a_model_that_is_not_on_the_meta_device() -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 the whole message is compared
        measure(build("vit", "deit-8px", {}, seed=0), (1, 8, 8))
    assert str(error.value) == (
        "MACs are counted on the meta device, but the model is on cpu; "
        "build it under `with torch.device('meta')`"
    )

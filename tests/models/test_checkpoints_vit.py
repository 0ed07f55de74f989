"""DeiT's and timm's weights at other image sizes, and those of timm's hybrids."""

from __future__ import annotations

from typing import Any

import pytest
import timm
import torch
from torch import Tensor, nn

from ablate.models import build
from ablate.models.checkpoints import CHECKPOINTS, fitted, load
from ablate.models.checkpoints.vit import FAMILY
from ablate.models.layers import resize_positions
from tests.models.test_parity import AGREEMENT, images, values


def drawn(model: nn.Module) -> dict[str, Tensor]:
    """The weights that the parity rules give an official model."""
    return {key: values(key, list(value.shape)) for key, value in model.state_dict().items()}


def test_the_hybrid_is_that_of_timm() -> None:
    """With one block in the encoder: those of the stem are what differs from other ViTs."""
    theirs = timm.create_model("vit_base_r50_s16_224", num_classes=3, img_size=48, depth=1)
    weights = drawn(theirs)
    theirs.double().load_state_dict(weights)
    overrides = {**FAMILY.read(weights), "depth": 1}
    assert overrides["image_size"] == 48
    ours = build("vit", "vit-r50-b16", overrides, seed=0)
    name = "vit_base_r50_s16"
    ours.load_state_dict(fitted(name, FAMILY, ours.state_dict(), overrides, weights), assign=True)
    with torch.no_grad():
        logits, expected = ours.eval()(images(48)), theirs.eval()(images(48))
    assert (logits - expected).abs().max().item() < AGREEMENT


def test_the_image_size_of_a_hybrid_is_read_off_its_stages() -> None:
    with torch.device("meta"):
        theirs = timm.create_model("vit_large_r50_s32_384", num_classes=3)
    assert FAMILY.read(theirs.state_dict())["image_size"] == 384


def deit_tiny(overrides: dict[str, Any], side: int) -> dict[str, Tensor]:
    """Random weights of a DeiT-Ti under the official names."""
    model = build("vit", "deit-ti", {**overrides, "num_classes": 3, "image_size": side}, seed=0)
    return {FAMILY.official_key(key, overrides): v for key, v in model.state_dict().items()}


@pytest.mark.parametrize(
    ("toggles", "overrides"),
    [
        ({}, {}),
        ({"distillation": True}, {"use_distillation_token": True}),
        (
            {"class_token": False, "global_pool": "avg"},
            {"use_cls_token": False, "pool": "avg"},
        ),
    ],
)
def test_a_table_is_drawn_to_the_asked_image_size(
    toggles: dict[str, object], overrides: dict[str, Any]
) -> None:
    weights = deit_tiny(overrides, 96)
    larger = load("deit_tiny", weights, image_size=160, toggles=toggles)
    extra = weights["pos_embed"].shape[1] - 6**2
    wanted = resize_positions(weights["pos_embed"], extra, 10, 10, "bicubic")
    assert torch.equal(larger.state_dict()["pos_embed"], wanted)
    # A model that meets the size only in an image does the same.
    as_trained = load("deit_tiny", weights, toggles=toggles)
    asked = torch.randn(1, 3, 160, 160)
    torch.testing.assert_close(as_trained(asked), larger(asked))


def test_official_keys_of_a_hybrid() -> None:
    ours = {
        "patch_embed.backbone.root.conv.weight": "patch_embed.backbone.stem.conv.weight",
        "patch_embed.backbone.stages.1.0.shortcut.norm.bias": (
            "patch_embed.backbone.stages.1.blocks.0.downsample.norm.bias"
        ),
        "patch_embed.backbone.stages.2.8.conv3.weight": (
            "patch_embed.backbone.stages.2.blocks.8.conv3.weight"
        ),
        "patch_embed.proj.bias": "patch_embed.proj.bias",
        "blocks.3.norm1.weight": "blocks.3.norm1.weight",
    }
    assert {key: CHECKPOINTS["vit_base_r50_s16"].official_key(key, {}) for key in ours} == ours

"""What is particular to a DeiT on a ResNet's stages."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.resnet import Bottleneck
from torchvision.models.resnet import ResNet as TorchvisionResNet

from ablate.measure.macs import measure_parts, sketch
from ablate.models import build
from ablate.models.graft import Graft
from ablate.models.vit import ViT

# LeViT Table 1: stages of the ResNet, layers of the DeiT
ROWS = [(0, 12), (1, 9), (2, 6), (3, 3), (4, 0)]


def small(overrides: dict[str, object], variant: str = "graft-8px") -> Graft:
    model = build("graft", variant, overrides, seed=0)
    assert isinstance(model, Graft)
    return model


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"stages": 5}, "stages is 5; allowed: 0 to 4, those of resnet_depths"),
        ({"stages": -1}, "stages is -1; allowed: 0 to 4, those of resnet_depths"),
        ({"depth": -1}, "depth is -1; allowed: 0 and more"),
        ({"stages": 0, "depth": 0}, "stages 0 and depth 0 leave nothing to look at the image"),
        (
            {"stages": 4, "depth": 3},
            "stages 4 coarsen the image by 4, and patch_size 2 is not a multiple of that; above "
            "them depth must be 0",
        ),
        (
            {"resnet_strides": [1, 2, 2]},
            "resnet_strides has 3 values, but resnet_depths has 4 stages",
        ),
        ({"resnet_width": 0}, "resnet_width is 0; allowed: 1 and more"),
        ({"image_size": 9}, "image_size 9 is not a multiple of patch_size 2"),
        ({"num_heads": 5}, "dim 32 is not a multiple of num_heads 5"),
        ({"init_std": 0.0}, "init_std is 0.0; allowed: above 0"),
        ({"drop_path": 1.0}, "drop_path is 1.0; allowed: 0 up to, but not, 1"),
    ],
)
def test_impossible_combinations_say_what_is_allowed(
    overrides: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        small(overrides)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("variant", "convolutions", "projection"),
    [
        ("graft-0", 0.0, 57.8),  # Table 1: 57
        ("graft-1", 786.0, 19.3),  # 820
        ("graft-2", 1813.6, 38.5),  # 1876
        ("graft-3", 3277.9, 77.1),  # 3385
        ("graft-4", 4087.1, 0.0),  # 4119
    ],
)
def test_convolutions_cost_what_those_of_resnet_50_do(
    variant: str, convolutions: float, projection: float
) -> None:
    model = sketch("graft", variant, {})
    assert isinstance(model, Graft)
    rows = {row.part.name: row for row in measure_parts(model, (3, 224, 224), model.outline())}
    stages = [row.macs for name, row in rows.items() if name.startswith(("root", "stage"))]
    assert sum(stages) / 1e6 == pytest.approx(convolutions, abs=0.05)
    tokens = rows["patches"].macs if "patches" in rows else 0
    assert tokens / 1e6 == pytest.approx(projection, abs=0.05)


def test_without_stages_it_is_deit() -> None:
    graft = small({"stages": 0, "depth": 4, "use_distillation_head": False}).double()
    same = {"dim": 32, "num_heads": 2, "depth": 4}
    deit = build("vit", "deit-8px", same, seed=0).double()
    assert isinstance(deit, ViT)
    weights = {re.sub(r"^deit\.", "", key): value for key, value in graft.state_dict().items()}
    assert weights.keys() == deit.state_dict().keys()
    deit.load_state_dict(weights)
    for size in ((8, 8), (12, 6)):
        images = torch.randn(2, 1, *size, dtype=torch.float64)
        torch.testing.assert_close(graft(images), deit(images))


RESNET = (
    (r"^resnet\.root\.conv", "conv1"),
    (r"^resnet\.root\.norm", "bn1"),
    (r"^resnet\.stages\.(\d)", lambda found: f"layer{int(found[1]) + 1}"),
    (r"\.norm(\d)", r".bn\1"),
    (r"\.shortcut\.conv", ".downsample.0"),
    (r"\.shortcut\.norm", ".downsample.1"),
    (r"^head", "fc"),
)


def in_torchvision(key: str) -> str:
    for pattern, replacement in RESNET:
        key = re.sub(pattern, replacement, key)
    return key


def test_all_stages_without_layers_are_torchvisions_resnet() -> None:
    torch.manual_seed(0)
    theirs = TorchvisionResNet(Bottleneck, [1, 2, 1, 1], num_classes=3).double()
    for value in theirs.state_dict().values():
        if value.dim() == 1:
            value.uniform_(0.5, 1.5)
    overrides = {"num_classes": 3, "resnet_depths": [1, 2, 1, 1]}
    ours = small(overrides, "graft-4").double()
    weights = theirs.state_dict()
    ours.load_state_dict({key: weights[in_torchvision(key)] for key in ours.state_dict()})
    images = torch.randn(2, 3, 65, 48, dtype=torch.float64)
    for mode in (True, False):
        torch.testing.assert_close(ours.train(mode)(images), theirs.train(mode)(images))
    torch.testing.assert_close(  # the running means of the step above
        ours.state_dict()["resnet.root.norm.running_mean"], weights["bn1.running_mean"]
    )


@pytest.mark.parametrize(("stages", "side"), [(1, 56), (2, 28), (3, 14)])
def test_features_are_averaged_down_to_the_grid_of_deit(stages: int, side: int) -> None:
    with torch.device("meta"):
        model = small({"stages": stages, "depth": 1}, "graft-2")
    seen: dict[str, Tensor] = {}

    def keep(module: nn.Module, args: tuple[Tensor, ...], out: Tensor) -> None:
        seen["features"], seen["grid"] = args[0], out

    model.get_submodule("deit.pool").register_forward_hook(keep)
    model(torch.empty(1, 3, 224, 224, device="meta"))
    assert seen["features"].shape[2:] == (side, side)
    assert seen["grid"].shape[2:] == (14, 14)


def test_the_mean_of_what_a_token_covers_is_all_that_counts() -> None:
    deit = small({"stages": 2}).get_submodule("deit")
    features = torch.randn(1, 96, 8, 8)
    swapped = features.unflatten(3, (4, 2)).flip(4).flatten(3)
    torch.testing.assert_close(deit(features), deit(swapped))


def test_logits_are_the_mean_of_two_heads_on_one_token_in_either_mode() -> None:
    model, images = small({}), torch.randn(2, 1, 8, 8)
    for mode in (True, False):
        first, second = model.train(mode).heads(images)
        assert not torch.equal(first, second)
        torch.testing.assert_close(model(images), (first + second) / 2, rtol=1e-4, atol=1e-5)
    model.get_submodule("head_dist").load_state_dict(model.get_submodule("head").state_dict())
    first, second = model.heads(images)
    assert torch.equal(first, second)
    assert len(small({"use_distillation_head": False}).heads(images)) == 1


@pytest.mark.parametrize("variant", ["graft-8px", "graft-16px"])
def test_every_row_of_the_table_can_be_had_small(variant: str) -> None:
    counts = set()
    for stages, depth in ROWS:
        model = small({"stages": stages, "depth": depth}, variant)
        for side in (16, 8):
            assert model.eval()(torch.randn(2, 1, side, side)).shape == (2, 10)
        counts.add(sum(parameter.numel() for parameter in model.parameters()))
        assert len([part for part in model.outline() if part.name.startswith("stage")]) == stages
    assert len(counts) == len(ROWS)

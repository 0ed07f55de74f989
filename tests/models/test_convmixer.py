"""ConvMixer: what its blocks keep, what its norms see, and its weights under official names."""

import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ablate.models import build
from ablate.models.checkpoints import load
from ablate.models.convmixer import ConvMixer


def small(**overrides: Any) -> nn.Module:
    return build("convmixer", "convmixer-8px", overrides, seed=0)


def grids(count: int = 3) -> Tensor:
    return torch.randn(count, 128, 4, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"patch_size": 9}, "patch_size is 9; allowed: up to image_size 8"),
        ({"patch_size": 0}, "patch_size is 0; allowed: 1 and more"),
        ({"kernel_size": 0}, "kernel_size is 0; allowed: 1 and more"),
        ({"depth": 0}, "depth is 0; allowed: 1 and more"),
        ({"norm": "group"}, "'group' is not a level of norm; allowed: batch, layer"),
    ],
)
def test_impossible_combinations(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 the whole message is compared
        small(**overrides)
    assert str(error.value) == message


def test_levels_are_checked_without_the_catalog() -> None:
    with pytest.raises(ValueError, match=r"^'silu' is not a level of activation; allowed: gelu"):
        ConvMixer(activation="silu")  # type: ignore[arg-type]


sizes = st.integers(1, 9)


@settings(max_examples=25, deadline=None)
@given(patch=sizes, kernel=sizes, dim=st.integers(1, 40), depth=st.integers(1, 4), classes=sizes)
def test_parameters_by_formula(patch: int, kernel: int, dim: int, depth: int, classes: int) -> None:
    with torch.device("meta"):
        model = ConvMixer(
            patch_size=patch, kernel_size=kernel, dim=dim, depth=depth, num_classes=classes
        )
    block = dim * kernel**2 + 3 * dim + dim**2 + 3 * dim
    expected = 3 * patch**2 * dim + 3 * dim + depth * block + (dim + 1) * classes
    assert sum(parameter.numel() for parameter in model.parameters()) == expected


@pytest.mark.parametrize("half", ["depthwise", "pointwise"])
@pytest.mark.parametrize("use_residual", [True, False])
def test_a_residual_carries_the_grid_past_its_half(half: str, use_residual: bool) -> None:
    model = small(**{f"use_{half}_residual": use_residual}).eval()
    mixing = model.get_submodule(f"blocks.0.{half}")
    nn.init.zeros_(mixing.get_parameter("norm.weight"))
    assert torch.equal(mixing(grids()), grids() if use_residual else torch.zeros_like(grids()))


def test_the_norm_comes_last() -> None:
    mixing = small().train().get_submodule("blocks.0.pointwise")
    mixed = mixing(grids(20))
    zero = torch.zeros(128)
    torch.testing.assert_close(mixed.mean((0, 2, 3)), zero, rtol=0, atol=1e-5)
    torch.testing.assert_close(mixed.std((0, 2, 3)), zero + 1, rtol=0, atol=1e-2)


def test_a_layer_norm_sees_one_place_of_one_image() -> None:
    mixing = small(norm="layer").train().get_submodule("blocks.0.pointwise")
    mixed, place = mixing(grids()), mixing(grids()[1:2, :, 2:3, 3:4])
    torch.testing.assert_close(mixed.mean(1), torch.zeros(3, 4, 4), rtol=0, atol=1e-5)
    torch.testing.assert_close(mixed[1:2, :, 2:3, 3:4], place)


@pytest.mark.parametrize("kernel_size", [1, 4, 5, 8, 9])
def test_kernels_of_any_size_keep_the_grid(kernel_size: int) -> None:
    model = small(kernel_size=kernel_size)
    with warnings.catch_warnings():
        # PyTorch says of even kernels that they cost a copy.
        warnings.filterwarnings("ignore", message=".*padding='same' with even kernel")
        assert model.get_submodule("blocks")(grids()).shape == grids().shape


def test_images_need_not_be_square() -> None:
    assert small()(torch.zeros(2, 1, 8, 14)).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "fan_in"),
    [
        ("stem.conv", 1 * 2 * 2),
        ("blocks.0.depthwise.conv", 1 * 5 * 5),
        ("blocks.7.pointwise.conv", 128),
        ("head", 128),
    ],
)
@pytest.mark.parametrize("leaf", ["weight", "bias"])
def test_initial_values_are_uniform_within_pytorchs_bound(
    name: str, fan_in: int, leaf: str
) -> None:
    values = small(num_classes=1000).get_parameter(f"{name}.{leaf}")
    assert values.abs().max() <= fan_in**-0.5
    assert values.std().item() == pytest.approx((3 * fan_in) ** -0.5, rel=0.2)


def official_weights(variant: str, overrides: dict[str, Any]) -> dict[str, Tensor]:
    """Weights of ours under the names that the official sequence gives them."""
    model = build("convmixer", variant, overrides, seed=0)
    depth = len(list(model.get_submodule("blocks").children()))
    places = {"stem.conv": "0", "stem.norm": "2", "head": f"{depth + 5}"}
    for block in range(depth):
        places[f"blocks.{block}.depthwise.conv"] = f"{block + 3}.0.fn.0"
        places[f"blocks.{block}.depthwise.norm"] = f"{block + 3}.0.fn.2"
        places[f"blocks.{block}.pointwise.conv"] = f"{block + 3}.1"
        places[f"blocks.{block}.pointwise.norm"] = f"{block + 3}.3"
    split = ((*key.rpartition("."), value) for key, value in model.state_dict().items())
    return {f"{places[owner]}.{leaf}": value for owner, _, leaf, value in split}


def test_official_sizes_are_read_off_the_weights() -> None:
    keywords = {"patch_size": 3, "kernel_size": 3, "dim": 6, "depth": 2, "num_classes": 4}
    model = load("convmixer_256_8", official_weights("convmixer-256-8", keywords))
    ours = build("convmixer", "convmixer-256-8", keywords, seed=0).state_dict()
    assert model.state_dict().keys() == ours.keys()
    assert all(torch.equal(value, ours[key]) for key, value in model.state_dict().items())


@pytest.mark.parametrize(("toggles", "kind"), [({}, nn.GELU), ({"activation": "relu"}, nn.ReLU)])
def test_the_official_activation_is_what_the_toggle_says(
    toggles: dict[str, object], kind: type[nn.Module]
) -> None:
    weights = official_weights("convmixer-768-32", {"depth": 1, "dim": 8})
    model = load("convmixer_768_32", weights, toggles=toggles)
    assert isinstance(model.get_submodule("stem.activation"), kind)


def test_weights_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^not the weights of convmixer_256_8: missing 0\.bias, "):
        load("convmixer_256_8", {"conv1.weight": torch.zeros(1)})

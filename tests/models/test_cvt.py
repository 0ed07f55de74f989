"""What is particular to CvT."""

import pytest
import torch
from torch import nn
from torchvision.ops import StochasticDepth

from ablate.models import build
from ablate.models.cvt import CvT, QuickGELU, sampling
from ablate.models.layers import resize_positions


def small(overrides: dict[str, object]) -> nn.Module:
    return build("cvt", "cvt-8px", overrides, seed=0)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"depths": (1, 2, 10)}, "depths has 3 values, but dims has 2 stages"),
        ({"projection": ("conv",)}, "projection has 1 values, but dims has 2 stages"),
        ({"kv_stride": (2, 2, 2)}, "kv_stride has 3 values, but dims has 2 stages"),
        ({"num_heads": (3, 2)}, "dim 32 is not a multiple of num_heads 3"),
        ({"drop_path": -0.1}, "drop_path is -0.1; allowed: 0 up to, but not, 1"),
        ({"kv_stride": 0}, "kv_stride is 0; allowed: 1 and more"),
        ({"dims": ()}, "dims is empty; allowed: the width of each stage"),
        (
            {"token_embed": "patch", "token_strides": (1, 3)},
            "patches of 3 × 3 do not fill a grid of 8 × 8",
        ),
        (
            {"token_kernels": (3, 9), "token_paddings": (1, 0)},
            "a token kernel of 9 does not fit a grid of 8 × 8",
        ),
    ],
)
def test_impossible_combinations_say_what_is_allowed(
    overrides: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        small(overrides)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"token_embed": "path"},
            "'path' is not a level of token_embed; did you mean 'patch'? allowed: conv, patch",
        ),
        (
            {"pos_embed_stages": "all"},
            "'all' is not a level of pos_embed_stages; allowed: none, first, last, every",
        ),
        (
            {"projection": ("conv", "con", "conv")},
            "'con' is not a level of projection; did you mean 'conv'? allowed: conv, linear, avg",
        ),
    ],
)
def test_wrong_levels_are_named_by_the_constructor_itself(
    overrides: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        CvT(**overrides)  # type: ignore[arg-type]
    assert str(error.value) == message


def test_a_projection_of_each_stage() -> None:
    model = small({"projection": ["linear", "conv"]})
    methods = [
        type(model.get_submodule(f"stages.{i}.blocks.0.attn.k.sample")).__name__ for i in (0, 1)
    ]
    assert methods == ["Identity", "Sequential"]


@pytest.mark.parametrize(
    ("method", "stride", "side"),
    [("conv", 1, 8), ("conv", 2, 4), ("avg", 1, 8), ("avg", 2, 5), ("linear", 2, 8)],
)
def test_the_grid_of_keys_and_values(method: str, stride: int, side: int) -> None:
    sampled = sampling(4, method, stride)(torch.randn(2, 4, 8, 8))  # type: ignore[arg-type]
    assert sampled.shape == (2, 4, side, side)


def test_a_linear_projection_has_no_stride() -> None:
    images = torch.randn(2, 1, 8, 8)
    one, two = (small({"projection": "linear", "kv_stride": stride})(images) for stride in (1, 2))
    assert torch.equal(one, two)


def test_queries_are_never_pooled() -> None:
    model = small({"projection": "avg"})
    assert isinstance(model.get_submodule("stages.0.blocks.0.attn.q.sample"), nn.Identity)


def test_only_the_last_stage_has_a_class_token_and_drops_paths() -> None:
    model = small({"drop_path": 0.3, "depths": [2, 3]})
    assert [name for name, _ in model.named_parameters() if "cls_token" in name] == [
        "stages.1.cls_token"
    ]
    rates = [module.p for module in model.modules() if isinstance(module, StochasticDepth)]
    assert rates == pytest.approx([0, 0, 0, 0.15, 0.3])


def test_another_image_size_changes_only_the_grid() -> None:
    model = small({"image_size": 16, "pos_embed": "learned"})
    assert model(torch.randn(2, 1, 16, 16)).shape == (2, 10)
    shapes = [p.shape[1] for name, p in model.named_parameters() if name.endswith("pos_embed")]
    assert shapes == [16 * 16, 8 * 8 + 1]


@pytest.mark.parametrize("side", [6, 8, 13, 16])
@pytest.mark.parametrize("stages", ["first", "every"])
def test_images_of_another_size_than_the_model_was_built_for(stages: str, side: int) -> None:
    cell: dict[str, object] = {"pos_embed": "learned", "pos_embed_stages": stages}
    model, built = small(cell).eval(), small({**cell, "image_size": side}).eval()
    weights = model.state_dict()
    for name, extra_tokens, rows in (("stages.0", 0, side), ("stages.1", 1, (side + 1) // 2)):
        if f"{name}.pos_embed" in weights:
            table = weights[f"{name}.pos_embed"]
            weights[f"{name}.pos_embed"] = resize_positions(
                table, extra_tokens, rows, rows, "bicubic"
            )
    built.load_state_dict(weights)
    images = torch.randn(2, 1, side, side)
    torch.testing.assert_close(model(images), built(images))


def test_positions_fit_images_that_are_not_square() -> None:
    assert small({"pos_embed": "learned"})(torch.randn(2, 1, 8, 12)).shape == (2, 10)


def test_images_need_not_be_square() -> None:
    assert small({})(torch.randn(2, 1, 8, 12)).shape == (2, 10)


def test_quick_gelu_is_near_gelu() -> None:
    x = torch.linspace(-4, 4, 101)
    torch.testing.assert_close(QuickGELU()(x), nn.functional.gelu(x), atol=0.021, rtol=0)

"""What is particular to PVT."""

from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torchvision.ops import StochasticDepth

from ablate.models import build, checkpoints
from ablate.models.layers import resize_positions
from ablate.models.outline import Part
from ablate.models.pvt import PVT, SpatialReduction
from tests.models.test_checkpoints import official_weights


def small(overrides: dict[str, object]) -> nn.Module:
    return build("pvt", "pvt-8px", overrides, seed=0)


def logits(overrides: dict[str, object], images: Tensor) -> Tensor:
    out: Tensor = small(overrides).eval()(images)
    return out


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"depths": (3, 4, 6, 3)}, "depths has 4 values, but dims has 2 stages"),
        ({"mlp_ratios": (8.0,)}, "mlp_ratios has 1 values, but dims has 2 stages"),
        ({"sr_ratios": (8, 4, 2)}, "sr_ratios has 3 values, but dims has 2 stages"),
        ({"dims": ()}, "dims is empty; allowed: the width of each stage"),
        ({"sr_ratios": 0}, "sr_ratios is 0; allowed: 1 and more"),
        ({"patch_sizes": (0, 2)}, "patch_sizes is 0; allowed: 1 and more"),
        ({"num_heads": (3, 2)}, "dim 32 is not a multiple of num_heads 3"),
        ({"patch_sizes": (9, 1)}, "a patch of 9 does not fit a grid of 8 × 8"),
        ({"patch_sizes": (4, 4)}, "a patch of 4 does not fit a grid of 2 × 2"),
        ({"sr_ratios": 8}, "an sr_ratio of 8 does not fit a grid of 4 × 4"),
        (
            {"use_pyramid": False, "straight_sr_ratio": 5},
            "an sr_ratio of 5 does not fit a grid of 4 × 4",
        ),
        ({"straight_dim": 0}, "straight_dim is 0; allowed: 1 and more"),
        ({"straight_sr_ratio": -1}, "straight_sr_ratio is -1; allowed: 1 and more"),
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


def test_a_wrong_level_is_named_by_the_constructor_itself() -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        PVT(pos_embed_stages="evry")  # type: ignore[arg-type]
    assert str(error.value) == (
        "'evry' is not a level of pos_embed_stages; did you mean 'every'? "
        "allowed: none, first, last, every"
    )


def test_one_ratio_holds_in_all_stages() -> None:
    images = torch.randn(2, 1, 8, 8)
    assert torch.equal(logits({"sr_ratios": 2}, images), logits({"sr_ratios": (2, 2)}, images))


@pytest.mark.parametrize(("side", "ratio", "made"), [(8, 2, 4), (8, 4, 2), (8, 8, 1), (7, 2, 3)])
@pytest.mark.parametrize("extra_tokens", [0, 1])
def test_reduction_makes_one_token_of_each_square(
    side: int, ratio: int, made: int, extra_tokens: int
) -> None:
    tokens = torch.randn(2, extra_tokens + side**2, 4)
    fewer = SpatialReduction(4, ratio)(tokens, side, side)
    assert fewer.shape == (2, extra_tokens + made**2, 4)
    assert torch.equal(fewer[:, :extra_tokens], tokens[:, :extra_tokens])


def test_a_reduced_token_knows_its_square_alone() -> None:
    reduction = SpatialReduction(4, 2)
    tokens = torch.randn(1, 16, 4)
    changed = tokens.clone()
    changed[0, 1 * 4 + 3] += 1.0  # row 1, column 3: in the second square of the first two rows
    differs = (reduction(tokens, 4, 4) != reduction(changed, 4, 4)).any(2)[0]
    assert differs.tolist() == [False, True, False, False]


def test_what_fills_no_patch_is_cut_off() -> None:
    images = torch.randn(2, 1, 9, 9)
    changed = images.clone()
    changed[..., 8:, :] += 1
    changed[..., 8:] += 1
    model = small({"patch_sizes": (2, 2), "image_size": 9})
    assert torch.equal(model(images), model(changed))
    assert torch.equal(model(images), model(images[..., :8, :8]))


def test_only_the_last_stage_has_a_class_token() -> None:
    names = [name for name, _ in PVT(depths=(1, 1, 1, 1)).named_parameters()]
    assert [name for name in names if "cls_token" in name] == ["stages.3.cls_token"]


def test_drop_path_rises_over_all_blocks() -> None:
    model = small({"drop_path": 0.4, "depths": (2, 3)})
    rates = [module.p for module in model.modules() if isinstance(module, StochasticDepth)]
    assert rates == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_the_pyramid_that_the_paper_prints() -> None:
    with torch.device("meta"):
        rows = PVT().outline()
    assert [(row.side, row.tokens, row.dim, row.blocks, row.num_heads) for row in rows] == [
        (56, 3136, 64, 3, 1),
        (28, 784, 128, 4, 2),
        (14, 196, 320, 6, 5),
        (7, 50, 512, 3, 8),
        (None, None, 512, None, None),
    ]


def test_the_straight_rival_has_one_grid_and_one_width() -> None:
    with torch.device("meta"):
        rows = PVT(use_pyramid=False).outline()
    assert rows[0] == Part(
        name="stage 1", holds=("stages.0",), side=7, tokens=50, dim=768, blocks=8, num_heads=8
    )
    assert [row.name for row in rows] == ["stage 1", "head"]


def test_one_stage_is_the_first_the_last_and_every_one() -> None:
    images = torch.randn(2, 1, 8, 8)
    first, last, every = (
        logits({"use_pyramid": False, "pos_embed_stages": which}, images)
        for which in ("first", "last", "every")
    )
    assert torch.equal(first, last)
    assert torch.equal(first, every)


@pytest.mark.parametrize(("pos_embed", "blind"), [("none", True), ("learned", False)])
def test_the_straight_rival_without_positions_sees_a_bag_of_patches(
    pos_embed: str, blind: bool
) -> None:
    model = small({"use_pyramid": False, "pos_embed": pos_embed}).double().eval()
    images = torch.randn(2, 1, 8, 8, dtype=torch.float64)
    moved = images.roll(2, dims=3)  # by one patch
    assert torch.allclose(model(images), model(moved), atol=1e-12) is blind


def grids(side: int) -> list[tuple[str, int, int]]:
    """Stage, tokens without a place and rows, in pvt-8px."""
    return [("stages.0", 0, side), ("stages.1", 1, side // 2)]


@settings(deadline=None, max_examples=20)
@given(side=st.integers(4, 20))
@example(side=16)
def test_positions_are_resized_as_if_the_model_had_been_built_for_the_image(side: int) -> None:
    """Also at twice the side, where stage 2 has as many tokens as stage 1 was built for."""
    model, built = small({}).eval(), small({"image_size": side}).eval()
    weights = model.state_dict()
    for name, extra_tokens, rows in grids(side):
        table = weights[f"{name}.pos_embed"]
        drawn = resize_positions(table, extra_tokens, rows, rows, "bilinear")
        assert torch.equal(drawn[:, :extra_tokens], table[:, :extra_tokens])
        weights[f"{name}.pos_embed"] = drawn
    built.load_state_dict(weights)
    images = torch.randn(2, 1, side, side)
    torch.testing.assert_close(model(images), built(images))


def test_images_need_not_be_square() -> None:
    assert small({})(torch.randn(2, 1, 8, 12)).shape == (2, 10)


@pytest.mark.parametrize("side", [160, 384, 448])
def test_pvt_tiny_at_sizes_it_was_not_built_for(side: int) -> None:
    with torch.device("meta"):
        model = build("pvt", "pvt-tiny", {}, seed=0).eval()
        assert model(torch.empty(2, 3, side, side)).shape == (2, 1000)


@pytest.mark.parametrize("side", [64, 96])
@pytest.mark.parametrize("sr_ratios", [(8, 4, 2, 1), (4, 4, 1, 1)])
def test_official_weights_tell_image_size_and_ratios(side: int, sr_ratios: tuple[int, ...]) -> None:
    overrides: dict[str, Any] = {"image_size": side, "sr_ratios": sr_ratios}
    found = checkpoints.CHECKPOINTS["pvt_tiny"].read(official_weights("pvt_tiny", overrides))
    assert found == {"num_classes": 3, "image_size": side, "sr_ratios": list(sr_ratios)}


def test_official_tables_are_resized_to_the_image_size_asked_for() -> None:
    weights = {
        key: torch.randn(value.shape, generator=torch.Generator().manual_seed(0))
        for key, value in official_weights("pvt_tiny", {"image_size": 64}).items()
    }
    ours = checkpoints.load("pvt_tiny", weights, image_size=96).state_dict()
    shapes = [ours[f"stages.{stage}.pos_embed"].shape[1] for stage in range(4)]
    assert shapes == [24**2, 12**2, 6**2, 3**2 + 1]
    table = ours["stages.3.pos_embed"]
    assert torch.equal(table[:, 0], weights["pos_embed4"][:, 0])
    assert torch.equal(table, resize_positions(weights["pos_embed4"], 1, 3, 3, "bilinear"))
    assert torch.equal(
        ours["stages.0.pos_embed"], resize_positions(weights["pos_embed1"], 0, 24, 24, "bilinear")
    )

"""What is particular to LeViT: its rivals, its bias tables, how it starts and how it folds."""

import itertools
import zlib
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.ops import StochasticDepth

from ablate.measure.macs import image_shape, measure, sketch
from ablate.models import build, checkpoints
from ablate.models.catalog import describe
from ablate.models.checkpoints.levit import FAMILY
from ablate.models.layers import ChannelNorm
from ablate.models.levit import LeViT
from ablate.models.levit_layers import (
    AttentionBias,
    NormLinear,
    Residual,
    TokenLinear,
    TokenNorm,
    fold_batch_norm,
)

RIVALS: list[dict[str, Any]] = [
    {"use_pyramid": False},
    {"stem": "patch"},
    {"norm": "pre_layer"},
    {"use_distillation_head": False},
    {"pos_embed": "learned"},
    {"pos_embed": "none"},
    {"use_wide_blocks": False},
    {"use_attention_activation": False},
]


def small(overrides: dict[str, Any]) -> LeViT:
    model = build("levit", "levit-8px", overrides, seed=0)
    assert isinstance(model, LeViT)
    return model


def trained_a_little(overrides: dict[str, Any]) -> LeViT:
    """In float64, with no parameter and no running moment where it started."""
    model = small(overrides).double()
    draw = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        shift = torch.randn(parameter.shape, generator=draw, dtype=torch.float64)
        parameter.data += 0.1 * shift
    for _ in range(3):
        model.train()(1 + torch.randn(8, 1, 8, 8, generator=draw, dtype=torch.float64))
    return model


def images(count: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(1)
    return torch.randn(count, 1, 8, 8, generator=draw, dtype=torch.float64)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"dims": ()}, "dims is empty; allowed: the width of each stage"),
        ({"depths": (1,)}, "depths has 1 values, but dims has 2 stages"),
        ({"num_heads": (4, 6, 8)}, "num_heads has 3 values, but dims has 2 stages"),
        ({"dims": (60, 96)}, "dim 60 is not a multiple of key_dim 8"),
        ({"depths": (1, 0)}, "depths is 0; allowed: 1 and more"),
        ({"key_dim": 0}, "key_dim is 0; allowed: 1 and more"),
        ({"stem_depth": 0}, "stem_depth is 0; allowed: 1 and more"),
        ({"straight_key_dim": 0}, "straight_key_dim is 0; allowed: 1 and more"),
        ({"stem_depth": 8}, "dim 64 cannot be halved 7 times; see stem_depth"),
        ({"stem": "patch", "image_size": 9}, "image_size 9 is not a multiple of 2"),
        ({"init_std": 0.0}, "init_std is 0.0; allowed: above 0"),
        ({"drop_path": 1.0}, "drop_path is 1.0; allowed: 0 up to, but not, 1"),
    ],
)
def test_impossible_combinations_say_what_is_allowed(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        small(overrides)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"stem": "patches"}, "did you mean 'patch'? allowed: conv, patch"),
        ({"norm": "layer"}, "did you mean 'pre_layer'? allowed: batch, pre_layer"),
        ({"pos_embed": "learn"}, "did you mean 'learned'? allowed: attention_bias, learned, none"),
    ],
)
def test_wrong_levels_are_named_by_the_constructor_itself(
    overrides: dict[str, Any], message: str
) -> None:
    ((toggle, level),) = overrides.items()
    with pytest.raises(ValueError) as error:  # noqa: PT011
        LeViT(**overrides)
    assert str(error.value) == f"{level!r} is not a level of {toggle}; {message}"


def rows(variant: str, overrides: dict[str, Any]) -> list[tuple[Any, ...]]:
    outline = sketch("levit", variant, overrides).outline()  # type: ignore[operator]
    return [(row.name, row.side, row.dim, row.blocks, row.num_heads) for row in outline]


def test_the_table_of_levit_192() -> None:
    assert rows("levit-192", {}) == [
        ("stem", 14, 192, None, None),
        ("stage 1", 14, 192, 4, 3),
        ("shrink 1", 7, 288, None, 6),
        ("stage 2", 7, 288, 4, 5),
        ("shrink 2", 4, 384, None, 9),
        ("stage 3", 4, 384, 4, 6),
        ("head", None, 384, None, None),
    ]


def test_the_straight_rival_of_levit_128s() -> None:
    assert rows("levit-128s", {"use_pyramid": False}) == [
        ("stem", 14, 114, None, None),
        ("stage 1", 14, 114, 11, 3),
        ("head", None, 114, None, None),
    ]


def test_the_narrow_rival_of_levit_128s() -> None:
    stages = rows("levit-128s", {"use_wide_blocks": False})[1:-1]
    assert [(dim, heads) for _, _, dim, _, heads in stages] == [
        (120, 4),
        (180, 16),
        (180, 6),
        (240, 24),
        (240, 8),
    ]


@pytest.mark.parametrize("rival", [{"use_pyramid": False}, {"use_wide_blocks": False}])
@pytest.mark.parametrize("variant", describe("levit").variants)
def test_rivals_cost_about_the_same(variant: str, rival: dict[str, Any]) -> None:
    wide, other = (
        measure(sketch("levit", variant, cell), image_shape("levit", variant, cell)).macs
        for cell in ({}, rival)
    )
    assert other == pytest.approx(wide, rel=0.06 if variant.endswith("px") else 0.03)


def test_grids_halve_and_round_up() -> None:
    for size, sides in {224: [14, 7, 4], 160: [10, 5, 3], 250: [16, 8, 4]}.items():
        table = rows("levit-128s", {"image_size": size})
        assert [side for name, side, *_ in table if name.startswith("stage")] == sides


@pytest.mark.parametrize(
    ("side", "stride", "checksum"),
    [
        (14, 1, 333059083),
        (14, 2, 3895428057),
        (7, 1, 2063902157),
    ],
)
def test_distances_are_numbered_as_in_the_official_checkpoints(
    side: int, stride: int, checksum: int
) -> None:
    index = AttentionBias(1, side, stride).index
    assert zlib.crc32(index.numpy().tobytes()) == checksum


@pytest.mark.parametrize(("side", "stride"), [(4, 1), (4, 2), (5, 2)])
def test_a_bias_belongs_to_a_distance(side: int, stride: int) -> None:
    bias = AttentionBias(2, side, stride)
    nn.init.normal_(bias.table)
    queries = list(itertools.product(range(0, side, stride), repeat=2))
    keys = list(itertools.product(range(side), repeat=2))
    table = bias.table.view(2, side, side)
    expected = [[table[:, abs(y - v), abs(x - w)] for v, w in keys] for y, x in queries]
    rebuilt = torch.stack([torch.stack(row) for row in expected]).permute(2, 0, 1)
    assert torch.equal(bias(), rebuilt)


def shuffled_patches(images: Tensor) -> Tensor:
    """The same 2 × 2 patches in another order: rows and columns of patches are swapped."""
    patches = images.view(-1, 1, 4, 2, 4, 2).permute(0, 1, 4, 3, 2, 5)
    return patches.reshape(images.shape)


@pytest.mark.parametrize(("pos_embed", "blind"), [("none", True), ("learned", False)])
def test_without_positions_a_straight_network_sees_a_bag_of_patches(
    pos_embed: str, blind: bool
) -> None:
    cell = {"pos_embed": pos_embed, "stem": "patch", "use_pyramid": False}
    model = trained_a_little(cell).eval()
    same = torch.allclose(model(images()), model(shuffled_patches(images())), atol=1e-12)
    assert same is blind


def test_a_bias_knows_distances_but_not_directions() -> None:
    cell = {"pos_embed": "attention_bias", "stem": "patch", "use_pyramid": False}
    model = trained_a_little(cell).eval()
    # Mirrored at the diagonal, every distance has its rows and columns swapped.
    assert not torch.allclose(model(images()), model(shuffled_patches(images())), atol=1e-6)
    for bias in model.modules():
        if isinstance(bias, AttentionBias):
            square = bias.table.data.view(-1, 4, 4)
            bias.table.data = ((square + square.mT) / 2).flatten(1)
    torch.testing.assert_close(model(images()), model(shuffled_patches(images())))


def test_a_residual_branch_adds_nothing_at_the_start() -> None:
    tokens = torch.randn(2, 16, 64)
    for name, module in small({}).named_modules():
        if isinstance(module, Residual) and name.startswith("stages.0"):
            assert torch.equal(module(tokens), tokens)
    attention = small({}).get_submodule("stages.1.shrink.attn")
    assert attention(tokens).any()


def test_layer_norm_loses_the_start_at_nothing() -> None:
    block = small({"norm": "pre_layer"}).get_submodule("stages.0.blocks.0")
    tokens = torch.randn(2, 16, 64)
    assert (block(tokens) - tokens).abs().mean() > 0.1


def test_layer_norm_leaves_no_statistics_of_the_batch() -> None:
    model = small({"norm": "pre_layer"})
    assert [name for name, _ in model.named_buffers() if not name.endswith("bias.index")] == []
    together, alone = model(images().float()), model(images(1).float())
    torch.testing.assert_close(together[:1], alone)


def test_channel_norm_is_layer_norm_at_each_place() -> None:
    grid = torch.randn(2, 6, 3, 4)
    norm = ChannelNorm(6)
    torch.testing.assert_close(
        norm(grid)[1, :, 2, 3], nn.functional.layer_norm(grid[1, :, 2, 3], [6])
    )


def test_batch_norm_sees_all_tokens_of_all_images() -> None:
    out = TokenLinear(4, 6, "batch")(torch.randn(3, 5, 4)).flatten(0, 1)
    torch.testing.assert_close(out.mean(0), torch.zeros(6), atol=1e-5, rtol=0)
    torch.testing.assert_close(out.var(0, correction=0), torch.ones(6), atol=1e-2, rtol=0)


def test_a_token_alone_is_normed_as_in_evaluation() -> None:
    norm = TokenNorm(4).train()
    norm(torch.randn(8, 4))
    before = {name: buffer.clone() for name, buffer in norm.named_buffers()}
    token = torch.randn(1, 4)
    out = norm(token)
    assert all(torch.equal(buffer, before[name]) for name, buffer in norm.named_buffers())
    assert torch.equal(out, norm.eval()(token))


def test_all_residual_branches_drop_at_one_rate() -> None:
    model = small({"drop_path": 0.3})
    rates = [module.p for module in model.modules() if isinstance(module, StochasticDepth)]
    assert rates == [0.3] * (2 * 3 + 1)  # attention and MLP of 3 blocks, and the MLP that shrinks


def test_the_logits_are_the_mean_of_two_heads_in_either_mode() -> None:
    model = small({})
    for head, value in ((model.head, 1.0), (model.head_dist, 3.0)):
        assert isinstance(head, NormLinear)
        nn.init.zeros_(head.linear.weight)
        nn.init.constant_(head.linear.bias, value)
    for mode in (True, False):
        first, second = model.train(mode).heads(images().float())
        assert (first == 1).all()
        assert (second == 3).all()
        assert (model(images().float()) == 2).all()
    assert len(small({"use_distillation_head": False}).heads(images().float())) == 1


@pytest.mark.parametrize("overrides", [{}, *RIVALS])
def test_folding_leaves_the_logits_and_no_batch_norm(overrides: dict[str, Any]) -> None:
    model = trained_a_little(overrides)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    folded = fold_batch_norm(model)
    assert not folded.training
    norms = nn.BatchNorm1d | nn.BatchNorm2d
    assert not [module for module in folded.modules() if isinstance(module, norms)]

    assert model.training
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in after.items())
    with torch.no_grad():
        pairs = zip(model.eval().heads(images()), folded.heads(images()), strict=True)
        for ours, theirs in pairs:
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_a_folded_network_is_smaller_and_has_the_same_rows() -> None:
    model = small({})
    folded = fold_batch_norm(model)
    counts = [sum(parameter.numel() for parameter in one.parameters()) for one in (model, folded)]
    outputs = 64 + (128 + 64 + 128 + 64) + (64 + 320 + 96 + 192 + 96) + 2 * (192 + 96 + 192 + 96)
    assert counts[0] - counts[1] == outputs + 2 * 2 * 96  # a bias for two numbers; a head has one
    assert folded.outline() == model.outline()


def official_weights(name: str, overrides: dict[str, Any]) -> dict[str, Tensor]:
    """Zeros with the official keys and the shapes of our model, index tables among them."""
    variant = FAMILY.variants[name]
    model = sketch("levit", variant, overrides)
    keywords = describe("levit").defaults(variant)
    weights = {
        FAMILY.official_key(key, keywords): torch.zeros(value.shape, dtype=value.dtype)
        for key, value in model.state_dict().items()
    }
    assert len(weights) == len(model.state_dict())
    return {**weights, "blocks.0.m.attention_bias_idxs": torch.zeros(2, 2, dtype=torch.int64)}


@pytest.mark.parametrize(("name", "last"), [("levit_128s", 21), ("levit_384", 27)])
def test_official_blocks_are_numbered_through_all_stages(name: str, last: int) -> None:
    keys = official_weights(name, {})
    numbers = {int(key.split(".")[1]) for key in keys if key.startswith("blocks.")}
    assert numbers == set(range(last + 1))


def test_what_official_weights_say_of_themselves() -> None:
    cell = {"image_size": 160, "num_classes": 3, "use_distillation_head": False}
    model = checkpoints.load("levit_192", official_weights("levit_192", cell))
    assert isinstance(model, LeViT)
    assert len(model.heads(torch.zeros(1, 3, 160, 160))) == 1
    assert model(torch.zeros(1, 3, 160, 160)).shape == (1, 3)


def test_official_weights_of_another_depth_do_not_fit() -> None:
    weights = official_weights("levit_128s", {})
    gone = [key for key in weights if key.startswith("blocks.21.")]
    for key in gone:
        del weights[key]
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checkpoints.load("levit_128s", weights)
    assert str(error.value) == (
        f"not the weights of levit_128s: missing {', '.join(sorted(gone))}; unknown nothing"
    )


def test_another_image_size_needs_other_bias_tables() -> None:
    with pytest.raises(ValueError, match=r"blocks\.0\.m\.attention_biases is 4 × 196, not 4 × 256"):
        checkpoints.load("levit_128s", official_weights("levit_128s", {}), image_size=256)

"""What is particular to ViT and DeiT."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, softmax

from ablate.models import build
from ablate.models.positions import RelativeKeys, joined_axes, resize_offsets, sincos_2d
from ablate.models.resnet import ResNet, StandardizedConv, padded_as_same
from ablate.models.vit import Attention, ViT

POSITIONS = ["learned", "learned_2d", "sincos_2d", "relative"]


def small(overrides: dict[str, object]) -> ViT:
    model = build("vit", "deit-8px", overrides, seed=0)
    assert isinstance(model, ViT)
    return model


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"pool": "cls", "use_cls_token": False},
            "pool 'cls' needs use_cls_token; without one, use pool 'avg'",
        ),
        (
            {"pool": "avg", "use_distillation_token": True},
            "use_distillation_token needs pool 'cls': DeiT reads two tokens",
        ),
        (
            {"pos_embed": "sincos_2d", "dim": 6, "num_heads": 2},
            "pos_embed 'sincos_2d' needs a dim that is a multiple of 4, not 6",
        ),
        (
            {"pos_embed": "learned_2d", "dim": 5, "num_heads": 5},
            "pos_embed 'learned_2d' needs a dim that is a multiple of 2, not 5",
        ),
        (
            {"pos_embed": "none", "pos_injection": "every_layer"},
            "pos_injection 'every_layer' adds tables, but pos_embed 'none' has none; allowed: stem",
        ),
        (
            {"pos_embed": "relative", "pos_injection": "shared"},
            "pos_injection 'shared' adds tables, but pos_embed 'relative' has none; allowed: stem",
        ),
        (
            {"pos_embed": "sincos_2d", "pos_injection": "every_layer"},
            "pos_injection 'every_layer' gives each layer a table of its own, but pos_embed "
            "'sincos_2d' has only one; allowed: stem, shared",
        ),
        (
            {"stem": "conv", "image_size": 9, "patch_size": 3},
            "stem 'conv' needs a patch_size that is a power of 2 and divides dim, not 3 and 64",
        ),
        (
            {"stem": "resnet", "resnet_depths": [1, 1, 1]},
            "stem 'resnet' coarsens the image by 4; patch_size must be a multiple of that, not 2",
        ),
        (
            {"stem": "resnet", "resnet_depths": [1, 0]},
            "resnet_depths is 0; allowed: 1 and more",
        ),
        ({"stem": "resnet", "resnet_width": 0}, "resnet_width is 0; allowed: 1 and more"),
        ({"image_size": 9}, "image_size 9 is not a multiple of patch_size 2"),
        ({"num_heads": 0}, "num_heads is 0; allowed: 1 and more"),
        ({"num_heads": 5}, "dim 64 is not a multiple of num_heads 5"),
        ({"init_std": 0.0}, "init_std is 0.0; allowed: above 0"),
        ({"drop_path": 1.0}, "drop_path is 1.0; allowed: 0 up to, but not, 1"),
        ({"dropout": -0.1}, "dropout is -0.1; allowed: 0 up to, but not, 1"),
    ],
)
def test_impossible_combinations_say_what_is_allowed(
    overrides: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        build("vit", "deit-8px", overrides, seed=0)
    assert str(error.value) == message


def test_a_wrong_level_reaches_the_constructor_with_the_same_message() -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ViT(pos_embed="lerned")  # type: ignore[arg-type]
    assert str(error.value) == (
        "'lerned' is not a level of pos_embed; did you mean 'learned'? "
        "allowed: none, learned, learned_2d, sincos_2d, relative"
    )


def test_sincos_tells_row_and_column() -> None:
    table = sincos_2d(height=3, width=3, dim=8, extra_tokens=1)[0]
    assert table.shape == (1 + 9, 8)
    assert not table[0].any()
    row, column, wavelengths = 2, 1, (1.0, 10_000**0.5)
    expected = [
        f(at / w) for at in (row, column) for f in (math.sin, math.cos) for w in wavelengths
    ]
    torch.testing.assert_close(table[1 + 3 * row + column], torch.tensor(expected))
    assert len(torch.unique(table, dim=0)) == 10


@pytest.mark.parametrize("level", ["learned", "sincos_2d"])
def test_positions_can_be_looked_at_by_name(level: str) -> None:
    model = small({"pos_embed": level})
    assert model.pos_embed is not None
    assert model.pos_embed.shape == (1, 17, 64)
    assert ("pos_embed" in model.state_dict()) is (level == "learned")


def test_two_learned_tables_tell_column_and_row() -> None:
    model = small({"pos_embed": "learned_2d", "use_distillation_token": True})
    assert model.pos_embed is not None
    table = joined_axes(model.pos_embed, extra_tokens=2)[0]
    assert torch.equal(table[:2], model.pos_embed[0, :2])
    places = table[2:].reshape(4, 4, 64)
    x, y = model.pos_embed[0, 2:].chunk(2, dim=1)
    for row in range(4):
        for column in range(4):
            assert torch.equal(places[row, column], torch.cat([x[column], y[row]]))


@pytest.mark.parametrize("level", ["learned", "learned_2d"])
def test_a_table_in_every_layer_is_its_own(level: str) -> None:
    model = small({"pos_embed": level, "pos_injection": "every_layer"})
    tables = model.tables(4, 4)
    assert [table is not None and table.shape for table in tables] == [(1, 17, 64)] * 4
    assert model.pos_embed is not None
    shared = small({"pos_embed": level, "pos_injection": "shared"})
    for name, parameter in model.named_parameters():
        if name.startswith("later_tables"):
            assert not torch.equal(parameter, model.pos_embed)
            parameter.data.copy_(model.pos_embed)
    images = torch.randn(2, 1, 8, 8)
    assert torch.equal(model(images), shared(images))  # the first tables are equal from the start


def test_the_stem_alone_gets_a_table_once() -> None:
    first, *later = small({}).tables(4, 4)
    assert first is not None
    assert later == [None, None, None]


def explicit_attention(attn: Attention, tokens: Tensor) -> Tensor:
    """Each pair of tokens on its own, as in appendix D.4."""
    assert attn.relative is not None
    count, (heads, width) = tokens.shape[1], attn.head_shape
    q, k, v = attn.qkv(tokens).reshape(1, count, 3, heads, width).unbind(2)
    logits = torch.empty(heads, count, count, dtype=tokens.dtype)
    for query in range(count):
        for key in range(count):
            offset = attn.relative.offset_embed[query - key + count - 1]
            both = k[0, key] + offset  # heads × width
            logits[:, query, key] = (q[0, query] * both).sum(1) / math.sqrt(width)
    mixed = torch.einsum("hqk,khd->qhd", softmax(logits, dim=2), v[0]).flatten(1)
    out: Tensor = attn.proj(mixed[None])
    return out


@pytest.mark.parametrize(("extra_tokens", "grid"), [(1, 3), (2, 2), (0, 3), (0, 1)])
def test_relative_positions_are_keys_of_offsets(extra_tokens: int, grid: int) -> None:
    torch.manual_seed(0)
    attn = Attention(8, 2, True, (extra_tokens, grid)).double()
    assert attn.relative is not None
    nn.init.normal_(attn.relative.offset_embed)
    tokens = torch.randn(1, extra_tokens + grid**2, 8, dtype=torch.float64)
    torch.testing.assert_close(attn(tokens, grid, grid), explicit_attention(attn, tokens))


def test_offsets_keep_their_direction_on_another_grid() -> None:
    """A key that says its offset: on twice the rows and columns, half of each displacement."""
    extra_tokens, grid = 1, 4
    farthest = extra_tokens + grid**2 - 1
    table = torch.arange(-farthest, farthest + 1.0)[:, None]
    drawn = resize_offsets(table, extra_tokens, grid, 8, 8)
    middle = 8 * 8 + extra_tokens - 1
    assert len(drawn) == 2 * middle + 1
    for down, right in [(0, 0), (0, 1), (1, 0), (-1, 0), (2, 3), (3, -2), (-4, -3)]:
        meant = grid * down / 2 + right / 2
        assert drawn[middle + 8 * down + right].item() == meant
    assert resize_offsets(table, extra_tokens, grid, 4, 4) is table


@pytest.mark.parametrize("stem", ["patch", "conv", "resnet"])
@pytest.mark.parametrize("level", ["none", *POSITIONS])
def test_images_of_another_size(level: str, stem: str) -> None:
    model = small({"pos_embed": level, "stem": stem, "use_distillation_token": True}).eval()
    for height, width in [(8, 8), (12, 12), (8, 14), (4, 2)]:
        logits = model(torch.randn(2, 1, height, width))
        assert logits.shape == (2, 10)
        assert logits.isfinite().all()


@pytest.mark.parametrize("injection", ["every_layer", "shared"])
def test_every_table_is_drawn_to_an_image_of_another_size(injection: str) -> None:
    model = small({"pos_injection": injection})
    for table, drawn in zip(model.tables(4, 4), model.tables(6, 8), strict=True):
        assert table is not None
        assert drawn is not None
        assert torch.equal(drawn[:, :1], table[:, :1])
        square = table[:, 1:].transpose(1, 2).unflatten(2, (4, 4))
        wanted = interpolate(square, size=(6, 8), mode="bicubic", align_corners=False)
        assert torch.equal(drawn[:, 1:], wanted.flatten(2).transpose(1, 2))


def test_sines_are_computed_for_an_image_of_another_size() -> None:
    first = small({"pos_embed": "sincos_2d"}).tables(6, 8)[0]
    assert first is not None
    assert torch.equal(first, sincos_2d(6, 8, 64, extra_tokens=1))


def test_a_keyless_offset_changes_nothing() -> None:
    model, without = small({"pos_embed": "relative"}), small({"pos_embed": "none"})
    for module in model.modules():
        if isinstance(module, RelativeKeys):
            nn.init.zeros_(module.offset_embed)
    images = torch.randn(2, 1, 8, 8)
    torch.testing.assert_close(model(images), without(images))


def shuffled_patches(images: torch.Tensor) -> torch.Tensor:
    """The same 2 × 2 patches in another order: rows and columns of patches are swapped."""
    patches = images.view(-1, 1, 4, 2, 4, 2).permute(0, 1, 4, 3, 2, 5)
    return patches.reshape(images.shape)


@pytest.mark.parametrize(
    ("level", "blind"), [("none", True), *((level, False) for level in POSITIONS)]
)
def test_without_positions_an_image_is_a_bag_of_patches(level: str, blind: bool) -> None:
    model = build("vit", "deit-8px", {"pos_embed": level}, seed=0).double().eval()
    images = torch.randn(2, 1, 8, 8, dtype=torch.float64)
    same = torch.allclose(model(images), model(shuffled_patches(images)), atol=1e-12)
    assert same is blind


def test_averaging_leaves_the_class_token_out() -> None:
    model = build("vit", "deit-8px", {"pool": "avg"}, seed=0)
    assert isinstance(model, ViT)
    tokens = torch.randn(2, 17, 64)
    changed = tokens.clone()
    changed[:, 0] += 1
    assert torch.equal(*model.classify(tokens), *model.classify(changed))


def test_distilled_logits_are_the_mean_of_two_heads_in_either_mode() -> None:
    model = build("vit", "deit-8px", {"use_distillation_token": True}, seed=0)
    images = torch.randn(2, 1, 8, 8)
    both = model(images)
    torch.testing.assert_close(model.eval()(images), both)
    heads = [model.get_submodule(name) for name in ("head", "head_dist")]
    for head in heads:
        assert isinstance(head, nn.Linear)
        nn.init.zeros_(head.weight)
        nn.init.constant_(head.bias, 1.0 if head is heads[0] else 3.0)
    torch.testing.assert_close(model(images), torch.full((2, 10), 2.0))


def test_dropout_is_after_the_positions_and_every_linear_layer_but_queries_keys_values() -> None:
    model = small({"dropout": 0.25})
    rates = [module.p for module in model.modules() if isinstance(module, nn.Dropout)]
    assert rates == [0.25] * (1 + 4 * 2)  # that of a block comes after both of its halves
    images = torch.randn(2, 1, 8, 8)
    assert torch.equal(model.eval()(images), small({}).eval()(images))
    assert not torch.equal(model.train()(images), model(images))
    widths: list[int] = []
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.register_forward_hook(lambda module, args, out: widths.append(out.shape[2]))
    model(images)
    assert widths == [64] + [64, 256, 64] * 4


def test_the_convolutional_stem_doubles_its_width_as_its_paper_says() -> None:
    with torch.device("meta"):
        model = build("vit", "deit-s", {"stem": "conv"}, seed=0)
    stem = model.get_submodule("patch_embed")
    layers = [module for module in stem.modules() if isinstance(module, nn.Conv2d)]
    assert [layer.out_channels for layer in layers] == [48, 96, 192, 384, 384]
    assert [layer.kernel_size for layer in layers] == [(3, 3)] * 4 + [(1, 1)]
    assert stem(torch.empty(1, 3, 224, 224, device="meta")).shape == (1, 384, 14, 14)


def test_a_kernel_counts_by_its_shape_not_by_its_size_or_mean() -> None:
    torch.manual_seed(0)
    conv = StandardizedConv(3, 4, 3, 2).double()
    grid = torch.randn(1, 3, 9, 8, dtype=torch.float64)
    before = conv(grid)
    assert before.shape == (1, 4, 5, 4)
    conv.weight.data.mul_(7).add_(3)
    torch.testing.assert_close(conv(grid), before, rtol=1e-6, atol=1e-6)


def test_padding_as_same_gives_the_odd_row_to_the_end() -> None:
    grid = torch.ones(1, 1, 4, 5)
    padded = padded_as_same(grid, kernel=3, stride=2)
    assert padded.shape == (1, 1, 5, 7)
    assert padded[0, 0, :, 3].tolist() == [1, 1, 1, 1, 0]
    assert padded[0, 0, 0].tolist() == [0, 1, 1, 1, 1, 1, 0]
    assert padded_as_same(grid, kernel=1, stride=2) is grid


@pytest.mark.parametrize("kind", ["batch_norm", "group_norm"])
@pytest.mark.parametrize(("root", "side"), [("7x7", 8), ("3x3", 2)])
def test_a_resnet_says_how_coarse_and_wide_it_is(kind: str, root: str, side: int) -> None:
    resnet = ResNet(kind, 1, 4, (1, 2), (1, 2), root)  # type: ignore[arg-type]
    images = torch.randn(2, 1, 16, 24)
    assert (resnet.channels, resnet.stride) == (32, side)
    assert resnet(images).shape == (2, 32, 16 // side, 24 // side)
    assert [part.side for part in resnet.outline("x", 16)] == [32 // side, 32 // side, 16 // side]
    assert [part.holds for part in resnet.outline("x", 16)] == [
        ("x.root",),
        ("x.stages.0",),
        ("x.stages.1",),
    ]


def test_a_hybrids_blocks_pass_their_input_on_at_first() -> None:
    deep, shallow = (small({"stem": "resnet", "resnet_depths": [n, 1]}) for n in (3, 1))
    images = torch.randn(2, 1, 8, 8)
    assert torch.equal(deep(images), shallow(images))
    assert small({"stem": "resnet"}).outline()[0].name == "root"

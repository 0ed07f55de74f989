"""What is particular to ViT and DeiT."""

import math

import pytest
import torch
from torch import nn

from ablate.models import build
from ablate.models.vit import ViT, sincos_2d


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
        ({"image_size": 9}, "image_size 9 is not a multiple of patch_size 2"),
        ({"num_heads": 0}, "num_heads is 0; allowed: 1 and more"),
        ({"num_heads": 5}, "dim 64 is not a multiple of num_heads 5"),
        ({"init_std": 0.0}, "init_std is 0.0; allowed: above 0"),
        ({"drop_path": 1.0}, "drop_path is 1.0; allowed: 0 up to, but not, 1"),
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
        "allowed: none, learned, sincos_2d"
    )


def test_sincos_tells_row_and_column() -> None:
    table = sincos_2d(grid=3, dim=8, extra_tokens=1)[0]
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
    model = build("vit", "deit-8px", {"pos_embed": level}, seed=0)
    assert isinstance(model, ViT)
    assert model.pos_embed is not None
    assert model.pos_embed.shape == (1, 17, 64)
    assert ("pos_embed" in model.state_dict()) is (level == "learned")


def shuffled_patches(images: torch.Tensor) -> torch.Tensor:
    """The same 2 × 2 patches in another order: rows and columns of patches are swapped."""
    patches = images.view(-1, 1, 4, 2, 4, 2).permute(0, 1, 4, 3, 2, 5)
    return patches.reshape(images.shape)


@pytest.mark.parametrize(
    ("level", "blind"), [("none", True), ("learned", False), ("sincos_2d", False)]
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

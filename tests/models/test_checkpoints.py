"""Official weights fit our models, or what does not fit is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ablate.errors import UnknownNameError
from ablate.models import build, checkpoints
from ablate.models.checkpoints import CHECKPOINTS


def official_weights(name: str, overrides: dict[str, Any]) -> dict[str, Tensor]:
    """Zeros with the official keys and the shapes of our model."""
    family = CHECKPOINTS[name]
    with torch.device("meta"):
        model = build(
            family.architecture, family.variants[name], {"num_classes": 3, **overrides}, seed=0
        )
    return {
        family.official_key(key, {}): torch.zeros(value.shape, dtype=value.dtype)
        for key, value in model.state_dict().items()
    }


def load(name: str, weights: dict[str, Tensor], toggles: dict[str, object]) -> dict[str, Tensor]:
    return checkpoints.load(name, weights, 3, 224, toggles).state_dict()


@pytest.mark.parametrize(
    ("name", "toggles", "overrides"),
    [
        ("deit_small", {"distillation": True}, {"use_distillation_token": True}),
        (
            "deit_tiny",
            {"pos_embed": "none", "qkv_bias": False},
            {"pos_embed": "none", "qkv_bias": False},
        ),
        ("vit_base_16", {"pos_embed": "learn", "global_pool": "token"}, {}),
        ("cvt_21", {"stride_kv": 1}, {"kv_stride": 1}),
        ("cvt_13", {"qkv_projection": "avg"}, {"projection": "avg"}),
        (
            "cvt_13",
            {"qkv_projection": ["dw_bn", "dw_bn", "linear"]},
            {"projection": ["conv", "conv", "linear"]},
        ),
        ("cvt_13", {"patch_padding": [0, 0, 0]}, {"token_kernels": [4, 2, 2]}),
        ("cvt_13", {"patch_stride": [4, 2, 1]}, {}),
        ("pvt_tiny", {"sr_ratios": [8, 4, 1, 1]}, {"sr_ratios": [8, 4, 1, 1]}),
    ],
)
def test_toggles_are_translated(
    name: str, toggles: dict[str, object], overrides: dict[str, Any]
) -> None:
    weights = official_weights(name, overrides)
    assert len(load(name, weights, toggles)) == len(weights)


def test_the_norm_after_pooling_has_its_own_official_name() -> None:
    overrides = {"pool": "avg", "use_cls_token": False}
    weights = official_weights("deit_tiny", overrides)
    weights["fc_norm.weight"], weights["fc_norm.bias"] = torch.full((192,), 7.0), torch.zeros(192)
    del weights["norm.weight"], weights["norm.bias"]
    ours = load("deit_tiny", weights, {"global_pool": "avg", "class_token": False})
    assert (ours["norm.weight"] == 7).all()


def test_the_model_evaluates_copies_in_the_given_dtype() -> None:
    weights = {k: v.double() for k, v in official_weights("deit_tiny", {}).items()}
    model = checkpoints.load("deit_tiny", weights, 3, 224, {})
    assert not model.training
    assert model.get_parameter("head.weight").dtype == torch.float64
    assert model.get_parameter("head.weight").data_ptr() != weights["head.weight"].data_ptr()


def test_all_keys_that_do_not_fit_are_named_at_once() -> None:
    weights = official_weights("cvt_13", {})
    for key in ("stage0.patch_embed.proj.weight", "head.bias"):
        del weights[key]
    weights["stage2.pos_embed"] = weights["extra"] = torch.zeros(1)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        load("cvt_13", weights, {})
    assert str(error.value) == (
        "not the weights of cvt_13: missing head.bias, stage0.patch_embed.proj.weight; "
        "unknown extra, stage2.pos_embed"
    )


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError) as model:
        load("deit_samll", {}, {})
    assert str(model.value).startswith(
        "unknown official model 'deit_samll'; did you mean 'deit_small'?"
    )
    with pytest.raises(
        ValueError, match=r"^unknown official toggle 'stride_qv'; did you mean 'stride_kv'\?"
    ):
        load("cvt_13", {}, {"stride_qv": 1})


@pytest.mark.parametrize("wrapper", [None, "model", "state_dict"])
def test_a_checkpoint_is_read_from_its_file(tmp_path: Path, wrapper: str | None) -> None:
    weights = {k: torch.rand(v.shape) for k, v in official_weights("deit_tiny", {}).items()}
    file = tmp_path / "deit_tiny.pth"
    torch.save({wrapper: weights, "epoch": 300} if wrapper else weights, file)
    ours = checkpoints.load("deit_tiny", file).state_dict()
    assert torch.equal(ours["head.weight"], weights["head.weight"])
    assert ours["head.weight"].shape == (3, 192)


def test_classes_heads_and_image_size_are_read_off_the_weights() -> None:
    overrides = {"use_distillation_token": True, "image_size": 96}
    model = checkpoints.load("deit_tiny", official_weights("deit_tiny", overrides))
    assert model(torch.zeros(1, 3, 96, 96)).shape == (1, 3)
    assert "head_dist.weight" in model.state_dict()


class Surprise:
    """What a checkpoint must not be able to do."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (Path.touch, (Path("surprise"),))  # type: ignore[return-value]


def test_a_checkpoint_that_could_run_code_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"model": Surprise()}, tmp_path / "bad.pth")
    with pytest.raises(ValueError, match=r"^bad\.pth cannot be read as plain tensors: "):
        checkpoints.load("deit_tiny", tmp_path / "bad.pth")
    assert not (tmp_path / "surprise").exists()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "half.pth").write_bytes(b"PK not really")
    with pytest.raises(ValueError, match=r"^half\.pth cannot be read as plain tensors: "):
        checkpoints.load("deit_tiny", tmp_path / "half.pth")


def test_shapes_that_do_not_fit_are_named() -> None:
    weights = official_weights("deit_tiny", {})
    weights["blocks.0.mlp.fc1.bias"] = torch.zeros(7)
    with pytest.raises(
        ValueError, match=r"^not the weights of deit_tiny: blocks\.0\.mlp\.fc1\.bias "
    ):
        checkpoints.load("deit_tiny", weights)

"""Every level of every toggle, of every architecture, trains and does something.

The catalog lists what there is; the tables here say what it must change. A toggle or level without
an entry fails, so nothing joins a model untested.
"""

import re
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, describe

Overrides = dict[str, Any]

SMALL = {"vit": "deit-8px", "cvt": "cvt-8px"}

# Baselines that a toggle needs to be possible at all.
CONTEXT: dict[tuple[str, str], Overrides] = {("vit", "use_cls_token"): {"pool": "avg"}}

# Parameters that a level has more than its baseline, in the small variants.
# ViT: 16 patches, dim 64, 4 blocks. CvT: 8 × 8 and 4 × 4 tokens, dims 32 and 64, 1 and 3 blocks.
DEPTHWISE = 1 * 3 * (9 + 2) * 32 + 3 * 3 * (9 + 2) * 64  # blocks × q, k, v × (conv + norm)
MORE: dict[tuple[str, str, object], int] = {
    ("vit", "qkv_bias", True): 0,
    ("vit", "qkv_bias", False): -4 * 3 * 64,
    ("vit", "pos_embed", "none"): -(16 + 1) * 64,
    ("vit", "pos_embed", "learned"): 0,
    ("vit", "pos_embed", "sincos_2d"): -(16 + 1) * 64,
    ("vit", "pool", "cls"): 0,
    ("vit", "pool", "avg"): 0,
    ("vit", "use_cls_token", True): 0,
    ("vit", "use_cls_token", False): -64 - 64,
    ("vit", "use_distillation_token", True): 64 + 64 + (64 + 1) * 10,
    ("vit", "use_distillation_token", False): 0,
    ("cvt", "token_embed", "conv"): 0,
    ("cvt", "token_embed", "patch"): (1 - 9) * 1 * 32 + (4 - 9) * 32 * 64,
    ("cvt", "projection", "conv"): 0,
    ("cvt", "projection", "linear"): -DEPTHWISE,
    ("cvt", "projection", "avg"): -DEPTHWISE,
    ("cvt", "pos_embed", "none"): 0,
    ("cvt", "pos_embed", "first_stage"): 64 * 32,
    ("cvt", "pos_embed", "last_stage"): (16 + 1) * 64,
    ("cvt", "pos_embed", "every_stage"): 64 * 32 + (16 + 1) * 64,
    ("cvt", "use_cls_token", True): 0,
    ("cvt", "use_cls_token", False): -64,
}

# One other value of each toggle that has no list of levels.
OTHER: dict[tuple[str, str], Overrides] = {
    ("vit", "patch_size"): {"patch_size": 4},
    ("vit", "dim"): {"dim": 32},
    ("vit", "depth"): {"depth": 3},
    ("vit", "num_heads"): {"num_heads": 2},
    ("vit", "mlp_ratio"): {"mlp_ratio": 2.0},
    ("vit", "init_std"): {"init_std": 0.02},
    ("vit", "drop_path"): {"drop_path": 0.5},
    ("cvt", "dims"): {"dims": [16, 64]},
    ("cvt", "depths"): {"depths": [2, 3]},
    ("cvt", "num_heads"): {"num_heads": [2, 2]},
    ("cvt", "mlp_ratio"): {"mlp_ratio": 2},
    ("cvt", "token_kernels"): {"token_kernels": [5, 3]},
    ("cvt", "token_strides"): {"token_strides": [2, 2]},
    ("cvt", "token_paddings"): {"token_paddings": [0, 1]},
    ("cvt", "kv_stride"): {"kv_stride": [1, 2]},
    ("cvt", "init_std"): {"init_std": 0.02},
    ("cvt", "drop_path"): {"drop_path": 0.5},
}

# PyTorch draws a convolution's bias within 1/√fan_in: the same draw at the scale of the kernel.
SCALED: dict[tuple[str, str, object, str], float] = {
    ("cvt", "token_embed", "patch", "stages.0.embed.conv.bias"): 3 / 1,
    ("cvt", "token_embed", "patch", "stages.1.embed.conv.bias"): 3 / 2,
}

LEVELS = [
    (name, toggle.name, level)
    for name in ARCHITECTURES
    for toggle in describe(name).toggles.values()
    for level in toggle.levels
]
OPEN = [
    (name, toggle.name)
    for name in ARCHITECTURES
    for toggle in describe(name).toggles.values()
    if not toggle.levels
]

# No gradient reaches these, whatever the data. Softmax does not see what all keys have in common;
# in CvT's last block only the class token goes on, and it passes around the queries' convolution.
UNREACHED = {
    "vit": r"$^",
    "cvt": r"\.k\.(linear|sample\.bn)\.bias$|^stages\.1\.blocks\.2\.attn\.q\.sample\.",
}


def small(name: str, overrides: Overrides, seed: int = 0) -> nn.Module:
    return build(name, SMALL[name], overrides, seed=seed)


def digits(count: int = 4) -> Tensor:
    return torch.randn(count, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def trained_logits(model: nn.Module) -> Tensor:
    """Logits in training mode, the same random drops each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        logits: Tensor = model.train()(digits())
    return logits


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize(("name", "toggle", "level"), LEVELS)
def test_level_trains_and_changes_the_network(name: str, toggle: str, level: object) -> None:
    context = CONTEXT.get((name, toggle), {})
    baseline, model = small(name, context), small(name, context | {toggle: level})
    assert count(model) - count(baseline) == MORE[name, toggle, level]

    logits = trained_logits(model)
    assert logits.shape == (4, 10)
    torch.autograd.backward(cross_entropy(logits, torch.arange(4)))
    for path, parameter in model.named_parameters():
        assert parameter.grad is not None, path
        assert parameter.grad.isfinite().all(), path
        reached = bool(parameter.grad.any())
        assert reached or re.search(UNREACHED[name], path), path

    # A bias starts at zero, so it shows in the keys before it shows in the logits.
    same_keys = model.state_dict().keys() == baseline.state_dict().keys()
    same_logits = torch.equal(trained_logits(baseline), logits)
    is_baseline = describe(name).defaults(SMALL[name])[toggle] == level
    assert (same_keys and same_logits) is is_baseline


@pytest.mark.parametrize(("name", "toggle"), sorted({(name, toggle) for name, toggle, _ in LEVELS}))
def test_a_wrong_level_builds_nothing(name: str, toggle: str) -> None:
    with pytest.raises(ValueError, match="is not a level of") as error:
        small(name, {toggle: "no such level"})
    assert str(error.value) == describe(name).toggles[toggle].problem("no such level")


@pytest.mark.parametrize(("name", "toggle"), OPEN)
def test_open_toggle_changes_the_network(name: str, toggle: str) -> None:
    other = OTHER[name, toggle]
    logits = trained_logits(small(name, other))
    assert logits.shape == (4, 10)
    assert not torch.equal(trained_logits(small(name, {})), logits)


def test_the_tables_have_no_entry_for_nothing() -> None:
    assert set(MORE) == set(LEVELS)
    assert set(OTHER) == set(OPEN)


@pytest.mark.parametrize(("name", "toggle", "level"), LEVELS)
def test_shared_weights_start_out_equal(name: str, toggle: str, level: object) -> None:
    context = CONTEXT.get((name, toggle), {})
    baseline = dict(small(name, context, seed=3).named_parameters())
    cell = dict(small(name, context | {toggle: level}, seed=3).named_parameters())
    shared = [
        path for path in cell.keys() & baseline.keys() if cell[path].shape == baseline[path].shape
    ]
    assert len(shared) > 0.6 * len(baseline)
    for path in shared:
        scale = SCALED.get((name, toggle, level, path), 1.0)
        torch.testing.assert_close(cell[path], baseline[path] * scale, rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_seeds_differ_in_every_random_weight(name: str) -> None:
    first, second = (dict(small(name, {}, seed).named_parameters()) for seed in (0, 1))
    for path, parameter in first.items():
        drawn = parameter.dim() > 1
        assert not drawn or not torch.equal(parameter, second[path]), path


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_building_leaves_the_global_random_stream_alone(name: str) -> None:
    before = torch.random.get_rng_state()
    small(name, {})
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(("name", "toggle", "level"), LEVELS)
def test_an_image_is_judged_alone_in_evaluation(name: str, toggle: str, level: object) -> None:
    model = small(name, CONTEXT.get((name, toggle), {}) | {toggle: level, "drop_path": 0.5}).eval()
    with torch.no_grad():
        together = model(digits())
        alone = torch.cat([model(image[None]) for image in digits()])
    assert alone.shape == (4, 10)
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_training_batch_of_one(name: str) -> None:
    assert small(name, {}).train()(digits(1)).shape == (1, 10)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_undecayed_names_exist(name: str) -> None:
    cells = [{}, {"pos_embed": describe(name).toggles["pos_embed"].levels[-1]}]
    cells += [{"use_distillation_token": True}] if name == "vit" else []
    models = [small(name, cell) for cell in cells]
    leaves = {path.rpartition(".")[2] for model in models for path, _ in model.named_parameters()}
    undecayed = models[0].no_weight_decay
    assert isinstance(undecayed, frozenset)
    assert undecayed <= leaves

"""LeViT; the small one has 4 × 4 and 2 × 2 tokens, dims 64 and 96, 1 and 2 blocks, heads of 8."""

from typing import Any

SMALL = "levit-8px"

COUNTS = {
    "levit-128s": 7_777_058,
    "levit-128": 9_213_936,
    "levit-192": 10_947_069,
    "levit-256": 18_893_876,
    "levit-384": 39_128_836,
    "levit-8px": 251_588,
    "levit-16px": 213_660,
}

# Table 5 prints 7.4, 1.2, 7.4, 7.4, 7.4 and 6.2 M, all with one head.
ONE_HEAD = {"use_distillation_head": False}
CELLS: list[tuple[str, dict[str, Any], int]] = [
    ("levit-128s", ONE_HEAD, 7_391_290),
    ("levit-128", ONE_HEAD, 8_828_168),
    ("levit-192", ONE_HEAD, 10_561_301),
    ("levit-256", ONE_HEAD, 18_379_852),
    ("levit-384", ONE_HEAD, 38_358_300),
    ("levit-128s", {"num_classes": 10}, 7_014_758),
    ("levit-128s", {**ONE_HEAD, "use_pyramid": False}, 1_214_614),
    ("levit-128s", {**ONE_HEAD, "stem": "patch"}, 7_392_170),
    ("levit-128s", {**ONE_HEAD, "pos_embed": "learned"}, 7_411_064),
    ("levit-128s", {**ONE_HEAD, "pos_embed": "none"}, 7_391_290 - 5_314),
    ("levit-128", {**ONE_HEAD, "pos_embed": "none"}, 8_828_168 - 7_824),
    ("levit-192", {**ONE_HEAD, "pos_embed": "none"}, 10_561_301 - 5_333),
    ("levit-256", {**ONE_HEAD, "pos_embed": "none"}, 18_379_852 - 6_980),
    ("levit-384", {**ONE_HEAD, "pos_embed": "none"}, 38_358_300 - 10_372),
    ("levit-128s", {**ONE_HEAD, "use_wide_blocks": False}, 6_195_819),
    ("levit-128s", {**ONE_HEAD, "use_attention_activation": False}, 7_391_290),
]

# What the official counter says, which counts softmax too: 0.2 % at most. Table 3 prints 305, 406,
# 658, 1120 and 2353 M, and Table 5 prints 308, 275, 305, 305 and 312 M.
GMACS: list[tuple[str, dict[str, Any], float]] = [
    ("levit-128s", {}, 0.305109),
    ("levit-128", {}, 0.406115),
    ("levit-192", {}, 0.657602),
    ("levit-256", {}, 1.128024),
    ("levit-384", {}, 2.352935),
    ("levit-128s", ONE_HEAD, 0.3047),
    ("levit-128s", {**ONE_HEAD, "use_pyramid": False}, 0.3083),
    ("levit-128s", {**ONE_HEAD, "stem": "patch"}, 0.2752),
    ("levit-128s", {**ONE_HEAD, "norm": "pre_layer"}, 0.3047),
    ("levit-128s", {**ONE_HEAD, "pos_embed": "learned"}, 0.3047),
    ("levit-128s", {**ONE_HEAD, "use_wide_blocks": False}, 0.3122),
]

CONTEXT: dict[str, dict[str, Any]] = {
    "straight_num_heads": {"use_pyramid": False},
    "straight_key_dim": {"use_pyramid": False},
    "narrow_key_dim": {"use_wide_blocks": False},
}


def linear(in_dim: int, out_dim: int) -> int:
    """Parameters of a layer on tokens and of its BatchNorm."""
    return in_dim * out_dim + 2 * out_dim


def block(dim: int, heads: int, key: int, value: int, mlp_ratio: int, tokens: int) -> int:
    """Parameters of an attention with its bias table, and of an MLP."""
    attention = linear(dim, heads * (2 * key + value)) + linear(heads * value, dim)
    mlp = linear(dim, mlp_ratio * dim) + linear(mlp_ratio * dim, dim)
    return attention + heads * tokens + mlp


def shrink(in_dim: int, dim: int, heads: int, key: int, value: int, mlp_ratio: int) -> int:
    """Parameters of the attention that shrinks 16 tokens, and of its MLP."""
    attention = linear(in_dim, heads * (2 * key + value)) + linear(heads * value, dim)
    mlp = linear(dim, mlp_ratio * dim) + linear(mlp_ratio * dim, dim)
    return attention + heads * 16 + mlp


def around(first: int, last: int) -> int:
    """Parameters of the stem and of two heads."""
    return 9 * first + 2 * first + 2 * (2 * last + (last + 1) * 10)


WIDE = (
    around(64, 96)
    + block(64, 4, 8, 16, 2, 16)
    + shrink(64, 96, 8, 8, 32, 2)
    + 2 * block(96, 6, 8, 16, 2, 4)
)
NARROW = (
    around(48, 72)
    + block(48, 4, 12, 12, 4, 16)
    + shrink(48, 72, 16, 12, 12, 4)
    + 2 * block(72, 6, 12, 12, 4, 4)
)
STRAIGHT = around(60, 60) + 4 * block(60, 3, 10, 20, 2, 16)
TABLES = 4 * 16 + 8 * 16 + 2 * 6 * 4
# BatchNorm's two numbers for each output become one bias; a LayerNorm opens each attention and MLP,
# and closes the attention that shrinks.
OUTPUTS = (128 + 64 + 128 + 64) + (64 + 320 + 96 + 192 + 96) + 2 * (192 + 96 + 192 + 96)
LAYER_NORMS = (64 + 64) + (64 + 96 + 96) + 2 * (96 + 96)

MORE: dict[tuple[str, object], int] = {
    ("use_pyramid", True): 0,
    ("use_pyramid", False): STRAIGHT - WIDE,
    ("stem", "conv"): 0,
    ("stem", "patch"): (2 * 2 - 9) * 64,
    ("norm", "batch"): 0,
    ("norm", "pre_layer"): 2 * LAYER_NORMS - OUTPUTS,
    ("use_distillation_head", True): 0,
    ("use_distillation_head", False): -(2 * 96 + (96 + 1) * 10),
    ("pos_embed", "attention_bias"): 0,
    ("pos_embed", "learned"): 16 * 64 - TABLES,
    ("pos_embed", "none"): -TABLES,
    ("use_wide_blocks", True): 0,
    ("use_wide_blocks", False): NARROW - WIDE,
    ("use_attention_activation", True): 0,
    ("use_attention_activation", False): 0,
}

OTHER: dict[str, Any] = {
    "dims": [32, 96],
    "depths": [2, 2],
    "num_heads": [2, 6],
    "key_dim": 16,
    "straight_num_heads": 2,
    "straight_key_dim": 8,
    "stem_depth": 2,
    "narrow_key_dim": 8,
    "init_std": 0.02,
    "drop_path": 0.5,
}

IMAGE_SIZES = (10, 16)

UNREACHED = r"$^"

MLP = ("mlp.branch.fc1", "mlp.branch.fc2")
BLOCK = ("attn.branch.qkv", "attn.branch.mix.proj", *MLP)
SHRINK = ("attn.q", "attn.kv", "attn.mix.proj", *MLP)
# Where no BatchNorm puts the scale right, layers keep the variance of what they are given.
LINEAR = [
    *(f"stages.0.blocks.0.{layer}" for layer in BLOCK),
    *(f"stages.1.shrink.{layer}" for layer in SHRINK),
    *(f"stages.1.blocks.{index}.{layer}" for index in (0, 1) for layer in BLOCK),
]
SCALED: dict[tuple[str, object, str], float] = {
    ("norm", "pre_layer", f"{layer}.linear.weight"): 3**0.5 for layer in LINEAR
}

POINTS = {
    "stem": ("stem", lambda grid: grid),
    "block0_attention": ("stages.0.blocks.0.attn", lambda tokens: tokens),
    "stage1": ("stages.0", lambda tokens: tokens),
    "subsample1": ("stages.1.shrink.attn", lambda tokens: tokens),
    "stage2": ("stages.1", lambda tokens: tokens),
    "subsample2": ("stages.2.shrink.attn", lambda tokens: tokens),
    "stage3": ("stages.2", lambda tokens: tokens),
}

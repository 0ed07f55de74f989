"""PVT; the small one has 8 × 8 and 4 × 4 tokens, dims 32 and 64, 1 and 2 blocks."""

from typing import Any

SMALL = "pvt-8px"

COUNTS = {
    "pvt-tiny": 13_229_288,
    "pvt-small": 24_485_864,
    "pvt-medium": 44_208_104,
    "pvt-large": 61_369_320,
    "pvt-small-wide": 46_821_764,  # Table 9 prints 46.8 M
    "pvt-8px": 137_674,
    "pvt-16px": 137_770,
    "pvt-16px-deep": 237_738,
    "pvt-16px-wide": 234_580,
}

# Table 2 prints ViT-Small/16 with 48.8 M, which has neither these biases nor a norm of patches.
VIT_SMALL_16 = 48_754_408 + 8 * 3 * 768 + 2 * 768
CELLS: list[tuple[str, dict[str, Any], int]] = [
    ("pvt-tiny", {"num_classes": 10}, 12_721_418),
    ("pvt-small", {"sr_ratios": 1}, 20_185_384),
    # 56² · 64, 28² · 128, 14² · 320, (7² + 1) · 512
    ("pvt-small", {"pos_embed": "none"}, 24_485_864 - 200_704 - 100_352 - 62_720 - 25_600),
    ("pvt-small", {"pos_embed_stages": "first"}, 24_485_864 - 100_352 - 62_720 - 25_600),
    ("pvt-small", {"use_cls_token": False}, 24_485_864 - 2 * 512),
    # 3 blocks in stage 2, as Table 1 prints: one fewer of 592,384
    ("pvt-small", {"depths": [3, 3, 6, 3]}, 23_893_480),
    ("pvt-medium", {"depths": [3, 3, 18, 3]}, 43_615_720),
    # Table 8: patches of 3 · P² numbers, 768 wide, and a place for each
    ("pvt-small", {"use_pyramid": False, "straight_patch_size": 16}, VIT_SMALL_16),
    (
        "pvt-small",
        {"use_pyramid": False},
        VIT_SMALL_16 + (3 * (32**2 - 16**2) + 7**2 - 14**2) * 768,
    ),
    (
        "pvt-small",
        {"use_pyramid": False, "straight_patch_size": 4},
        VIT_SMALL_16 + (3 * (4**2 - 16**2) + 56**2 - 14**2) * 768,
    ),
]

# What the official code computes; Table 2 prints 1.9, 3.8, 6.7 and 9.8.
GMACS: list[tuple[str, dict[str, Any], float]] = [
    ("pvt-tiny", {}, 1.933),
    ("pvt-small", {}, 3.816),
    ("pvt-medium", {}, 6.659),
    ("pvt-large", {}, 9.814),
    ("pvt-small-wide", {}, 7.296),
    # against the image size, as in Fig. 6, with and without spatial reduction
    ("pvt-small", {"image_size": 256}, 5.04),
    ("pvt-small", {"image_size": 320}, 8.08),
    ("pvt-small", {"image_size": 384}, 12.01),
    ("pvt-small", {"image_size": 512}, 23.04),
    ("pvt-small", {"image_size": 640}, 39.42),
    ("pvt-small", {"image_size": 800}, 69.93),
    ("pvt-small", {"sr_ratios": 1}, 8.38),
    ("pvt-small", {"sr_ratios": 1, "image_size": 256}, 12.76),
    ("pvt-small", {"sr_ratios": 1, "image_size": 320}, 26.77),
    ("pvt-small", {"sr_ratios": 1, "image_size": 384}, 50.58),
    ("pvt-small", {"sr_ratios": 1, "image_size": 512}, 144.38),
    ("pvt-small", {"sr_ratios": 1, "image_size": 640}, 335.0),
    ("pvt-small", {"sr_ratios": 1, "image_size": 800}, 790.55),
]

STRAIGHT = (
    "straight_patch_size",
    "straight_dim",
    "straight_depth",
    "straight_num_heads",
    "straight_mlp_ratio",
    "straight_sr_ratio",
)
CONTEXT: dict[str, dict[str, Any]] = {keyword: {"use_pyramid": False} for keyword in STRAIGHT}


def stage(
    patch: int, channels: int, dim: int, depth: int, mlp_ratio: int, sr_ratio: int, tokens: int
) -> int:
    """Parameters of a stage, class token aside."""
    embed = (patch**2 * channels + 1 + 2) * dim
    reduction = (sr_ratio**2 * dim + 1 + 2) * dim if sr_ratio > 1 else 0
    attention = 4 * (dim + 1) * dim
    mlp = 2 * mlp_ratio * dim**2 + (mlp_ratio + 1) * dim
    return embed + tokens * dim + depth * (4 * dim + reduction + attention + mlp)


PYRAMID = stage(1, 1, 32, 1, 8, 2, 64) + stage(2, 32, 64, 2, 4, 1, 16 + 1)
MORE: dict[tuple[str, object], int] = {
    ("qkv_bias", True): 0,
    ("qkv_bias", False): -3 * (1 * 32 + 2 * 64),
    ("pos_embed", "none"): -64 * 32 - (16 + 1) * 64,
    ("pos_embed", "learned"): 0,
    ("pos_embed_stages", "none"): -64 * 32 - (16 + 1) * 64,
    ("pos_embed_stages", "first"): -(16 + 1) * 64,
    ("pos_embed_stages", "last"): -64 * 32,
    ("pos_embed_stages", "every"): 0,
    ("use_cls_token", True): 0,
    ("use_cls_token", False): -2 * 64,
    ("use_pyramid", True): 0,
    ("use_pyramid", False): stage(2, 1, 64, 3, 3, 1, 16 + 1) - PYRAMID,
}

OTHER: dict[str, Any] = {
    "dims": [16, 64],
    "depths": [2, 2],
    "num_heads": [2, 2],
    "mlp_ratios": [4, 4.0],
    "patch_sizes": [2, 2],
    "sr_ratios": 1,
    "straight_patch_size": 4,
    "straight_dim": 32,
    "straight_depth": 2,
    "straight_num_heads": 4,
    "straight_mlp_ratio": 4,
    "straight_sr_ratio": 2,
    "init_std": 0.02,
    "drop_path": 0.5,
}

IMAGE_SIZES = (7, 12, 16)

UNREACHED = r"$^"

SCALED: dict[tuple[str, object, str], float] = {}

POINTS = {
    "patch_embed1": ("stages.0.embed", lambda out: out[0]),
    "stage1_block0_attn": ("stages.0.blocks.0.attn", lambda tokens: tokens),
    "stage1": ("stages.0.blocks.1", lambda tokens: tokens),
    "stage2": ("stages.1.blocks.1", lambda tokens: tokens),
    "stage3": ("stages.2.blocks.1", lambda tokens: tokens),
    "stage4": ("stages.3.blocks.1", lambda tokens: tokens),
    "norm": ("norm", lambda tokens: tokens),
}

"""CvT; the small one has 8 × 8 and 4 × 4 tokens, dims 32 and 64, 1 and 3 blocks."""

from typing import Any

SMALL = "cvt-8px"

COUNTS = {
    "cvt-13": 19_997_480,
    "cvt-21": 31_622_696,
    "cvt-w24": 277_196_392,
    "cvt-8px": 189_898,
    "cvt-16px": 79_162,
    "cvt-16px-3": 181_546,
}

CELLS: list[tuple[str, dict[str, Any], int]] = [
    # Tables 6, 7 and 8
    ("cvt-21", {"num_classes": 10}, 31_241_546),
    ("cvt-13", {"token_embed": "patch"}, 19_561_064),
    ("cvt-13", {"kv_stride": 1}, 19_997_480),
    ("cvt-13", {"projection": "avg"}, 19_855_976),
    ("cvt-13", {"projection": "linear"}, 19_855_976),
    ("cvt-13", {"projection": ["conv", "linear", "linear"]}, 19_858_088),
    ("cvt-13", {"projection": ["conv", "conv", "linear"]}, 19_870_760),
    # Table 5: 56² · 64, (14² + 1) · 384, and all three stages with 28² · 192
    ("cvt-13", {"pos_embed": "learned", "pos_embed_stages": "first"}, 19_997_480 + 200_704),
    ("cvt-13", {"pos_embed": "learned", "pos_embed_stages": "last"}, 19_997_480 + 75_648),
    (
        "cvt-13",
        {"pos_embed": "learned", "pos_embed_stages": "every"},
        19_997_480 + 200_704 + 150_528 + 75_648,
    ),
    (
        "cvt-13",
        {"pos_embed": "learned", "pos_embed_stages": "last", "use_cls_token": False},
        19_997_480 + 75_648 - 768,
    ),
]

# What the official code computes; the paper's Tables 2 and 3 print 4.53, 7.13 and 60.86 at 224,
# 16.3, 24.9 and 193.2 at 384, and Table 7 prints 6.55 for stride 1.
GMACS: list[tuple[str, dict[str, Any], float]] = [
    ("cvt-13", {}, 4.566),
    ("cvt-13", {"image_size": 384}, 16.27),
    ("cvt-13", {"kv_stride": 1}, 6.643),
    ("cvt-21", {}, 7.178),
    ("cvt-21", {"image_size": 384}, 24.85),
    ("cvt-w24", {}, 60.92),
    ("cvt-w24", {"image_size": 384}, 194.2),
]

CONTEXT: dict[str, dict[str, Any]] = {"pos_embed_stages": {"pos_embed": "learned"}}

DEPTHWISE = 1 * 3 * (9 + 2) * 32 + 3 * 3 * (9 + 2) * 64  # blocks × q, k, v × (conv + norm)
MORE: dict[tuple[str, object], int] = {
    ("token_embed", "conv"): 0,
    ("token_embed", "patch"): (1 - 9) * 1 * 32 + (4 - 9) * 32 * 64,
    ("projection", "conv"): 0,
    ("projection", "linear"): -DEPTHWISE,
    ("projection", "avg"): -DEPTHWISE,
    ("pos_embed", "none"): 0,
    ("pos_embed", "learned"): 64 * 32 + (16 + 1) * 64,
    ("pos_embed_stages", "none"): -64 * 32 - (16 + 1) * 64,
    ("pos_embed_stages", "first"): -(16 + 1) * 64,
    ("pos_embed_stages", "last"): -64 * 32,
    ("pos_embed_stages", "every"): 0,
    ("use_cls_token", True): 0,
    ("use_cls_token", False): -64,
}

OTHER: dict[str, Any] = {
    "dims": [16, 64],
    "depths": [2, 3],
    "num_heads": [2, 2],
    "mlp_ratio": 2,
    "token_kernels": [5, 3],
    "token_strides": [2, 2],
    "token_paddings": [0, 1],
    "kv_stride": [1, 2],
    "init_std": 0.02,
    "drop_path": 0.5,
}

# Softmax does not see what all keys have in common; in the last block only the class token goes
# on, and it passes around the queries' convolution.
IMAGE_SIZES = (12, 16)

UNREACHED = r"\.k\.(linear|sample\.bn)\.bias$|^stages\.1\.blocks\.2\.attn\.q\.sample\."

# PyTorch draws a convolution's bias within 1/√fan_in: the same draw at the scale of the kernel.
SCALED: dict[tuple[str, object, str], float] = {
    ("token_embed", "patch", "stages.0.embed.conv.bias"): 3 / 1,
    ("token_embed", "patch", "stages.1.embed.conv.bias"): 3 / 2,
}

POINTS = {
    "stage0": ("stages.0", lambda split: split[1]),
    "stage1": ("stages.1", lambda split: split[1]),
    "stage2": ("stages.2", lambda split: split[1]),
    "stage2_class_token": ("stages.2", lambda split: split[0]),
    "norm": ("norm", lambda tokens: tokens),
    "stage0_block0_attn": ("stages.0.blocks.0.attn", lambda tokens: tokens),
}

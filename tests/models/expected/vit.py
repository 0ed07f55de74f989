"""ViT and DeiT; the small one has 16 patches, dim 64, 4 blocks."""

from typing import Any

SMALL = "deit-8px"

COUNTS = {
    "vit-b16": 86_567_656,
    "vit-b32": 88_224_232,
    "vit-l16": 304_326_632,
    "vit-l32": 306_535_400,
    "vit-h14": 632_045_800,
    "deit-ti": 5_717_416,
    "deit-s": 22_050_664,
    "deit-b": 86_567_656,
    "deit-8px": 202_186,
}

# Other resolution, 10 classes, distilled, without positions.
CELLS: list[tuple[str, dict[str, Any], int]] = [
    ("vit-b16", {"image_size": 384}, 86_859_496),
    ("vit-b16", {"num_classes": 10}, 85_806_346),
    ("deit-s", {"num_classes": 10}, 21_669_514),
    ("deit-s", {"num_classes": 10, "pos_embed": "none"}, 21_593_866),
    ("deit-ti", {"use_distillation_token": True}, 5_910_800),
    ("deit-s", {"use_distillation_token": True}, 22_436_432),
    ("deit-b", {"use_distillation_token": True}, 87_338_192),
]

CONTEXT: dict[str, dict[str, Any]] = {"use_cls_token": {"pool": "avg"}}

MORE: dict[tuple[str, object], int] = {
    ("qkv_bias", True): 0,
    ("qkv_bias", False): -4 * 3 * 64,
    ("pos_embed", "none"): -(16 + 1) * 64,
    ("pos_embed", "learned"): 0,
    ("pos_embed", "sincos_2d"): -(16 + 1) * 64,
    ("pool", "cls"): 0,
    ("pool", "avg"): 0,
    ("use_cls_token", True): 0,
    ("use_cls_token", False): -64 - 64,
    ("use_distillation_token", True): 64 + 64 + (64 + 1) * 10,
    ("use_distillation_token", False): 0,
}

OTHER: dict[str, Any] = {
    "patch_size": 4,
    "dim": 32,
    "depth": 3,
    "num_heads": 2,
    "mlp_ratio": 2.0,
    "init_std": 0.02,
    "drop_path": 0.5,
}

UNREACHED = r"$^"

SCALED: dict[tuple[str, object, str], float] = {}

POINTS = {
    "patch_embed": ("patch_embed", lambda grid: grid.flatten(2).transpose(1, 2)),
    "block0": ("blocks.0", lambda tokens: tokens),
    "block5": ("blocks.5", lambda tokens: tokens),
    "block11": ("blocks.11", lambda tokens: tokens),
    "norm": ("norm", lambda tokens: tokens),
}

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
    "vit-r50-b16": 98_659_112,
    # the ViT without its patches of 3 · 32² pixels, ResNet-50 without its head, the projection
    "vit-r50-b32": 88_224_232 - 3 * 32**2 * 768 + 23_508_032 + 2048 * 768,
    "vit-r50-l16": 316_483_624,
    "vit-r50-l32": 306_535_400 - 3 * 32**2 * 1024 + 23_508_032 + 2048 * 1024,
    "deit-8px": 202_186,
    "deit-16px": 202_186 + (4 * 4 - 2 * 2) * 64,  # pixels in a patch
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
    ("vit-r50-b16", {"image_size": 384}, 98_659_112 + (24**2 - 14**2) * 768),
    # ViT Table 8
    ("vit-b16", {"pos_embed": "none"}, 86_567_656 - 197 * 768),
    ("vit-b16", {"pos_embed": "learned_2d"}, 86_567_656 - 196 * 768 + 14 * 768),
    ("vit-b16", {"pos_embed": "relative"}, 86_567_656 - 197 * 768 + 12 * (2 * 197 - 1) * 64),
    ("vit-b16", {"pos_injection": "every_layer"}, 86_567_656 + 11 * 197 * 768),
    (
        "vit-b16",
        {"pos_embed": "learned_2d", "pos_injection": "every_layer"},
        86_567_656 - 197 * 768 + 12 * (1 + 14) * 768,
    ),
    ("vit-b16", {"pos_injection": "shared"}, 86_567_656),
    # 3 × 3 kernels, norms and projection, in place of patches
    (
        "deit-s",
        {"stem": "conv"},
        22_050_664
        + 9 * (3 * 48 + 48 * 96 + 96 * 192 + 192 * 384)
        + 2 * (48 + 96 + 192 + 384)
        + (384 - 3 * 16**2) * 384,
    ),
]

GMACS: list[tuple[str, dict[str, Any], float]] = [
    ("vit-b16", {}, 17.564),
    ("vit-b16", {"image_size": 384}, 55.48),  # CvT Table 3: 55.5
    ("vit-b32", {}, 4.409),  # n patches, t tokens: n·3P²D + L(t·12D² + 2t²D) + D·1000
    ("vit-l16", {}, 61.55),
    ("vit-l16", {"image_size": 384}, 191.1),  # CvT Table 3
    ("vit-l32", {}, 15.378),  # the same formula
    ("vit-h14", {}, 167.3),
    ("vit-r50-b16", {}, 21.53),
    ("vit-r50-b16", {"image_size": 384}, 67.16),
    ("vit-r50-b32", {}, 8.458),  # that of the ViT, with ResNet-50's 4.087 for the patches' 0.116
    ("vit-r50-l16", {}, 65.54),
    ("vit-r50-l32", {}, 19.41),
    ("deit-ti", {}, 1.254),
    ("deit-s", {}, 4.599),
    ("deit-b", {}, 17.564),
    ("deit-ti", {"use_distillation_token": True}, 1.261),
    ("deit-s", {"use_distillation_token": True}, 4.624),
    ("deit-b", {"use_distillation_token": True}, 17.657),
    # against the image size, as in Fig. 6 of PVT
    ("deit-s", {"image_size": 256}, 6.14),
    ("deit-s", {"image_size": 320}, 10.11),
    ("deit-s", {"image_size": 384}, 15.49),
    ("deit-s", {"image_size": 512}, 31.75),
    ("deit-s", {"image_size": 640}, 58.09),
    ("deit-s", {"image_size": 800}, 111.49),
]

CONTEXT: dict[str, dict[str, Any]] = {
    "use_cls_token": {"pool": "avg"},
    "resnet_depths": {"stem": "resnet"},
    "resnet_width": {"stem": "resnet"},
    # the root for large images makes 2 × 2 places of 8 × 8 pixels
    "resnet_root": {"stem": "resnet", "patch_size": 4, "resnet_depths": [1]},
}

# Kernels and norms of each block of the small ResNet, its shortcut in the second line.
RESNET = (
    (9 * 1 * 8 + 2 * 8)
    + (8 * 8 + 9 * 8 * 8 + 8 * 32 + 2 * (8 + 8 + 32))
    + (8 * 32 + 2 * 32)
    + (32 * 16 + 9 * 16 * 16 + 16 * 64 + 2 * (16 + 16 + 64))
    + (32 * 64 + 2 * 64)
)

MORE: dict[tuple[str, object], int] = {
    ("qkv_bias", True): 0,
    ("qkv_bias", False): -4 * 3 * 64,
    ("pos_embed", "none"): -(16 + 1) * 64,
    ("pos_embed", "learned"): 0,
    ("pos_embed", "learned_2d"): (4 - 16) * 64,
    ("pos_embed", "sincos_2d"): -(16 + 1) * 64,
    ("pos_embed", "relative"): 4 * (2 * (16 + 1) - 1) * 16 - (16 + 1) * 64,
    ("pos_injection", "stem"): 0,
    ("pos_injection", "every_layer"): 3 * (16 + 1) * 64,
    ("pos_injection", "shared"): 0,
    ("stem", "patch"): 0,
    ("stem", "conv"): (9 + 2) * 64 + (64 - 4) * 64,
    ("stem", "resnet"): RESNET + (64 - 4) * 64,
    ("resnet_root", "3x3"): 0,
    ("resnet_root", "7x7"): (7 * 7 - 3 * 3) * 8 + (1 - 4 * 4) * 32 * 64,
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
    "resnet_depths": [1],
    "resnet_width": 4,
    "init_std": 0.02,
    "dropout": 0.5,
    "drop_path": 0.5,
}

IMAGE_SIZES = (12, 16)

# The last norm of a block of the ResNet starts at zero, and hides what is before it.
UNREACHED = r"^patch_embed\.backbone\.stages\.\d\.\d\.(conv\d|norm[12])\."

# PyTorch draws a convolution's bias within 1/√fan_in: the same draw at the scale of the kernel.
SCALED: dict[tuple[str, object, str], float] = {
    ("resnet_root", "7x7", "patch_embed.proj.bias"): 4 / 1,
}

POINTS = {
    "patch_embed": ("patch_embed", lambda grid: grid.flatten(2).transpose(1, 2)),
    "block0": ("blocks.0", lambda tokens: tokens),
    "block5": ("blocks.5", lambda tokens: tokens),
    "block11": ("blocks.11", lambda tokens: tokens),
    "norm": ("norm", lambda tokens: tokens),
}

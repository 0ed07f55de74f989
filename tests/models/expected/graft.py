"""Grafting; the small one has two stages on 8 × 8 places under 6 layers of dim 32 on 4 × 4."""

from typing import Any

SMALL = "graft-8px"


def block(channels: int, width: int) -> int:
    """A bottleneck whose shape changes: kernels and norms, then those of its shortcut."""
    out = 4 * width
    inside = channels * width + 9 * width**2 + width * out + 2 * (width + width + out)
    return inside + channels * out + 2 * out


def layers(depth: int, dim: int, grid: int) -> int:
    """Class token, positions, blocks and the last norm."""
    return dim + (1 + grid**2) * dim + depth * (12 * dim**2 + 13 * dim) + 2 * dim


SMALL_ROOT = 9 * 1 * 12 + 2 * 12
SMALL_STAGES = block(12, 12), block(48, 24)
SMALL_COUNT = SMALL_ROOT + sum(SMALL_STAGES) + (96 + 1) * 32 + layers(6, 32, 4) + 2 * (32 + 1) * 10

# The root of ResNet-50, then up to and including each of its stages.
RESNET = (9_536, 225_344, 1_444_928, 8_543_296, 23_508_032)

COUNTS = {
    "graft-0": 22_050_664,
    "graft-1": RESNET[1] + (256 + 1) * 384 + layers(9, 384, 14) + 2 * 385_000,
    "graft-2": RESNET[2] + (512 + 1) * 384 + layers(6, 384, 14) + 2 * 385_000,
    "graft-3": RESNET[3] + (1024 + 1) * 384 + layers(3, 384, 14) + 2 * 385_000,
    "graft-4": 25_557_032,
    "graft-8px": SMALL_COUNT,
    "graft-16px": SMALL_COUNT,
}

CELLS: list[tuple[str, dict[str, Any], int]] = [
    # LeViT Table 1, at its precision; one head would be 16.76, 12.75 and 14.72 M
    ("graft-1", {}, 17_141_008),
    ("graft-2", {}, 13_135_504),
    ("graft-3", {}, 15_107_088),
    ("graft-1", {"use_distillation_head": False}, 16_756_008),
    ("graft-2", {"use_distillation_head": False}, 12_750_504),
    ("graft-3", {"use_distillation_head": False}, 14_722_088),
    ("graft-2", {"stages": 0, "depth": 12, "use_distillation_head": False}, 22_050_664),
    ("graft-2", {"stages": 4, "depth": 0, "use_distillation_head": False}, 25_557_032),
    ("graft-4", {"num_classes": 10}, 23_528_522),
]

# In the grafts: convolutions up to the stage, projection, n layers of 0.3784 G on 197 tokens.
GMACS: list[tuple[str, dict[str, Any], float]] = [
    ("graft-0", {}, 4.599),
    ("graft-1", {}, 0.7860 + 0.0193 + 9 * 0.3784),
    ("graft-2", {}, 1.8136 + 0.0385 + 6 * 0.3784),
    ("graft-3", {}, 3.2779 + 0.0771 + 3 * 0.3784),
    ("graft-4", {}, 4.089),
]

# The root for large images makes 2 × 2 places of 8 × 8 pixels.
CONTEXT: dict[str, dict[str, Any]] = {"resnet_root": {"patch_size": 4}}

MORE: dict[tuple[str, object], int] = {
    ("use_distillation_head", True): 0,
    ("use_distillation_head", False): -(32 + 1) * 10,
    ("resnet_root", "3x3"): 0,
    ("resnet_root", "7x7"): (7 * 7 - 3 * 3) * 12,
}

OTHER: dict[str, Any] = {
    "stages": 1,
    "depth": 3,
    "patch_size": 4,
    "dim": 16,
    "num_heads": 4,
    "mlp_ratio": 2.0,
    "resnet_depths": [2, 1, 1, 1],
    "resnet_strides": [1, 2, 1, 1],
    "resnet_width": 8,
    "init_std": 0.02,
    "drop_path": 0.5,
}

IMAGE_SIZES = (12, 16)

UNREACHED = r"$^"

SCALED: dict[tuple[str, object, str], float] = {}

POINTS: dict[str, Any] = {}

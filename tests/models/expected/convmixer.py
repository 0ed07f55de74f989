"""ConvMixer; the small one has 4 × 4 places, dim 128, 8 blocks."""

from typing import Any

SMALL = "convmixer-8px"

COUNTS = {
    "convmixer-1536-20": 51_625_960,
    "convmixer-768-32": 21_110_248,
    "convmixer-1024-20": 24_383_464,
    "convmixer-256-8": 594_186,
    "convmixer-8px": 165_002,
    "convmixer-16px": 166_538,
    "convmixer-16px-thin": 15_994,
}

CELLS: list[tuple[str, dict[str, Any], int]] = [
    # Table 4: patches and kernels on CIFAR-10
    ("convmixer-256-8", {"patch_size": 1, "kernel_size": 9}, 706_570),
    ("convmixer-256-8", {"kernel_size": 7}, 643_338),
    ("convmixer-256-8", {"num_classes": 1000}, 848_616),
    # later papers' 512/16 and 1024/12
    ("convmixer-1024-20", {"patch_size": 7, "kernel_size": 8, "dim": 512, "depth": 16}, 5_357_544),
    ("convmixer-1024-20", {"patch_size": 7, "kernel_size": 8, "depth": 12}, 14_621_672),
]

# Depthwise convolutions included: timm prints 48.68 and 19.55 without them.
GMACS: list[tuple[str, dict[str, Any], float]] = [
    ("convmixer-1536-20", {}, 51.10),
    ("convmixer-768-32", {}, 20.68),
    # n = 16² places: n·(3p²h + d(hk² + h²)) + h·1000
    ("convmixer-1024-20", {}, 5.949),
    ("convmixer-256-8", {}, 0.148),
    ("convmixer-256-8", {"patch_size": 1, "kernel_size": 9}, 0.708),
    ("convmixer-256-8", {"kernel_size": 7}, 0.161),
]

CONTEXT: dict[str, dict[str, Any]] = {}

MORE: dict[tuple[str, object], int] = {
    ("use_depthwise_residual", True): 0,
    ("use_depthwise_residual", False): 0,
    ("use_pointwise_residual", True): 0,
    ("use_pointwise_residual", False): 0,
    ("norm", "batch"): 0,
    ("norm", "layer"): 0,
    ("activation", "gelu"): 0,
    ("activation", "relu"): 0,
}

OTHER: dict[str, Any] = {"patch_size": 4, "kernel_size": 3, "dim": 64, "depth": 3}

# a border that fills no patch is left out
IMAGE_SIZES = (9, 12)

UNREACHED = r"$^"

SCALED: dict[tuple[str, object, str], float] = {}

POINTS = {
    "stem": ("stem", lambda grid: grid),
    "block0_depthwise": ("blocks.0.depthwise", lambda grid: grid),
    "block0": ("blocks.0", lambda grid: grid),
    "middle": ("blocks.3", lambda grid: grid),
    "last": ("blocks.7", lambda grid: grid),
}

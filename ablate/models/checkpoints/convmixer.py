"""ConvMixer as in locuslab/convmixer: one long sequence, whose keys are the places in it."""

from ablate.models.checkpoints.family import Family, Renames, Toggles, Weights
from ablate.models.convmixer import VARIANTS

FIRST = 3
"""The first block's place, after the stem's convolution, activation and norm."""
AFTER = 2
"""How many places lie between the last block and the head: pooling and flattening."""


def renames(keywords: Toggles) -> Renames:
    """Every block has a place of its own, and the head's depends on how many there are."""
    depth = keywords.get("depth", 8)
    assert isinstance(depth, int)
    blocks = ((rf"^blocks\.{i}\.", f"{i + FIRST}.") for i in range(depth))
    return (
        (r"^stem\.conv\.", "0."),
        (r"^stem\.norm\.", "2."),
        (r"^head\.", f"{depth + FIRST + AFTER}."),
        *blocks,
        (r"\.depthwise\.conv\.", ".0.fn.0."),
        (r"\.depthwise\.norm\.", ".0.fn.2."),
        (r"\.pointwise\.conv\.", ".1."),
        (r"\.pointwise\.norm\.", ".3."),
    )


def read(weights: Weights) -> dict[str, object]:
    """All sizes.

    The activation leaves no trace: without a toggle it is the official code's GELU, also for the
    released 768/32, which was trained with ReLU.
    """
    found: dict[str, object] = {"activation": "gelu"}
    if depth := sum(key.endswith(".0.fn.0.weight") for key in weights):
        found["depth"] = depth
    sizes = {
        "dim": ("0.weight", 0),
        "in_channels": ("0.weight", 1),
        "patch_size": ("0.weight", -1),
        "kernel_size": (f"{FIRST}.0.fn.0.weight", -1),
        "num_classes": (f"{depth + FIRST + AFTER}.weight", 0),
    }
    for keyword, (key, axis) in sizes.items():
        if key in weights:
            found[keyword] = weights[key].shape[axis]
    return found


FAMILY = Family(
    architecture="convmixer",
    variants={name.replace("-", "_"): name for name in VARIANTS},
    toggles={"activation": "activation"},
    renames=renames,
    read=read,
    undropped={},
)

"""PVT version 1 as in whai362/PVT."""

from math import isqrt

from ablate.models.checkpoints.family import Family, Renames, Weights, classes

STAGES = 4


def of_stage(ours: int) -> Renames:
    """Official numbers count from 1, and no stage has a name of its own."""
    stage, number = rf"^stages\.{ours}\.", ours + 1
    return (
        (rf"{stage}embed\.conv\.", f"patch_embed{number}.proj."),
        (rf"{stage}embed\.", f"patch_embed{number}."),
        (rf"{stage}pos_embed$", f"pos_embed{number}"),
        (rf"{stage}cls_token$", "cls_token"),
        (rf"{stage}blocks\.", f"block{number}."),
    )


RENAMES = (
    *(rename for stage in range(STAGES) for rename in of_stage(stage)),
    (r"\.attn\.reduce\.conv\.", ".attn.sr."),
    (r"\.attn\.reduce\.norm\.", ".attn.norm."),
)


def read(weights: Weights) -> dict[str, object]:
    """Where keys and values are not reduced there is no convolution for it."""
    reductions = (weights.get(f"block{stage + 1}.0.attn.sr.weight") for stage in range(STAGES))
    found: dict[str, object] = {
        "num_classes": classes(weights, "head.weight"),
        "sr_ratios": [1 if weight is None else weight.shape[-1] for weight in reductions],
    }
    if "pos_embed1" in weights and "patch_embed1.proj.weight" in weights:
        patch_size = weights["patch_embed1.proj.weight"].shape[-1]
        found["image_size"] = isqrt(weights["pos_embed1"].shape[1]) * patch_size
    return found


FAMILY = Family(
    architecture="pvt",
    variants={
        "pvt_tiny": "pvt-tiny",
        "pvt_small": "pvt-small",
        "pvt_medium": "pvt-medium",
        "pvt_large": "pvt-large",
    },
    toggles={"sr_ratios": "sr_ratios"},
    renames=RENAMES,
    read=read,
    resize="bilinear",
)

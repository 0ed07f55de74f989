"""DeiT and ViT as in facebookresearch/deit and timm, which has the hybrids too."""

import math

from ablate.models.checkpoints.family import Family, Renames, Toggles, Weights, classes

# Only a hybrid has these keys. timm calls a ResNet's root its stem, and a shortcut a downsample.
RESNET = (
    (r"^patch_embed\.(weight|bias)$", r"patch_embed.proj.\1"),
    (r"\.backbone\.root\.", ".backbone.stem."),
    (r"\.backbone\.stages\.(\d+)\.", r".backbone.stages.\1.blocks."),
    (r"\.shortcut\.", ".downsample."),
)
STAGE = "patch_embed.backbone.stages.{}.blocks.0.conv1.weight"


def renames(overrides: Toggles) -> Renames:
    norm = (("^norm", "fc_norm"),) if overrides.get("pool") == "avg" else ()
    return (*RESNET, *norm)


def read(weights: Weights) -> dict[str, object]:
    found: dict[str, object] = {
        "num_classes": classes(weights, "head.weight"),
        "use_distillation_token": "dist_token" in weights,
    }
    if "pos_embed" in weights and "patch_embed.proj.weight" in weights:
        extra = ("cls_token" in weights) + ("dist_token" in weights)
        grid = math.isqrt(weights["pos_embed"].shape[1] - extra)
        patch = weights["patch_embed.proj.weight"].shape[-1] * pixels_to_a_place(weights)
        found["image_size"] = grid * patch
    return found


def pixels_to_a_place(weights: Weights) -> int:
    """The factor by which the map that patches are cut from is coarser than the image."""
    stages = next(stage for stage in range(len(weights) + 1) if STAGE.format(stage) not in weights)
    return 2 ** (stages + 1) if stages else 1


FAMILY = Family(
    architecture="vit",
    variants={
        "deit_tiny": "deit-ti",
        "deit_small": "deit-s",
        "deit_base": "deit-b",
        "vit_base_16": "vit-b16",
        "vit_base_32": "vit-b32",
        "vit_large_16": "vit-l16",
        "vit_large_32": "vit-l32",
        "vit_huge_14": "vit-h14",
        "vit_base_r50_s16": "vit-r50-b16",
        "vit_large_r50_s32": "vit-r50-l32",
    },
    toggles={
        "distillation": "use_distillation_token",
        "pos_embed": "pos_embed",
        "global_pool": "pool",
        "class_token": "use_cls_token",
        "qkv_bias": "qkv_bias",
    },
    levels={"learn": "learned", "token": "cls"},
    renames=renames,
    read=read,
    resize="bicubic",
    undropped={"drop_path": 0.0, "dropout": 0.0},
)

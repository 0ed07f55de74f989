"""DeiT and ViT as in facebookresearch/deit and timm."""

from ablate.models.official.family import Family, Renames, Toggles, Weights


def renames(overrides: Toggles) -> Renames:
    norm = (("^norm", "fc_norm"),) if overrides.get("pool") == "avg" else ()
    return (("^patch_embed", "patch_embed.proj"), *norm)


def read(weights: Weights) -> dict[str, object]:
    found: dict[str, object] = {
        "num_classes": weights["head.weight"].shape[0] if "head.weight" in weights else 1000,
        "use_distillation_token": "dist_token" in weights,
    }
    if "pos_embed" in weights and "patch_embed.proj.weight" in weights:
        extra = ("cls_token" in weights) + ("dist_token" in weights)
        grid = round((weights["pos_embed"].shape[1] - extra) ** 0.5)
        found["image_size"] = grid * weights["patch_embed.proj.weight"].shape[-1]
    return found


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
)

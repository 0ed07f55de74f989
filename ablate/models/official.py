"""Official weights in our models: the same numbers under other names.

Names, toggles and key names are those of the authors' repositories (DeiT on timm, CvT).
"""

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ablate.errors import UnknownNameError, hint
from ablate.models import build

# Official name → our architecture and variant.
OFFICIAL = {
    "deit_tiny": ("vit", "deit-ti"),
    "deit_small": ("vit", "deit-s"),
    "vit_base_16": ("vit", "vit-b16"),
    "cvt_13": ("cvt", "cvt-13"),
    "cvt_21": ("cvt", "cvt-21"),
}

# Official toggle → our keyword.
KEYWORDS = {
    "vit": {
        "distillation": "use_distillation_token",
        "pos_embed": "pos_embed",
        "global_pool": "pool",
        "class_token": "use_cls_token",
        "qkv_bias": "qkv_bias",
    },
    "cvt": {
        "stride_kv": "kv_stride",
        "qkv_projection": "projection",
        "patch_stride": "token_strides",
        "patch_padding": "token_paddings",
    },
}
LEVELS = {"learn": "learned", "token": "cls", "dw_bn": "conv"}

# What a key of ours is called officially: patterns, applied one after the other.
KEYS = {
    "vit": [(r"^patch_embed\.", "patch_embed.proj.")],
    "cvt": [
        (r"^stages\.(\d+)\.", r"stage\1."),
        (r"\.embed\.conv\.", ".patch_embed.proj."),
        (r"\.embed\.norm\.", ".patch_embed.norm."),
        (r"\.attn\.([qkv])\.sample\.", r".attn.conv_proj_\1."),
        (r"\.attn\.([qkv])\.linear\.", r".attn.proj_\1."),
    ],
}


def load_official(
    name: str,
    state_dict: Mapping[str, Tensor],
    num_classes: int,
    image_size: int,
    toggles: Mapping[str, object],
) -> nn.Module:
    """Our model with copies of official weights, in evaluation mode, every drop rate 0.

    All keys must be known and none may be missing. The weights keep their dtype.
    """
    if name not in OFFICIAL:
        raise UnknownNameError("official model", name, OFFICIAL)
    architecture, variant = OFFICIAL[name]
    overrides = translated(architecture, toggles)
    overrides |= {"num_classes": num_classes, "image_size": image_size, "drop_path": 0.0}
    if architecture == "cvt":
        overrides["token_kernels"] = kernels(state_dict, stages=3)
    with torch.device("meta"):  # no initial values: all of them come from the state dict
        model = build(architecture, variant, overrides, seed=0)

    renames = KEYS[architecture] + [(r"^norm\.", "fc_norm.")] * (overrides.get("pool") == "avg")
    official = {key: renamed(key, renames) for key in model.state_dict()}
    missing = sorted(set(official.values()) - set(state_dict))
    unknown = sorted(set(state_dict) - set(official.values()))
    if missing or unknown:
        raise ValueError(
            f"not the weights of {name}: missing {', '.join(missing) or 'nothing'}; "
            f"unknown {', '.join(unknown) or 'nothing'}"
        )
    weights = {key: state_dict[source].clone() for key, source in official.items()}
    model.load_state_dict(weights, assign=True)
    return model.eval()


def translated(architecture: str, toggles: Mapping[str, object]) -> dict[str, object]:
    """Official toggles in our keywords and levels."""
    keywords = KEYWORDS[architecture]
    unknown = [hint(toggle, keywords) for toggle in toggles if toggle not in keywords]
    if unknown:
        raise ValueError(f"unknown official toggle {', '.join(unknown)}")
    return {keywords[toggle]: our_level(level) for toggle, level in toggles.items()}


def our_level(level: object) -> object:
    """One level, or one of each stage."""
    if isinstance(level, list | tuple):
        return [our_level(one) for one in level]
    return LEVELS.get(level, level) if isinstance(level, str) else level


def kernels(state_dict: Mapping[str, Tensor], stages: int) -> list[int]:
    """CvT's token kernels, which its official toggles leave to the weights."""
    embeds = (state_dict.get(f"stage{stage}.patch_embed.proj.weight") for stage in range(stages))
    return [1 if weight is None else weight.shape[-1] for weight in embeds]


def renamed(key: str, renames: list[tuple[str, str]]) -> str:
    """The official name of one of our keys."""
    for pattern, replacement in renames:
        key = re.sub(pattern, replacement, key)
    return key

"""CvT as in microsoft/CvT."""

from ablate.models.checkpoints.family import Family, Weights, classes

STAGES = 3
RENAMES = (
    (r"^stages\.(\d+)\.", r"stage\1."),
    (r"\.embed\.conv\.", ".patch_embed.proj."),
    (r"\.embed\.norm\.", ".patch_embed.norm."),
    (r"\.attn\.([qkv])\.sample\.", r".attn.conv_proj_\1."),
    (r"\.attn\.([qkv])\.linear\.", r".attn.proj_\1."),
)


def read(weights: Weights) -> dict[str, object]:
    """Token kernels are among what the official toggles leave to the weights."""
    embeds = (weights.get(f"stage{stage}.patch_embed.proj.weight") for stage in range(STAGES))
    return {
        "num_classes": classes(weights, "head.weight"),
        "token_kernels": [1 if weight is None else weight.shape[-1] for weight in embeds],
    }


FAMILY = Family(
    architecture="cvt",
    variants={"cvt_13": "cvt-13", "cvt_21": "cvt-21", "cvt_w24": "cvt-w24"},
    toggles={
        "stride_kv": "kv_stride",
        "qkv_projection": "projection",
        "patch_stride": "token_strides",
        "patch_padding": "token_paddings",
    },
    levels={"dw_bn": "conv"},
    renames=RENAMES,
    read=read,
)

"""LeViT as in facebookresearch/LeViT."""

from collections.abc import Iterator, Sequence
from itertools import count

from ablate.models.checkpoints.family import Family, Renames, Toggles, Weights, classes
from ablate.models.levit import VARIANTS

TOKEN_PIXELS = 16  # of a side, in the first stage of every official model
LAYERS = (
    (r"^stem\.", "patch_embed."),
    (r"\.mix\.", "."),
    (r"\.bias\.table$", ".attention_biases"),
    (r"\.(q|proj)\.(linear|norm)\.", r".\1.1.\2."),
    (r"\.fc1\.", ".0."),
    (r"\.fc2\.", ".2."),
    (r"^(head|head_dist)\.linear\.", r"\1.l."),
    (r"\.(conv|linear)\.", ".c."),
    (r"\.norm\.", ".bn."),
)


def renames(keywords: Toggles) -> Renames:
    """All stages are one official list, in which an attention and an MLP have a number each."""
    depths = keywords.get("depths", (2, 3, 4))
    assert isinstance(depths, Sequence)
    return (*numbered(depths), *LAYERS)


def numbered(depths: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Our attentions and MLPs from the first to the last, and their official names."""
    number = count()
    for stage, depth in enumerate(depths):
        if stage:
            yield rf"^stages\.{stage}\.shrink\.attn\.", f"blocks.{next(number)}."
            yield rf"^stages\.{stage}\.shrink\.mlp\.branch\.", f"blocks.{next(number)}.m."
        for block in range(depth):
            for half in ("attn", "mlp"):
                ours = rf"^stages\.{stage}\.blocks\.{block}\.{half}\.branch\."
                yield ours, f"blocks.{next(number)}.m."


def read(weights: Weights) -> dict[str, object]:
    found: dict[str, object] = {
        "num_classes": classes(weights, "head.l.weight"),
        "use_distillation_head": "head_dist.l.weight" in weights,
    }
    if "blocks.0.m.attention_biases" in weights:
        found["image_size"] = TOKEN_PIXELS * round(
            weights["blocks.0.m.attention_biases"].shape[1] ** 0.5
        )
    return found


FAMILY = Family(
    architecture="levit",
    variants={name.replace("-", "_"): name for name in VARIANTS},
    toggles={"distillation": "use_distillation_head"},
    renames=renames,
    read=read,
    computed_keys=r"\.attention_bias_idxs$",
)

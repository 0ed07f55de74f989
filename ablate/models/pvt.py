"""PVT: transformer stages on ever coarser grids, whose keys and values are coarser still.

Wang et al., "Pyramid Vision Transformer: A Versatile Backbone for Dense Prediction without
Convolutions", arXiv 2102.12122, the classifier of version 1.

Follows the official code where the paper is silent or misprinted: Small and Medium have 4 blocks in
stage 2, as the paper's parameter counts want, where Table 1 prints 3; keys and values are made of
one reduced grid; norms in patch embeddings and reductions have eps 1e-5, the others 1e-6; drop path
rises over all blocks. Position tables are resized for images of another size than the model was
built for, each by its own grid; the official code compares with the first stage's and fails at
448 px. The sizes of the wider PVT-Small (Table 9) and of ViT-Small (Table 8) are not printed; here
they are what the paper's parameter counts imply. Not reproduced: detection and segmentation.

Parameters at 224 px and 1000 classes: PVT-Tiny 13,229,288; Small 24,485,864; Medium 44,208,104;
Large 61,369,320; wider Small 46,821,764.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ablate.models.initialize import initialize
from ablate.models.layers import Block, by_stage, check_keywords, drop_path_rates, head_dim, split
from ablate.models.pyramid import Pyramid, StageSpec, tables_of

PosEmbed = Literal["none", "learned"]
PosEmbedStages = Literal["none", "first", "last", "every"]


@final
@dataclass(frozen=True, slots=True)
class Spec(StageSpec):
    """One stage of Table 1; the embedding is a linear layer on each patch (3.1)."""

    mlp_ratio: float
    sr_ratio: int

    def side(self, side: int) -> int:
        """Rows of the square grid that this stage makes of one with `side` rows.

        Rows and columns that fill no patch are cut off, as the official code does.
        """
        made = StageSpec.side(self, side)
        needs = {"a patch": (self.kernel, side), "an sr_ratio": (self.sr_ratio, made)}
        for what, (size, rows) in needs.items():
            if size > rows:
                raise ValueError(f"{what} of {size} does not fit a grid of {rows} × {rows}")
        return made


@final
class SpatialReduction(nn.Module):
    """One token for each square of ratio × ratio tokens: a linear layer, then a norm (3.3).

    The class token has no place on the grid and goes around it. In the paper's models they never
    meet, as the stage with the class token reduces nothing.
    """

    def __init__(self, dim: int, ratio: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(dim, dim, ratio, ratio)
        self.norm = nn.LayerNorm(dim)

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """batch × ((1 or 0) + height·width) × dim → batch × fewer tokens × dim."""
        cls_token, grid = split(tokens, height, width)
        fewer = self.norm(self.conv(grid).flatten(2).transpose(1, 2))
        return torch.cat([cls_token, fewer], dim=1)


@final
class Attention(nn.Module):
    """Spatial-reduction attention: multi-head attention to fewer keys and values (3.3)."""

    def __init__(self, spec: Spec, qkv_bias: bool) -> None:
        super().__init__()
        self.head_shape = spec.num_heads, head_dim(spec.dim, spec.num_heads)
        self.reduce = SpatialReduction(spec.dim, spec.sr_ratio) if spec.sr_ratio > 1 else None
        self.q = nn.Linear(spec.dim, spec.dim, bias=qkv_bias)
        self.kv = nn.Linear(spec.dim, 2 * spec.dim, bias=qkv_bias)
        self.proj = nn.Linear(spec.dim, spec.dim)

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """batch × ((1 or 0) + height·width) × dim → the same shape."""
        fewer = tokens if self.reduce is None else self.reduce(tokens, height, width)
        q = self.q(tokens).unflatten(2, self.head_shape).transpose(1, 2)
        k, v = self.kv(fewer).unflatten(2, (2, *self.head_shape)).permute(2, 0, 3, 1, 4)
        heads = scaled_dot_product_attention(q, k, v)  # batch × heads × tokens × head_dim
        return self.proj(heads.transpose(1, 2).flatten(2))  # batch × tokens × dim


@final
class PVT(Pyramid):
    """Stages of patch embedding and spatial-reduction blocks, then a linear head.

    Tuples have one value per stage. `sr_ratios`, of all stages or of each: a square of so many
    tokens each way becomes one key and one value; 1 turns the reduction off. What fills no whole
    patch, or no whole square, is cut off at the right and lower edge. `pos_embed="learned"`:
    a table of positions, added after the patch embedding of the `pos_embed_stages`. Without class
    token, which only the last stage has, the mean of the last tokens decides. `drop_path` rises
    linearly over all blocks.
    `init_std`: the spread of matrices, tokens and tables at the start; a narrow model wants more
    than the paper's.

    `use_pyramid=False` is the rival of Table 8: one grid and one width from patches to head, a ViT
    made of the same parts. The `straight_` keywords size it and act nowhere else; those with one
    value per stage act in the pyramid alone. By default it is ViT-Small/32, with 4 for
    `straight_patch_size` it is ViT-Small/4, too large for the memory of the paper's machines.
    `straight_sr_ratio` reduces its keys and values as `sr_ratios` does.
    """

    # What the official optimizer leaves undecayed besides biases and norms; tables do decay.
    no_weight_decay = frozenset({"cls_token"})

    def __init__(
        self,
        *,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        dims: tuple[int, ...] = (64, 128, 320, 512),  # Table 9
        depths: tuple[int, ...] = (3, 4, 6, 3),  # Table 9
        num_heads: tuple[int, ...] = (1, 2, 5, 8),  # Table 1
        mlp_ratios: tuple[float, ...] = (8.0, 8.0, 4.0, 4.0),  # Table 1
        patch_sizes: tuple[int, ...] = (4, 2, 2, 2),  # Table 1
        sr_ratios: int | tuple[int, ...] = (8, 4, 2, 1),  # 3.3
        qkv_bias: bool = True,
        pos_embed: PosEmbed = "learned",  # 3.1
        pos_embed_stages: PosEmbedStages = "every",  # 3.1
        use_cls_token: bool = True,
        use_pyramid: bool = True,  # Table 8
        straight_patch_size: int = 32,  # Table 8
        straight_dim: int = 768,
        straight_depth: int = 8,
        straight_num_heads: int = 8,
        straight_mlp_ratio: float = 3.0,
        straight_sr_ratio: int = 1,
        init_std: float = 0.02,
        drop_path: float = 0.0,
        seed: int = 0,
    ) -> None:
        given = locals()
        check_keywords(self, given)
        rows = by_stage(given, "depths", "num_heads", "patch_sizes", "mlp_ratios", "sr_ratios")
        if not use_pyramid:
            size = straight_dim, straight_depth, straight_num_heads, straight_patch_size
            rows = [(*size, straight_mlp_ratio, straight_sr_ratio)]
        specs = [
            Spec(dim, depth, heads, patch, patch, 0, mlp_ratio, sr_ratio)
            for dim, depth, heads, patch, mlp_ratio, sr_ratio in rows
        ]
        rates = iter(drop_path_rates(drop_path, sum(spec.depth for spec in specs)))

        def blocks(spec: Spec) -> Iterator[Block]:
            for rate in islice(rates, spec.depth):
                yield Block(spec.dim, Attention(spec, qkv_bias), spec.mlp_ratio, nn.GELU(), rate)

        stages = ((spec, blocks(spec)) for spec in specs)
        tables = tables_of(pos_embed, pos_embed_stages, len(specs))
        image = image_size, in_channels
        super().__init__(image, num_classes, stages, use_cls_token, tables, "bilinear", eps=1e-6)
        self.init_std = init_std
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes."""
        cls_token, patches = self.through_stages(images)
        tokens = self.norm(torch.cat([cls_token, patches], dim=1))
        deciding = tokens[:, :1] if cls_token.shape[1] else tokens
        return self.head(deciding.mean(1))  # one class token is its own mean


VARIANTS: dict[str, dict[str, object]] = {
    # Table 1; stochastic depth from the official configurations
    "pvt-tiny": {"depths": (2, 2, 2, 2), "drop_path": 0.1},
    "pvt-small": {"depths": (3, 4, 6, 3), "drop_path": 0.1},
    "pvt-medium": {"depths": (3, 4, 18, 3), "drop_path": 0.3},
    "pvt-large": {"depths": (3, 8, 27, 3), "drop_path": 0.3},
    # Table 9, wider PVT-Small: widths × 1.4, by inference, as multiples of a head's width of 89;
    # what stochastic depth it had is not told
    "pvt-small-wide": {"dims": (89, 178, 445, 712), "depths": (3, 4, 6, 3), "drop_path": 0.1},
}

"""CvT: convolutions make the tokens, and the queries, keys and values, of a vision transformer.

Wu et al., "CvT: Introducing Convolutions to Vision Transformers", arXiv 2103.15808.

Follows the official code where the paper is silent: attention scores are scaled by dim^-½ of the
whole width, not of a head; the activation is x·σ(1.702x); drop path acts in the last stage only.
Position embeddings and linear projections (Tables 5, 6 and 8) are in the paper, but the official
code cannot build them; here they are as the paper's parameter counts say. For images of another
size than the model was built for, position tables are resized bicubically, as DeiT's are.

Parameters at 224 px and 1000 classes: CvT-13 19,997,480; CvT-21 31,622,696; CvT-W24 277,196,392.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ablate.models.initialize import initialize
from ablate.models.layers import Block, by_stage, check_keywords, drop_path_rates, head_dim, split
from ablate.models.pyramid import Pyramid, StageSpec, tables_of

TokenEmbed = Literal["conv", "patch"]
Projection = Literal["conv", "linear", "avg"]
PosEmbed = Literal["none", "learned"]
PosEmbedStages = Literal["none", "first", "last", "every"]


@final
@dataclass(frozen=True, slots=True)
class Spec(StageSpec):
    """One stage of Table 2."""

    projection: Projection
    kv_stride: int

    def side(self, side: int) -> int:
        """Rows of the square grid that this stage makes of one with `side` rows."""
        if self.kernel == self.stride and not self.padding and side % self.stride:
            raise ValueError(
                f"patches of {self.stride} × {self.stride} do not fill a grid of {side} × {side}"
            )
        made = StageSpec.side(self, side)
        if made < 1:
            raise ValueError(
                f"a token kernel of {self.kernel} does not fit a grid of {side} × {side}"
            )
        return made


def sampling(dim: int, method: Projection, stride: int) -> nn.Module:
    """The layers between the grid of tokens and the linear layer of a projection."""
    match method:
        case "linear":  # each token as it is: there is nothing that could stride
            return nn.Identity()
        case "avg":  # rounds the pooled grid up, as the official code does: 8 × 8 becomes 5 × 5
            return nn.AvgPool2d(3, stride, padding=1, ceil_mode=True)
        case "conv":
            conv = nn.Conv2d(dim, dim, 3, stride, padding=1, groups=dim, bias=False)
            return nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(dim)))


@final
class ConvProjection(nn.Module):
    """Queries, keys or values: a depthwise convolution on the grid, then a linear layer (3.2)."""

    def __init__(self, dim: int, method: Projection, stride: int) -> None:
        super().__init__()
        self.sample = sampling(dim, method, stride)
        self.linear = nn.Linear(dim, dim)

    def forward(self, cls_token: Tensor, grid: Tensor) -> Tensor:
        """The class token has no place on the grid and goes around the convolution.

        batch × (1 or 0) × dim, batch × dim × height × width → batch × tokens × dim
        """
        tokens = self.sample(grid).flatten(2).transpose(1, 2)
        return self.linear(torch.cat([cls_token, tokens], dim=1))


@final
class Attention(nn.Module):
    """Multi-head self-attention; keys and values may lie on a coarser grid than queries (3.2)."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.head_shape = spec.num_heads, head_dim(spec.dim, spec.num_heads)
        self.scale = spec.dim**-0.5
        q_method: Projection = "linear" if spec.projection == "avg" else spec.projection
        self.q = ConvProjection(spec.dim, q_method, stride=1)
        self.k = ConvProjection(spec.dim, spec.projection, spec.kv_stride)
        self.v = ConvProjection(spec.dim, spec.projection, spec.kv_stride)
        self.proj = nn.Linear(spec.dim, spec.dim)

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """batch × ((1 or 0) + height·width) × dim → the same shape."""
        cls_token, grid = split(tokens, height, width)
        q, k, v = (
            project(cls_token, grid).unflatten(2, self.head_shape).transpose(1, 2)
            for project in (self.q, self.k, self.v)
        )  # each batch × heads × tokens × head_dim
        heads = scaled_dot_product_attention(q, k, v, scale=self.scale)
        return self.proj(heads.transpose(1, 2).flatten(2))  # batch × tokens × dim


@final
class QuickGELU(nn.Module):
    """x·σ(1.702x), an approximation of GELU."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape → the same shape."""
        return x * torch.sigmoid(1.702 * x)


@final
class CvT(Pyramid):
    """Stages of token embedding and convolutional-projection blocks, then a linear head.

    Tuples have one value per stage. `token_embed`: "patch" cuts the grid into squares as wide as
    `token_strides`, whatever kernels and paddings say (Table 6). `projection`, of all stages or of
    each: "linear" has no convolution (Table 8), "avg" pools keys and values (official code only).
    `kv_stride` coarsens keys and values of "conv" and "avg" (Table 7) and does nothing in a
    "linear" stage. `pos_embed="learned"`: a table of positions, added after the token embedding of
    the `pos_embed_stages` (Table 5). Without class token the mean of the last tokens decides.
    `init_std`: the spread of matrices, tokens and tables at the start; a narrow model wants more
    than the paper's.
    `drop_path` rises linearly within the last stage; the others have none.
    """

    # What the official optimizer leaves undecayed besides biases and norms.
    no_weight_decay = frozenset({"cls_token", "pos_embed"})

    def __init__(
        self,
        *,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        dims: tuple[int, ...] = (64, 192, 384),  # Table 2
        depths: tuple[int, ...] = (1, 2, 10),  # Table 2
        num_heads: tuple[int, ...] = (1, 3, 6),  # Table 2
        mlp_ratio: float = 4.0,
        token_embed: TokenEmbed = "conv",  # Table 6
        token_kernels: tuple[int, ...] = (7, 3, 3),
        token_strides: tuple[int, ...] = (4, 2, 2),
        token_paddings: tuple[int, ...] = (2, 1, 1),
        projection: Projection | tuple[Projection, ...] = "conv",  # Table 8
        kv_stride: int | tuple[int, ...] = 2,  # Table 7
        pos_embed: PosEmbed = "none",  # Table 6
        pos_embed_stages: PosEmbedStages = "every",  # Table 5
        use_cls_token: bool = True,
        init_std: float = 0.02,
        drop_path: float = 0.0,
        seed: int = 0,
    ) -> None:
        given = locals()
        check_keywords(self, given, zero=("token_paddings",))
        token = "token_kernels", "token_strides", "token_paddings"
        rows = by_stage(given, "depths", "num_heads", *token, "projection", "kv_stride")
        specs = [Spec(*row) for row in rows]
        if token_embed == "patch":
            specs = [replace(spec, kernel=spec.stride, padding=0) for spec in specs]

        def blocks(spec: Spec) -> Iterator[Block]:
            for rate in drop_path_rates(drop_path if spec is specs[-1] else 0.0, spec.depth):
                yield Block(spec.dim, Attention(spec), mlp_ratio, QuickGELU(), rate, eps=1e-5)

        stages = ((spec, blocks(spec)) for spec in specs)
        tables = tables_of(pos_embed, pos_embed_stages, len(specs))
        image = image_size, in_channels
        super().__init__(image, num_classes, stages, use_cls_token, tables, "bicubic", eps=1e-5)
        self.init_std = init_std
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes."""
        cls_token, patches = self.through_stages(images)
        tokens = cls_token if cls_token.shape[1] else patches
        return self.head(self.norm(tokens).mean(1))  # one class token is its own mean


VARIANTS: dict[str, dict[str, object]] = {
    # Table 2; stochastic depth from the official configurations
    "cvt-13": {"depths": (1, 2, 10), "drop_path": 0.1},
    "cvt-21": {"depths": (1, 4, 16), "drop_path": 0.1},
    "cvt-w24": {
        "dims": (192, 768, 1024),
        "depths": (2, 2, 20),
        "num_heads": (3, 12, 16),
        "drop_path": 0.3,
    },
}

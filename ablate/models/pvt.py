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

from dataclasses import dataclass
from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from torchvision.ops import StochasticDepth

from ablate.models.initialize import init_transformer, initialize
from ablate.models.layers import (
    Mlp,
    by_stage,
    check_keywords,
    drop_path_rates,
    head_dim,
    is_named,
    split,
    tokens_on_grid,
)
from ablate.models.outline import Part, stage_part

PosEmbed = Literal["none", "learned"]
PosEmbedStages = Literal["none", "first", "last", "every"]


@final
@dataclass(frozen=True, slots=True)
class Spec:
    """One stage of Table 1."""

    dim: int
    depth: int
    num_heads: int
    mlp_ratio: float
    patch_size: int
    sr_ratio: int

    def side(self, side: int) -> int:
        """Rows of the square grid that this stage makes of one with `side` rows.

        Rows and columns that fill no patch are cut off, as the official code does.
        """
        made = side // self.patch_size
        needs = {"a patch": (self.patch_size, side), "an sr_ratio": (self.sr_ratio, made)}
        for what, (size, rows) in needs.items():
            if size > rows:
                raise ValueError(f"{what} of {size} does not fit a grid of {rows} × {rows}")
        return made


@final
class PatchEmbed(nn.Module):
    """Squares of the grid become tokens: a linear layer on each, then a norm (3.1)."""

    def __init__(self, in_channels: int, spec: Spec) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, spec.dim, spec.patch_size, spec.patch_size)
        self.norm = nn.LayerNorm(spec.dim)

    def forward(self, grid: Tensor) -> tuple[Tensor, int, int]:
        """batch × channels × height × width → batch × tokens × dim; rows, columns of tokens."""
        grid = self.conv(grid)
        tokens: Tensor = self.norm(grid.flatten(2).transpose(1, 2))
        return tokens, grid.shape[2], grid.shape[3]


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
        mixed: Tensor = self.proj(heads.transpose(1, 2).flatten(2))  # batch × tokens × dim
        return mixed


@final
class Block(nn.Module):
    """Attention between tokens, then an MLP on each; norm first, residual around both (Fig. 3)."""

    def __init__(self, spec: Spec, qkv_bias: bool, drop_path: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(spec.dim, eps=1e-6)
        self.attn = Attention(spec, qkv_bias)
        self.norm2 = nn.LayerNorm(spec.dim, eps=1e-6)
        self.mlp = Mlp(spec.dim, int(spec.dim * spec.mlp_ratio), nn.GELU())
        self.drop_path = StochasticDepth(drop_path, "row")

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """batch × tokens × dim → the same shape."""
        tokens = tokens + self.drop_path(self.attn(self.norm1(tokens), height, width))
        out: Tensor = tokens + self.drop_path(self.mlp(self.norm2(tokens)))
        return out


@final
class Stage(nn.Module):
    """New tokens on a coarser grid, their positions, then the blocks (Fig. 3).

    `positions`: rows of the position table, 0 for none.
    """

    def __init__(
        self,
        in_channels: int,
        spec: Spec,
        qkv_bias: bool,
        rates: list[float],
        use_cls_token: bool,
        positions: int,
    ) -> None:
        super().__init__()
        self.embed = PatchEmbed(in_channels, spec)
        self.cls_token = nn.Parameter(torch.empty(1, 1, spec.dim)) if use_cls_token else None
        self.pos_embed = nn.Parameter(torch.empty(1, positions, spec.dim)) if positions else None
        self.blocks = nn.ModuleList(Block(spec, qkv_bias, rate) for rate in rates)

    def forward(self, grid: Tensor) -> tuple[Tensor, Tensor]:
        """batch × channels × height × width → class token and new grid, as `split` gives them."""
        patches, height, width = self.embed(grid)
        tokens = tokens_on_grid(patches, self.cls_token, self.pos_embed, height, width, "bilinear")
        for block in self.blocks:
            tokens = block(tokens, height, width)
        return split(tokens, height, width)


@final
class PVT(nn.Module):
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
        super().__init__()
        given = locals()
        check_keywords(self, given)
        self.init_std = init_std
        rows = by_stage(given, "depths", "num_heads", "mlp_ratios", "patch_sizes", "sr_ratios")
        straight = Spec(
            straight_dim,
            straight_depth,
            straight_num_heads,
            straight_mlp_ratio,
            straight_patch_size,
            straight_sr_ratio,
        )
        specs = [Spec(*row) for row in rows] if use_pyramid else [straight]
        rates = drop_path_rates(drop_path, sum(spec.depth for spec in specs))
        last = len(specs) - 1

        self.stages = nn.ModuleList()
        self.parts: list[Part] = []
        channels, side = in_channels, image_size
        for i, spec in enumerate(specs):
            side = spec.side(side)
            has_cls_token = use_cls_token and i == last
            has_table = pos_embed == "learned" and is_named(pos_embed_stages, i, len(specs))
            positions = side**2 + has_cls_token if has_table else 0
            of_blocks, rates = rates[: spec.depth], rates[spec.depth :]
            self.stages.append(Stage(channels, spec, qkv_bias, of_blocks, has_cls_token, positions))
            channels = spec.dim
            row = spec.dim, spec.depth, spec.num_heads
            self.parts.append(stage_part(i, side, side**2 + has_cls_token, *row))
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.head = nn.Linear(channels, num_classes)
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes."""
        grid = images
        for stage in self.stages:
            cls_token, grid = stage(grid)
        tokens = self.norm(torch.cat([cls_token, grid.flatten(2).transpose(1, 2)], dim=1))
        deciding = tokens[:, :1] if cls_token.shape[1] else tokens
        logits: Tensor = self.head(deciding.mean(1))  # one class token is its own mean
        return logits

    def outline(self) -> tuple[Part, ...]:
        """The rows of Table 1."""
        return (*self.parts, Part(name="head", holds=("norm", "head"), dim=self.head.in_features))

    def init_parameter(
        self, name: str, parameter: nn.Parameter, generator: torch.Generator
    ) -> None:
        """The official rule."""
        owner, _, leaf = name.rpartition(".")
        init_transformer(self.get_submodule(owner), leaf, parameter, generator, self.init_std)


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

"""ViT and DeiT: a transformer encoder on a sequence of image patches.

ViT: Dosovitskiy et al., arXiv 2010.11929. DeiT: Touvron et al., arXiv 2012.12877.

The network is the one of DeiT's official code, which is ViT without the tanh layer before its head:
exact GELU, LayerNorm eps 1e-6, one linear head, truncated-normal initial values. ViT's JAX code
differs in its initial values (zero head, xavier matrices) and takes GELU's tanh approximation.
The stem "conv" is a later paper's: Xiao et al., "Early convolutions help transformers see better",
arXiv 2106.14881. Training with a teacher (DeiT section 4) is the recipe's; its second token and
head are here.

Parameters at 224 px and 1000 classes: ViT-B/16 = DeiT-B 86,567,656; DeiT-S 22,050,664;
DeiT-Ti 5,717,416; the hybrid R50+ViT-B/16 98,659,112.
"""

from dataclasses import replace
from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ablate.models.initialize import Network, initialize
from ablate.models.layers import (
    Block,
    check_keywords,
    check_multiple,
    drop_path_rates,
    head_dim,
)
from ablate.models.outline import Part
from ablate.models.positions import (
    RelativeKeys,
    check_positions,
    make_table,
    table_on,
)
from ablate.models.resnet import ResNet
from ablate.models.stems import make_stem

Stem = Literal["patch", "conv", "resnet"]
Root = Literal["7x7", "3x3"]
PosEmbed = Literal["none", "learned", "learned_2d", "sincos_2d", "relative"]
PosInjection = Literal["stem", "every_layer", "shared"]
Pool = Literal["cls", "avg"]


@final
class Attention(nn.Module):
    """Multi-head self-attention: softmax(q·kᵀ / √head_dim)·v in each head (ViT, appendix A).

    `relative_to`: extra tokens and side of the grid, where relative positions take part.
    """

    def __init__(
        self, dim: int, num_heads: int, qkv_bias: bool, relative_to: tuple[int, int] | None
    ) -> None:
        super().__init__()
        self.head_shape = num_heads, head_dim(dim, num_heads)
        self.qkv = nn.Linear(dim, 3 * dim, bias=qkv_bias)
        self.relative = RelativeKeys(*relative_to, self.head_shape[1]) if relative_to else None
        self.proj = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """batch × tokens × dim → the same shape; the patches lie on height × width."""
        qkv = self.qkv(tokens).unflatten(2, (3, *self.head_shape))
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each batch × heads × tokens × head_dim
        logits = None if self.relative is None else self.relative(q, height, width)
        heads = scaled_dot_product_attention(q, k, v, attn_mask=logits)  # adds the mask
        return self.proj(heads.transpose(1, 2).flatten(2))  # batch × tokens × dim


@final
class ViT(Network):
    """Patches become tokens, blocks let them look at each other, one token or their mean decides.

    `stem`: what makes the patches: one convolution, several, or a ResNet as in the hybrids
    (`stems.py`), whose size the `resnet_` keywords say; they do nothing elsewhere.
    `pos_embed`: what tells a patch's place (`positions.py`); `pos_injection`: where a table of
    places is added: once before the blocks, before each block one of its own, or the same.
    `pool`: "cls" reads the class token, "avg" the mean of the patch tokens, normed after pooling as
    in timm; ViT appendix D.3 compares them. `use_cls_token=False` needs `pool="avg"`.
    `use_distillation_token` adds DeiT's second token and head (section 4); the logits are the mean
    of both heads, in training too. `qkv_bias`: whether queries, keys and values have one, which the
    ViT paper leaves open. `init_std`: the spread of matrices, tokens and tables at the start; a
    narrow model wants more than the papers'. `dropout`: after the positions and after every linear
    layer of a block but queries, keys and values (ViT B.1).
    """

    # What DeiT's and timm's optimizers leave undecayed besides biases and norms.
    no_weight_decay = frozenset({"cls_token", "dist_token", "pos_embed", "offset_embed"})

    pos_embed: Tensor | None

    def __init__(
        self,
        *,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        patch_size: int = 16,  # ViT Table 1
        dim: int = 768,  # ViT Table 1
        depth: int = 12,  # ViT Table 1
        num_heads: int = 12,  # ViT Table 1
        mlp_ratio: float = 4.0,
        qkv_bias: bool = True,
        stem: Stem = "patch",  # ViT Table 6
        resnet_depths: tuple[int, ...] = (3, 4, 9),
        resnet_width: int = 64,
        resnet_root: Root = "7x7",
        pos_embed: PosEmbed = "learned",  # ViT Table 8
        pos_injection: PosInjection = "stem",  # ViT Table 8
        pool: Pool = "cls",  # ViT D.3
        use_cls_token: bool = True,
        use_distillation_token: bool = False,  # DeiT Table 3
        init_std: float = 0.02,
        dropout: float = 0.0,  # DeiT Table 8
        drop_path: float = 0.0,  # DeiT Table 8
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_keywords(self, locals())
        check_positions(pos_embed, pos_injection, dim)
        check_multiple(image_size, patch_size)
        if pool == "cls" and not use_cls_token:
            raise ValueError("pool 'cls' needs use_cls_token; without one, use pool 'avg'")
        if pool == "avg" and use_distillation_token:
            raise ValueError("use_distillation_token needs pool 'cls': DeiT reads two tokens")

        self.pool, self.init_std, self.num_heads = pool, init_std, num_heads
        self.pos_kind, self.pos_injection = pos_embed, pos_injection
        self.image_size, self.grid = image_size, image_size // patch_size
        self.extra_tokens = int(use_cls_token) + int(use_distillation_token)
        self.made_for = self.extra_tokens, self.grid

        self.patch_embed = make_stem(
            stem, in_channels, patch_size, dim, resnet_depths, resnet_width, resnet_root
        )
        self.cls_token = nn.Parameter(torch.empty(1, 1, dim)) if use_cls_token else None
        self.dist_token = nn.Parameter(torch.empty(1, 1, dim)) if use_distillation_token else None
        first, *later = (
            make_table(pos_embed, *self.made_for, dim)
            for _ in range(depth if pos_injection == "every_layer" else 1)
        )
        if pos_embed == "sincos_2d":  # computed, so it stays out of the state dict
            self.register_buffer("pos_embed", first, persistent=False)
        else:
            self.pos_embed = first
        self.later_tables = nn.ModuleList(nn.ParameterDict({"pos_embed": t}) for t in later)
        self.dropout = nn.Dropout(dropout)
        relative_to = self.made_for if pos_embed == "relative" else None
        self.blocks = nn.ModuleList(
            Block(
                dim,
                Attention(dim, num_heads, qkv_bias, relative_to),
                mlp_ratio,
                nn.Sequential(nn.GELU(), nn.Dropout(dropout)),
                rate,
                dropout,
            )
            for rate in drop_path_rates(drop_path, depth)
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, num_classes)
        self.head_dist = nn.Linear(dim, num_classes) if use_distillation_token else None
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes; of two heads the mean."""
        heads = self.heads(images)
        return heads[0] if len(heads) == 1 else (heads[0] + heads[1]) / 2

    def heads(self, images: Tensor) -> tuple[Tensor, ...]:
        """batch × channels × height × width → logits of each head, each batch × classes."""
        grid = self.patch_embed(images)  # batch × dim × height' × width'
        height, width = grid.shape[2:]
        extra = [token for token in (self.cls_token, self.dist_token) if token is not None]
        patches = grid.flatten(2).transpose(1, 2)  # batch × patches × dim
        tokens = torch.cat(
            [*(token.expand(images.shape[0], -1, -1) for token in extra), patches], 1
        )
        first, *later = self.tables(height, width)
        tokens = self.dropout(tokens if first is None else tokens + first)
        for block, table in zip(self.blocks, (None, *later), strict=True):
            tokens = block(tokens if table is None else tokens + table, height, width)
        return self.classify(tokens)

    def tables(self, height: int, width: int) -> list[Tensor | None]:
        """The tensors added to the input of each block, for patches on a grid of height × width.

        Each 1 × (extra tokens + height·width) × dim, or None.
        """
        own = [self.pos_embed, *self.later_tables.parameters()]
        tables = [
            None if table is None else table_on(height, width, table, self.pos_kind, *self.made_for)
            for table in own
        ]
        others = len(self.blocks) - len(tables)
        return tables + (tables if self.pos_injection == "shared" else [None]) * others

    def classify(self, tokens: Tensor) -> tuple[Tensor, ...]:
        """batch × (extra tokens + patches) × dim → logits of each head, each batch × classes."""
        if self.pool == "avg":
            return (self.head(self.norm(tokens[:, self.extra_tokens :].mean(1))),)
        tokens = self.norm(tokens)
        logits = (self.head(tokens[:, 0]),)
        return logits if self.head_dist is None else (*logits, self.head_dist(tokens[:, 1]))

    def outline(self) -> tuple[Part, ...]:
        """The patches, the encoder and the head (Fig. 1); before them a ResNet's stages."""
        stem, stages = "patch_embed", tuple[Part, ...]()
        backbone = dict(self.patch_embed.named_children()).get("backbone")
        if isinstance(backbone, ResNet):
            stem = "patch_embed.proj"
            stages = backbone.outline("patch_embed.backbone", self.image_size)
        tokens, dim = self.extra_tokens + self.grid**2, self.head.in_features
        patches = Part(
            name="patches",
            holds=(stem, "cls_token", "dist_token", "pos_embed"),
            side=self.grid,
            tokens=tokens,
            dim=dim,
        )
        encoder = replace(
            patches,
            name="encoder",
            holds=("blocks", "later_tables"),
            blocks=len(self.blocks),
            num_heads=self.num_heads,
        )
        head = Part(name="head", holds=("norm", "head", "head_dist"), dim=dim)
        return (*stages, patches, encoder, head)


VARIANTS: dict[str, dict[str, object]] = {
    # ViT Table 1; the number is the patch size in pixels
    "vit-b16": {"patch_size": 16, "dim": 768, "depth": 12, "num_heads": 12},
    "vit-b32": {"patch_size": 32, "dim": 768, "depth": 12, "num_heads": 12},
    "vit-l16": {"patch_size": 16, "dim": 1024, "depth": 24, "num_heads": 16},
    "vit-l32": {"patch_size": 32, "dim": 1024, "depth": 24, "num_heads": 16},
    "vit-h14": {"patch_size": 14, "dim": 1280, "depth": 32, "num_heads": 16},
    # DeiT Table 1; stochastic depth from Table 9
    "deit-ti": {"patch_size": 16, "dim": 192, "depth": 12, "num_heads": 3, "drop_path": 0.1},
    "deit-s": {"patch_size": 16, "dim": 384, "depth": 12, "num_heads": 6, "drop_path": 0.1},
    "deit-b": {"patch_size": 16, "dim": 768, "depth": 12, "num_heads": 12, "drop_path": 0.1},
    # ViT Table 6: hybrids; those of /16 have no fourth stage, and its blocks in the third
    "vit-r50-b16": {"stem": "resnet", "patch_size": 16, "dim": 768, "depth": 12, "num_heads": 12},
    "vit-r50-b32": {
        "stem": "resnet",
        "resnet_depths": (3, 4, 6, 3),
        "patch_size": 32,
        "dim": 768,
        "depth": 12,
        "num_heads": 12,
    },
    "vit-r50-l16": {"stem": "resnet", "patch_size": 16, "dim": 1024, "depth": 24, "num_heads": 16},
    "vit-r50-l32": {
        "stem": "resnet",
        "resnet_depths": (3, 4, 6, 3),
        "patch_size": 32,
        "dim": 1024,
        "depth": 24,
        "num_heads": 16,
    },
}

"""ViT and DeiT: a transformer encoder on a sequence of image patches.

ViT: Dosovitskiy et al., arXiv 2010.11929. DeiT: Touvron et al., arXiv 2012.12877.

The network is the one of DeiT's official code, which is ViT without the tanh layer before its head:
exact GELU, LayerNorm eps 1e-6, one linear head, truncated-normal initial values. ViT's JAX code
differs in its initial values (zero head, xavier matrices) and takes GELU's tanh approximation.
Not reproduced: distillation from a teacher (DeiT section 4; its extra token is here), and ViT's
tables 1-D per layer, 2-D learned and relative (appendix D.4).

Parameters at 224 px and 1000 classes: ViT-B/16 = DeiT-B 86,567,656; DeiT-S 22,050,664;
DeiT-Ti 5,717,416.
"""

from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from torchvision.ops import StochasticDepth

from ablate.models.initialise import init_transformer, initialise
from ablate.models.layers import (
    Mlp,
    check_level,
    check_positive,
    check_spread,
    drop_path_rates,
    head_dim,
)
from ablate.models.outline import Part

PosEmbed = Literal["none", "learned", "sincos_2d"]
Pool = Literal["cls", "avg"]


@final
class Attention(nn.Module):
    """Multi-head self-attention: softmax(q·kᵀ / √head_dim)·v in each head (ViT, appendix A)."""

    def __init__(self, dim: int, num_heads: int, qkv_bias: bool) -> None:
        super().__init__()
        self.head_shape = num_heads, head_dim(dim, num_heads)
        self.qkv = nn.Linear(dim, 3 * dim, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × tokens × dim → the same shape."""
        qkv = self.qkv(tokens).unflatten(2, (3, *self.head_shape))
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each batch × heads × tokens × head_dim
        heads = scaled_dot_product_attention(q, k, v)
        mixed: Tensor = self.proj(heads.transpose(1, 2).flatten(2))  # batch × tokens × dim
        return mixed


@final
class Block(nn.Module):
    """Attention between tokens, then an MLP on each; norm first, residual around both (Fig. 1)."""

    def __init__(
        self, dim: int, num_heads: int, mlp_ratio: float, qkv_bias: bool, drop_path: float
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = Attention(dim, num_heads, qkv_bias)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim, int(dim * mlp_ratio), nn.GELU())
        self.drop_path = StochasticDepth(drop_path, "row")

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × tokens × dim → the same shape."""
        tokens = tokens + self.drop_path(self.attn(self.norm1(tokens)))
        out: Tensor = tokens + self.drop_path(self.mlp(self.norm2(tokens)))
        return out


def sincos_2d(grid: int, dim: int, extra_tokens: int) -> Tensor:
    """Fixed positions: half of the width tells the row, half the column, as sines and cosines.

    The wavelengths are those of "Attention is all you need", laid out on two axes as in MoCo v3
    (2104.02057). Tokens that have no place get zeros.

    Returns 1 × (extra tokens + grid²) × dim.
    """
    wavelengths = 10_000.0 ** (torch.arange(dim // 4) / (dim // 4))
    angles = torch.arange(grid)[:, None] / wavelengths  # grid × dim/4
    axis = torch.cat([angles.sin(), angles.cos()], dim=1)  # grid × dim/2
    rows, columns = axis.repeat_interleave(grid, dim=0), axis.repeat(grid, 1)
    places = torch.cat([rows, columns], dim=1)  # grid² × dim
    return torch.cat([torch.zeros(extra_tokens, dim), places])[None]


@final
class ViT(nn.Module):
    """Patches become tokens, blocks let them look at each other, one token or their mean decides.

    `pos_embed`: what tells a patch's place (ViT Table 8). `pool`: "cls" reads the class token,
    "avg" the mean of the patch tokens, normed after pooling as in timm; ViT appendix D.3 compares
    them. `use_cls_token=False` needs `pool="avg"`. `use_distillation_token` adds DeiT's second
    token and head (section 4); the logits are the mean of both heads, in training too. `qkv_bias`:
    whether queries, keys and values have one, which the ViT paper leaves open. `init_std`: the
    spread of matrices, tokens and tables at the start; a narrow model wants more than the papers'.
    """

    # What DeiT's and timm's optimisers leave undecayed besides biases and norms.
    no_weight_decay = frozenset({"cls_token", "dist_token", "pos_embed"})

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
        pos_embed: PosEmbed = "learned",  # ViT Table 8
        pool: Pool = "cls",  # ViT D.3
        use_cls_token: bool = True,
        use_distillation_token: bool = False,  # DeiT Table 3
        init_std: float = 0.02,
        drop_path: float = 0.0,  # DeiT Table 8
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_level("pos_embed", pos_embed, PosEmbed)
        check_level("pool", pool, Pool)
        check_positive(
            {"patch_size": patch_size, "dim": dim, "depth": depth, "num_heads": num_heads}
        )
        check_spread(init_std)
        if image_size % patch_size:
            raise ValueError(
                f"image_size {image_size} is not a multiple of patch_size {patch_size}"
            )
        if pool == "cls" and not use_cls_token:
            raise ValueError("pool 'cls' needs use_cls_token; without one, use pool 'avg'")
        if pool == "avg" and use_distillation_token:
            raise ValueError("use_distillation_token needs pool 'cls': DeiT reads two tokens")
        if pos_embed == "sincos_2d" and dim % 4:
            raise ValueError(
                f"pos_embed 'sincos_2d' needs a dim that is a multiple of 4, not {dim}"
            )

        self.pool, self.init_std = pool, init_std
        self.extra_tokens = int(use_cls_token) + int(use_distillation_token)
        grid = image_size // patch_size

        self.patch_embed = nn.Conv2d(in_channels, dim, kernel_size=patch_size, stride=patch_size)
        self.cls_token = nn.Parameter(torch.empty(1, 1, dim)) if use_cls_token else None
        self.dist_token = nn.Parameter(torch.empty(1, 1, dim)) if use_distillation_token else None
        match pos_embed:
            case "none":
                self.pos_embed = None
            case "learned":
                self.pos_embed = nn.Parameter(torch.empty(1, self.extra_tokens + grid**2, dim))
            case "sincos_2d":  # computed, so it stays out of the state dict
                table = sincos_2d(grid, dim, self.extra_tokens)
                self.register_buffer("pos_embed", table, persistent=False)
        self.blocks = nn.Sequential(
            *(
                Block(dim, num_heads, mlp_ratio, qkv_bias, rate)
                for rate in drop_path_rates(drop_path, depth)
            )
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, num_classes)
        self.head_dist = nn.Linear(dim, num_classes) if use_distillation_token else None
        n = self.extra_tokens + grid**2
        self.parts = (
            Part(
                name="patches",
                holds=("patch_embed", "cls_token", "dist_token", "pos_embed"),
                side=grid,
                tokens=n,
                dim=dim,
            ),
            Part(
                name="encoder",
                holds=("blocks",),
                side=grid,
                tokens=n,
                dim=dim,
                blocks=depth,
                num_heads=num_heads,
            ),
            Part(name="head", holds=("norm", "head", "head_dist"), dim=dim),
        )
        initialise(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes; of two heads the mean."""
        heads = self.heads(images)
        return heads[0] if len(heads) == 1 else (heads[0] + heads[1]) / 2

    def heads(self, images: Tensor) -> tuple[Tensor, ...]:
        """batch × channels × height × width → logits of each head, each batch × classes."""
        patches = self.patch_embed(images).flatten(2).transpose(1, 2)  # batch × patches × dim
        extra = [token for token in (self.cls_token, self.dist_token) if token is not None]
        tokens = torch.cat([*(token.expand(len(images), -1, -1) for token in extra), patches], 1)
        if self.pos_embed is not None:
            tokens = tokens + self.pos_embed
        return self.classify(self.blocks(tokens))

    def classify(self, tokens: Tensor) -> tuple[Tensor, ...]:
        """batch × (extra tokens + patches) × dim → logits of each head, each batch × classes."""
        if self.pool == "avg":
            return (self.head(self.norm(tokens[:, self.extra_tokens :].mean(1))),)
        tokens = self.norm(tokens)
        logits = (self.head(tokens[:, 0]),)
        return logits if self.head_dist is None else (*logits, self.head_dist(tokens[:, 1]))

    def outline(self) -> tuple[Part, ...]:
        """The patches, the encoder and the head (Fig. 1)."""
        return self.parts

    def init_parameter(
        self, name: str, parameter: nn.Parameter, generator: torch.Generator
    ) -> None:
        """DeiT's rule; it is also today's timm's, but for the class token (normal 1e-6 there)."""
        owner, _, leaf = name.rpartition(".")
        init_transformer(self.get_submodule(owner), leaf, parameter, generator, self.init_std)


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
    # ours: 8 × 8 gray images in 16 patches, 0.2 M parameters
    "deit-8px": {
        "image_size": 8,
        "in_channels": 1,
        "num_classes": 10,
        "patch_size": 2,
        "dim": 64,
        "depth": 4,
        "num_heads": 4,
        "init_std": 0.1,
    },
}

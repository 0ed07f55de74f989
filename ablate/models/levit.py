"""LeViT: attention in a pyramid of shrinking grids, normed by batch, made for fast inference.

Graham et al., "LeViT: a Vision Transformer in ConvNet's Clothing for Faster Inference",
arXiv 2104.01136.

Follows the official code where the paper is silent: a layer with a BatchNorm after it has no bias;
a distance has no sign; all residual branches are dropped at one rate. That code builds none of
Table 5's rivals; here they are as appendix A.2 and the paper's parameter counts say. A teacher for
the second head is the recipe's. `fold_batch_norm` makes the network whose speed the paper prints.

Parameters at 224 px and 1000 classes: LeViT-128S 7,777,058; 128 9,213,936; 192 10,947,069;
256 18,893,876; 384 39,128,836. With one head, as Table 5 counts, 128S has 7,391,290.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, final

import torch
from torch import Tensor, nn

from ablate.models.initialize import Network, initialize
from ablate.models.layers import by_stage, check_keywords
from ablate.models.levit_layers import (
    AttentionBias,
    ConvNorm,
    NormLinear,
    Residual,
    TokenLinear,
    layer_norm,
    token_mlp,
)
from ablate.models.outline import Part

Stem = Literal["conv", "patch"]
Norm = Literal["batch", "pre_layer"]
PosEmbed = Literal["attention_bias", "learned", "none"]
Size = tuple[int, int, int]  # dim, depth, num_heads


@final
@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of one attention; queries are as wide as keys."""

    count: int
    key_dim: int
    value_dim: int


@final
@dataclass(frozen=True, slots=True)
class Spec:
    """One stage of Table 2: `side` rows of tokens, and the heads that shrink the grid before it."""

    side: int
    dim: int
    depth: int
    heads: Heads
    mlp_ratio: int
    shrink: Heads | None

    def outline(self, index: int) -> Iterator[Part]:
        """Its rows in the table."""
        at, size = f"stages.{index}", {"side": self.side, "tokens": self.side**2, "dim": self.dim}
        if self.shrink is not None:
            n = self.shrink.count
            yield Part(name=f"shrink {index}", holds=(f"{at}.shrink",), num_heads=n, **size)
        n, blocks = self.heads.count, (f"{at}.blocks",)
        yield Part(name=f"stage {index + 1}", holds=blocks, blocks=self.depth, num_heads=n, **size)


@final
@dataclass(frozen=True, slots=True)
class Style:
    """The settings that all stages share."""

    norm: Norm
    use_bias: bool
    use_activation: bool
    drop_path: float


@final
class Mix(nn.Module):
    """softmax(q·kᵀ / √key_dim + bias)·v in each head, a Hardswish, a projection of all heads.

    Written out: PyTorch's fused kernel for processors wants values as wide as keys, and what it
    takes instead is slower than this.
    """

    def __init__(self, dim: int, side: int, stride: int, heads: Heads, style: Style) -> None:
        super().__init__()
        self.scale = heads.key_dim**-0.5
        self.bias = AttentionBias(heads.count, side, stride) if style.use_bias else None
        self.activation = nn.Hardswish() if style.use_activation else nn.Identity()
        self.proj = TokenLinear(heads.count * heads.value_dim, dim, style.norm)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """batch × heads × (queries, keys, keys) × width → batch × queries × dim."""
        scores = (q * self.scale) @ k.transpose(2, 3)
        if self.bias is not None:
            scores = scores + self.bias()
        values = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
        return self.proj(self.activation(values))


def in_heads(tokens: Tensor, num_heads: int) -> Tensor:
    """batch × tokens × dim → batch × heads × tokens × width."""
    return tokens.reshape(*tokens.shape[:2], num_heads, -1).transpose(1, 2)


@final
class Attention(nn.Module):
    """All tokens ask all tokens (Fig. 5, left)."""

    def __init__(self, dim: int, side: int, heads: Heads, style: Style) -> None:
        super().__init__()
        self.num_heads, self.widths = heads.count, [heads.key_dim, heads.key_dim, heads.value_dim]
        self.pre_norm = layer_norm(dim, style.norm)
        self.qkv = TokenLinear(dim, heads.count * sum(self.widths), style.norm)
        self.mix = Mix(dim, side, 1, heads, style)

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × tokens × dim → the same shape."""
        qkv = in_heads(self.qkv(self.pre_norm(tokens)), self.num_heads)
        return self.mix(*torch.split(qkv, self.widths, dim=3))


@final
class ShrinkAttention(nn.Module):
    """Every second token of every second row asks all; no residual around it (Fig. 5, right)."""

    def __init__(self, in_dim: int, dim: int, side: int, heads: Heads, style: Style) -> None:
        super().__init__()
        self.side, self.num_heads = side, heads.count
        self.widths = [heads.key_dim, heads.value_dim]
        self.pre_norm = layer_norm(in_dim, style.norm)
        self.q = TokenLinear(in_dim, heads.count * heads.key_dim, style.norm)
        self.kv = TokenLinear(in_dim, heads.count * sum(self.widths), style.norm)
        self.mix = Mix(dim, side, 2, heads, style)
        self.post_norm = layer_norm(dim, style.norm)

    def forward(self, tokens: Tensor) -> Tensor:
        """batch × side² × in_dim → batch × ⌈side / 2⌉² × dim."""
        tokens = self.pre_norm(tokens)
        grid = torch.unflatten(tokens, 1, (self.side, self.side))
        q = in_heads(self.q(grid[:, ::2, ::2].flatten(1, 2)), self.num_heads)
        kv = in_heads(self.kv(tokens), self.num_heads)
        return self.post_norm(self.mix(q, *torch.split(kv, self.widths, dim=3)))


def make_stage(before: Spec | None, spec: Spec, style: Style) -> nn.Sequential:
    """A stage: shrink the grid of the one before, then blocks of attention and MLP (Fig. 4)."""

    def with_mlp(attn: nn.Module) -> nn.Sequential:
        mlp = token_mlp(spec.dim, spec.mlp_ratio * spec.dim, nn.Hardswish(), style.norm)
        return nn.Sequential(OrderedDict(attn=attn, mlp=Residual(mlp, style.drop_path)))

    stage = nn.Sequential()
    if before is not None and spec.shrink is not None:
        shrink = ShrinkAttention(before.dim, spec.dim, before.side, spec.shrink, style)
        stage.add_module("shrink", with_mlp(shrink))
    attentions = (Attention(spec.dim, spec.side, spec.heads, style) for _ in range(spec.depth))
    blocks = (with_mlp(Residual(attention, style.drop_path)) for attention in attentions)
    stage.add_module("blocks", nn.Sequential(*blocks))
    return stage


def make_stem(stem: Stem, channels: int, dim: int, depth: int, norm: Norm) -> nn.Sequential:
    """Convolutions that halve the grid and double the channels up to `dim`, or one of patches."""
    if stem == "patch":
        return nn.Sequential(ConvNorm(channels, dim, 2**depth, 2**depth, norm))
    if dim < 2 ** (depth - 1):
        raise ValueError(f"dim {dim} cannot be halved {depth - 1} times; see stem_depth")
    widths = [channels, *(dim // 2**left for left in reversed(range(depth)))]
    convs = [ConvNorm(before, after, 3, 2, norm) for before, after in pairwise(widths)]
    return nn.Sequential(*(layer for conv in convs for layer in (conv, nn.Hardswish())))[:-1]


def make_specs(side: int, sizes: Iterable[Size], key_dim: int, is_wide: bool) -> list[Spec]:
    """The stages of Table 2, each on half the rows of the one before.

    A shrinking attention has four times as many values as channels come in, and the heads for it.
    """
    value_ratio, mlp_ratio, shrink_ratio = (2, 2, 4) if is_wide else (1, 4, 1)
    specs: list[Spec] = []
    for dim, depth, num_heads in sizes:
        shrink = None
        if specs:
            before, side = specs[-1].dim, (side + 1) // 2
            if before % key_dim:
                raise ValueError(f"dim {before} is not a multiple of key_dim {key_dim}")
            shrink = Heads(4 * before // (shrink_ratio * key_dim), key_dim, shrink_ratio * key_dim)
        heads = Heads(num_heads, key_dim, value_ratio * key_dim)
        specs.append(Spec(side, dim, depth, heads, mlp_ratio, shrink))
    return specs


@final
class LeViT(Network):
    """A stem of convolutions, stages of attention and MLP, two linear heads on the mean token.

    Tuples have one value per stage; a head's values are twice as wide as its keys. What Table 5
    puts in the place of each part, at about the same cost:
    `use_pyramid=False`: as many blocks as all stages and shrinkings, on the grid of the first, with
    `straight_num_heads` heads of `straight_key_dim`. `stem="patch"`: squares of 2^`stem_depth`
    pixels instead of so many convolutions. `norm="pre_layer"`: LayerNorm before each branch; this
    also loses the zeros from which the norms at the ends of residual branches start, as in the
    paper. `pos_embed="learned"`: a table added to the tokens. `use_wide_blocks=False`: keys, values
    of `narrow_key_dim`, tokens as wide as all heads, MLPs twice as wide.
    Without pyramid or wide blocks `dims` and `key_dim` do nothing; with them, the widths above.
    With `use_distillation_head` the logits are the mean of two heads, in training too. `init_std`:
    the spread of heads and position table at the start. `drop_path`: of all residual branches.
    """

    # What the official optimizer leaves undecayed besides biases and norms; DeiT's the table too.
    no_weight_decay = frozenset({"table", "pos_embed"})

    def __init__(
        self,
        *,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        dims: tuple[int, ...] = (128, 256, 384),  # Table 2
        depths: tuple[int, ...] = (2, 3, 4),  # Table 2
        num_heads: tuple[int, ...] = (4, 6, 8),  # Table 2
        key_dim: int = 16,  # Table 2
        use_pyramid: bool = True,  # Table 5, A1
        straight_num_heads: int = 3,  # A.2
        straight_key_dim: int = 19,  # A.2
        stem: Stem = "conv",  # Table 5, A2
        stem_depth: int = 4,
        norm: Norm = "batch",  # Table 5, A3
        use_distillation_head: bool = True,  # Table 5, A4
        pos_embed: PosEmbed = "attention_bias",  # Table 5, A5
        use_wide_blocks: bool = True,  # Table 5, A6
        narrow_key_dim: int = 30,  # A.2
        use_attention_activation: bool = True,  # Table 5, A7
        init_std: float = 0.02,
        drop_path: float = 0.0,  # Table 2
        seed: int = 0,
    ) -> None:
        super().__init__()
        given = locals()
        check_keywords(self, given)
        if stem == "patch" and image_size % 2**stem_depth:
            raise ValueError(f"image_size {image_size} is not a multiple of {2**stem_depth}")

        dims, depths, num_heads = zip(*by_stage(given, "depths", "num_heads"), strict=True)
        if not use_pyramid:
            depths, num_heads = (sum(depths) + len(depths) - 1,), (straight_num_heads,)
            key_dim = straight_key_dim
        if not use_wide_blocks:
            key_dim = narrow_key_dim
        if not (use_pyramid and use_wide_blocks):
            dims = tuple((2 if use_wide_blocks else 1) * key_dim * count for count in num_heads)
        side = -(-image_size // 2**stem_depth)
        style = Style(norm, pos_embed == "attention_bias", use_attention_activation, drop_path)
        sizes = zip(dims, depths, num_heads, strict=True)

        self.init_std = init_std
        self.specs = make_specs(side, sizes, key_dim, use_wide_blocks)
        self.stem = make_stem(stem, in_channels, dims[0], stem_depth, norm)
        has_table = pos_embed == "learned"
        self.pos_embed = nn.Parameter(torch.empty(1, side**2, dims[0])) if has_table else None
        pairs = zip([None, *self.specs], self.specs, strict=False)
        self.stages = nn.Sequential(*(make_stage(*pair, style) for pair in pairs))
        self.head = NormLinear(dims[-1], num_classes, norm)
        self.head_dist = NormLinear(dims[-1], num_classes, norm) if use_distillation_head else None
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes; of two heads the mean."""
        heads = self.heads(images)
        return heads[0] if len(heads) == 1 else (heads[0] + heads[1]) / 2

    def heads(self, images: Tensor) -> tuple[Tensor, ...]:
        """batch × channels × height × width → logits of each head, each batch × classes."""
        tokens = self.stem(images).flatten(2).transpose(1, 2)  # batch × tokens × dim
        if self.pos_embed is not None:
            tokens = tokens + self.pos_embed
        token = self.stages(tokens).mean(1)  # batch × dim
        logits = (self.head(token),)
        return logits if self.head_dist is None else (*logits, self.head_dist(token))

    def outline(self) -> tuple[Part, ...]:
        """The rows of Table 2."""
        side, dim = self.specs[0].side, self.specs[0].dim
        stem = Part(name="stem", holds=("stem", "pos_embed"), side=side, tokens=side**2, dim=dim)
        stages = (row for index, spec in enumerate(self.specs) for row in spec.outline(index))
        head = Part(name="head", holds=("head", "head_dist"), dim=self.specs[-1].dim)
        return stem, *stages, head

    def init_parameter(
        self, owner: nn.Module, name: str, parameter: nn.Parameter, draw: torch.Generator
    ) -> None:
        """The official rule; what the official code lacks follows DeiT's or its own kind.

        Stem and blocks: uniform within 1/√fan_in, within √3 times that where no BatchNorm puts the
        scale right. Heads, position table: normal, cut at ±2. Norms: 1 and 0, but weight 0 at the
        end of a residual branch. Bias tables: 0.
        """
        path, _, leaf = name.rpartition(".")
        match leaf:
            case "bias" | "table":
                nn.init.zeros_(parameter)
            case "weight" if path.endswith("norm"):
                is_last = path.endswith(("branch.mix.proj.norm", "branch.fc2.norm"))
                nn.init.constant_(parameter, 0.0 if is_last else 1.0)
            case "weight" if not path.startswith("head"):
                is_normed = owner.bias is None
                bound = ((1 if is_normed else 3) / parameter[0].numel()) ** 0.5
                nn.init.uniform_(parameter, -bound, bound, generator=draw)
            case _:
                nn.init.trunc_normal_(parameter, std=self.init_std, generator=draw)


VARIANTS: dict[str, dict[str, object]] = {
    # Table 2; straight and narrow widths of 128S from A.2, of the others at the same cost ± 3 %
    "levit-128s": {"depths": (2, 3, 4), "num_heads": (4, 6, 8)},
    "levit-128": {
        "depths": (4, 4, 4),
        "num_heads": (4, 8, 12),
        "straight_key_dim": 20,
        "narrow_key_dim": 25,
    },
    "levit-192": {
        "dims": (192, 288, 384),
        "depths": (4, 4, 4),
        "num_heads": (3, 5, 6),
        "key_dim": 32,
        "straight_key_dim": 26,
        "narrow_key_dim": 49,
    },
    "levit-256": {
        "dims": (256, 384, 512),
        "depths": (4, 4, 4),
        "num_heads": (4, 6, 8),
        "key_dim": 32,
        "straight_key_dim": 35,
        "narrow_key_dim": 51,
    },
    "levit-384": {
        "dims": (384, 512, 768),
        "depths": (4, 4, 4),
        "num_heads": (6, 9, 12),
        "key_dim": 32,
        "straight_key_dim": 52,
        "narrow_key_dim": 50,
        "drop_path": 0.1,
    },
}

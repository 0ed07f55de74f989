"""Grafting: the layers of a DeiT on top of the first stages of a ResNet.

Graham et al., "LeViT: a Vision Transformer in ConvNet's Clothing for Faster Inference", arXiv
2104.01136, section 3.2 and Table 1: from no stage, which is DeiT-S, to all four, which is
ResNet-50 (arXiv 1512.03385), three layers making room for each.

There is no official code of it. In the text: ReLU and BatchNorm in the ResNet; at the interface
average pooling to the 14 × 14 of DeiT, class token and position embedding. From the parameter
counts of Table 1: a 1 × 1 projection with bias, and a second head on the class token in the three
grafts, but not in the two networks that they lie between.

Parameters at 224 px and 1000 classes: graft-0 22,050,664 (DeiT-S); graft-1 17,141,008; graft-2
13,135,504; graft-3 15,107,088; graft-4 25,557,032 (ResNet-50).
"""

from dataclasses import replace
from typing import Literal, final

import torch
from torch import Tensor, nn

from ablate.models.initialize import Network, initialize
from ablate.models.layers import (
    Block,
    check_keywords,
    check_multiple,
    drop_path_rates,
    tokens_on_grid,
)
from ablate.models.outline import Part
from ablate.models.resnet import ResNet
from ablate.models.vit import Attention

Root = Literal["7x7", "3x3"]


@final
class DeiT(nn.Module):
    """DeiT's layers on a grid: what the class token has become after them.

    A token is the mean over `places` × `places` of a feature map, projected; of an image it is a
    patch, with nothing averaged.
    """

    def __init__(
        self,
        channels: int,
        places: int,
        averages: bool,
        grid: int,
        dim: int,
        depth: int,
        num_heads: int,
        mlp_ratio: float,
        drop_path: float,
    ) -> None:
        super().__init__()
        kernel = 1 if averages else places
        self.pool = nn.AvgPool2d(places) if averages and places > 1 else nn.Identity()
        self.patch_embed = nn.Conv2d(channels, dim, kernel_size=kernel, stride=kernel)
        self.cls_token = nn.Parameter(torch.empty(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.empty(1, 1 + grid**2, dim))
        self.blocks = nn.ModuleList(
            Block(dim, Attention(dim, num_heads, True, None), mlp_ratio, nn.GELU(), rate)
            for rate in drop_path_rates(drop_path, depth)
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)

    def forward(self, features: Tensor) -> Tensor:
        """batch × channels × height × width → batch × dim"""
        grid = self.patch_embed(self.pool(features))  # batch × dim × height' × width'
        height, width = grid.shape[2:]
        patches = grid.flatten(2).transpose(1, 2)  # batch × patches × dim
        tokens = tokens_on_grid(patches, self.cls_token, self.pos_embed, height, width, "bicubic")
        for block in self.blocks:
            tokens = block(tokens, height, width)
        return self.norm(tokens[:, 0])


def check_graft(stages: int, depth: int, depths: tuple[int, ...], strides: tuple[int, ...]) -> None:
    """Raise unless there is something between image and head, and no more stages than there are."""
    if len(strides) != len(depths):
        raise ValueError(
            f"resnet_strides has {len(strides)} values, but resnet_depths has {len(depths)} stages"
        )
    if not 0 <= stages <= len(depths):
        raise ValueError(f"stages is {stages}; allowed: 0 to {len(depths)}, those of resnet_depths")
    if not stages and not depth:
        raise ValueError("stages 0 and depth 0 leave nothing to look at the image")


@final
class Graft(Network):
    """`stages` of a ResNet, then `depth` layers of a DeiT on tokens of patch_size × patch_size px.

    Without stages the tokens are patches of the image. Without layers there is no class token and
    no position: the mean over the last stage decides. Layers need a grid that is at least as fine
    as `patch_size` says: above all four stages of a ResNet-50 there are none. `resnet_root` and
    `resnet_strides`: what stands before the stages, and how much each coarsens the grid; small
    images want other ones than the paper's. `use_distillation_head`: a second head beside the
    first; the logits are the mean of both. `init_std`: the spread of matrices, tokens and tables.
    """

    # What DeiT's optimizer leaves undecayed besides biases and norms.
    no_weight_decay = frozenset({"cls_token", "pos_embed"})

    def __init__(
        self,
        *,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        stages: int = 2,  # LeViT Table 1
        depth: int = 6,  # LeViT Table 1
        use_distillation_head: bool = True,  # LeViT Table 1
        patch_size: int = 16,
        dim: int = 384,
        num_heads: int = 6,
        mlp_ratio: float = 4.0,
        resnet_depths: tuple[int, ...] = (3, 4, 6, 3),
        resnet_strides: tuple[int, ...] = (1, 2, 2, 2),
        resnet_width: int = 64,
        resnet_root: Root = "7x7",
        init_std: float = 0.02,
        drop_path: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_graft(stages, depth, resnet_depths, resnet_strides)
        check_keywords(self, locals(), zero=("stages", "depth"))
        self.init_std, self.image_size, self.grid = init_std, image_size, image_size // patch_size
        self.num_heads = num_heads

        self.resnet, self.deit, channels, places = None, None, in_channels, patch_size
        if stages:
            self.resnet = ResNet(
                "batch_norm",
                in_channels,
                resnet_width,
                resnet_depths[:stages],
                resnet_strides[:stages],
                resnet_root,
            )
            channels, places = self.resnet.channels, patch_size // self.resnet.stride
            if depth and patch_size % self.resnet.stride:
                raise ValueError(
                    f"stages {stages} coarsen the image by {self.resnet.stride}, and patch_size "
                    f"{patch_size} is not a multiple of that; above them depth must be 0"
                )
        if depth:
            check_multiple(image_size, patch_size)
            tokens = channels, places, bool(stages), self.grid
            self.deit = DeiT(*tokens, dim, depth, num_heads, mlp_ratio, drop_path)
            channels = dim
        self.head = nn.Linear(channels, num_classes)
        self.head_dist = nn.Linear(channels, num_classes) if use_distillation_head else None
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes; of two heads the mean."""
        heads = self.heads(images)
        return heads[0] if len(heads) == 1 else (heads[0] + heads[1]) / 2

    def heads(self, images: Tensor) -> tuple[Tensor, ...]:
        """batch × channels × height × width → logits of each head, each batch × classes."""
        features = images if self.resnet is None else self.resnet(images)
        pooled = features.mean((2, 3)) if self.deit is None else self.deit(features)
        logits = (self.head(pooled),)
        return logits if self.head_dist is None else (*logits, self.head_dist(pooled))

    def outline(self) -> tuple[Part, ...]:
        """The stages, then the tokens, their layers and the head, as far as they are there."""
        rows = () if self.resnet is None else self.resnet.outline("resnet", self.image_size)
        width = self.head.in_features
        if self.deit is not None:
            holds = ("deit.patch_embed", "deit.cls_token", "deit.pos_embed")
            tokens = 1 + self.grid**2
            patches = Part(name="patches", holds=holds, side=self.grid, tokens=tokens, dim=width)
            layers = {"blocks": len(self.deit.blocks), "num_heads": self.num_heads}
            rows += patches, replace(patches, name="encoder", holds=("deit.blocks",), **layers)
        return (*rows, Part(name="head", holds=("deit.norm", "head", "head_dist"), dim=width))


VARIANTS: dict[str, dict[str, object]] = {
    # Table 1; stochastic depth in the layers as in DeiT, of which the paper says nothing
    "graft-0": {"stages": 0, "depth": 12, "use_distillation_head": False, "drop_path": 0.1},
    "graft-1": {"stages": 1, "depth": 9, "drop_path": 0.1},
    "graft-2": {"stages": 2, "depth": 6, "drop_path": 0.1},
    "graft-3": {"stages": 3, "depth": 3, "drop_path": 0.1},
    "graft-4": {"stages": 4, "depth": 0, "use_distillation_head": False},
}

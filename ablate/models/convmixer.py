"""ConvMixer: patches, then convolutions that mix places and channels in turn, at one resolution.

Trockman and Kolter, "Patches Are All You Need?", arXiv 2201.09792.

Follows the official code: every convolution has a bias and pads with zeros to the size it was
given, GELU is exact, the norm comes after the activation, and initial values are PyTorch's own.
What is toggled is what the paper's ablation on CIFAR-10 changes in the network. Not reproduced:
nothing of the network; its largest effects there are those of augmentation and gradient clipping.

Parameters at 224 px and 1000 classes: ConvMixer-1536/20 51,625,960; ConvMixer-768/32 21,110,248;
ConvMixer-1024/20 24,383,464. At 32 px and 10 classes: ConvMixer-256/8 594,186.
"""

from collections import OrderedDict
from dataclasses import replace
from typing import Literal, final

import torch
from torch import Tensor, nn

from ablate.models.initialize import Network, initialize
from ablate.models.layers import ChannelNorm, check_keywords
from ablate.models.outline import Part

Norm = Literal["batch", "layer"]
Activation = Literal["gelu", "relu"]


@final
class Mixing(nn.Module):
    """A convolution, the activation, the norm, and perhaps a residual around the three."""

    def __init__(
        self, conv: nn.Conv2d, activation: Activation, norm: Norm, use_residual: bool
    ) -> None:
        super().__init__()
        self.conv, channels = conv, conv.out_channels
        self.activation = nn.GELU() if activation == "gelu" else nn.ReLU()
        self.norm = nn.BatchNorm2d(channels) if norm == "batch" else ChannelNorm(channels)
        self.use_residual = use_residual

    def forward(self, grid: Tensor) -> Tensor:
        """batch × channels × height × width → batch × dim × height' × width'."""
        mixed: Tensor = self.norm(self.activation(self.conv(grid)))
        return mixed + grid if self.use_residual else mixed


@final
class ConvMixer(Network):
    """A patch embedding, `depth` blocks of depthwise and pointwise mixing, the mean, a linear head.

    A block mixes places by a depthwise convolution, `kernel_size` wide, then channels by a
    pointwise one; the paper has a residual around the first only. `norm`: "layer" norms the
    channels of each place alone. A border of the image that does not fill a patch is left out.
    """

    # The official code spares biases and norms only.
    no_weight_decay: frozenset[str] = frozenset()

    def __init__(
        self,
        *,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        patch_size: int = 7,  # Table 4
        kernel_size: int = 9,  # Table 4
        dim: int = 1536,  # Table 4
        depth: int = 20,  # Table 4
        use_depthwise_residual: bool = True,  # CIFAR-10 ablation
        use_pointwise_residual: bool = False,  # CIFAR-10 ablation
        norm: Norm = "batch",  # CIFAR-10 ablation
        activation: Activation = "gelu",  # CIFAR-10 ablation
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_keywords(self, locals())
        if patch_size > image_size:
            raise ValueError(f"patch_size is {patch_size}; allowed: up to image_size {image_size}")
        patches = nn.Conv2d(in_channels, dim, patch_size, patch_size)
        self.stem = Mixing(patches, activation, norm, use_residual=False)
        self.blocks = nn.Sequential()
        for _ in range(depth):
            places = nn.Conv2d(dim, dim, kernel_size, padding="same", groups=dim)
            channels = nn.Conv2d(dim, dim, 1)
            block: OrderedDict[str, nn.Module] = OrderedDict(
                depthwise=Mixing(places, activation, norm, use_depthwise_residual),
                pointwise=Mixing(channels, activation, norm, use_pointwise_residual),
            )
            self.blocks.append(nn.Sequential(block))
        self.head = nn.Linear(dim, num_classes)
        self.side = image_size // patch_size
        initialize(self, seed)

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes."""
        grid = self.stem(images)  # batch × dim × height / patch × width / patch
        if grid.is_cpu:  # processors train depthwise convolutions up to 1.7 times faster this way
            grid = grid.contiguous(memory_format=torch.channels_last)
        return self.head(self.blocks(grid).mean((2, 3)))

    def outline(self) -> tuple[Part, ...]:
        """The patches, the blocks and the head."""
        dim = self.head.in_features
        patches = Part(
            name="patches", holds=("stem",), side=self.side, tokens=self.side**2, dim=dim
        )
        mixer = replace(patches, name="mixer", holds=("blocks",), blocks=len(self.blocks))
        return patches, mixer, Part(name="head", holds=("head",), dim=dim)

    def init_parameter(
        self, owner: nn.Module, name: str, parameter: nn.Parameter, draw: torch.Generator
    ) -> None:
        """PyTorch's rule: within 1/√fan_in for matrices and their biases alike; norms 1 and 0."""
        match owner, name.rpartition(".")[2]:
            case (nn.Conv2d() | nn.Linear()) as layer, _:
                bound = layer.weight[0].numel() ** -0.5
                nn.init.uniform_(parameter, -bound, bound, generator=draw)
            case _, "weight":
                nn.init.ones_(parameter)
            case _:
                nn.init.zeros_(parameter)


VARIANTS: dict[str, dict[str, object]] = {
    # the weights that the authors released; 768/32 was trained with ReLU
    "convmixer-1536-20": {"patch_size": 7, "kernel_size": 9, "dim": 1536, "depth": 20},
    "convmixer-768-32": {
        "patch_size": 7,
        "kernel_size": 7,
        "dim": 768,
        "depth": 32,
        "activation": "relu",
    },
    "convmixer-1024-20": {"patch_size": 14, "kernel_size": 9, "dim": 1024, "depth": 20},
    # the authors' small network for CIFAR-10; Table 4 varies its patches and kernels
    "convmixer-256-8": {
        "image_size": 32,
        "num_classes": 10,
        "patch_size": 2,
        "kernel_size": 5,
        "dim": 256,
        "depth": 8,
    },
}

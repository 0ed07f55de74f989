"""ResNet with bottlenecks: the convolutions under a hybrid ViT and under a grafted DeiT.

He et al., "Deep residual learning for image recognition", arXiv 1512.03385; the stride is on the
3 × 3 convolution, as everybody has it since. Two kinds of it:

batch_norm   as torchvision has it: BatchNorm, zeros evenly around the image.
group_norm   as ViT's hybrids have it (2010.11929, 3.1): GroupNorm, standardized kernels, and "SAME"
             padding, of which the odd row goes to the end. The JAX code adds 1e-5 to a kernel's
             deviation, timm 1e-8 to its variance; here it is timm's.
"""

import math
from collections import OrderedDict
from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ablate.models.initialize import Network
from ablate.models.outline import Part

Kind = Literal["batch_norm", "group_norm"]
Root = Literal["7x7", "3x3"]

EXPANSION = 4  # a block gives four times the channels that its 3 × 3 convolution works on


def padded_as_same(grid: Tensor, kernel: int, stride: int) -> Tensor:
    """Zeros around the grid, so that it has ⌈side / stride⌉ places for the kernel on each axis."""
    before_after: list[int] = []
    for side in (grid.shape[3], grid.shape[2]):
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        before_after += [total // 2, total - total // 2]
    return functional.pad(grid, before_after) if any(before_after) else grid


@final
class StandardizedConv(nn.Conv2d):
    """A convolution whose kernels are shifted and scaled to mean 0, variance 1 (1903.10520)."""

    def __init__(self, in_channels: int, channels: int, kernel: int, stride: int) -> None:
        super().__init__(in_channels, channels, kernel, stride, kernel // 2, bias=False)

    def forward(self, grid: Tensor) -> Tensor:
        """batch × in channels × height × width → batch × channels × ⌈h / stride⌉ × ⌈w / stride⌉"""
        weight = functional.layer_norm(self.weight, self.weight.shape[1:], eps=1e-8)
        if self.stride == (1, 1):  # SAME is even then
            return functional.conv2d(grid, weight, padding=self.padding)
        grid = padded_as_same(grid, self.kernel_size[0], self.stride[0])
        return functional.conv2d(grid, weight, stride=self.stride)


def make_conv(kind: Kind, in_channels: int, channels: int, kernel: int, stride: int) -> nn.Conv2d:
    """A convolution without bias: a norm follows."""
    if kind == "group_norm":
        return StandardizedConv(in_channels, channels, kernel, stride)
    return nn.Conv2d(in_channels, channels, kernel, stride, kernel // 2, bias=False)


def make_norm(kind: Kind, channels: int) -> nn.Module:
    """32 groups, or fewer if the channels of a small network do not divide into so many."""
    if kind == "group_norm":
        return nn.GroupNorm(math.gcd(32, channels), channels)
    return nn.BatchNorm2d(channels)


@final
class Bottleneck(nn.Module):
    """1 × 1, 3 × 3 and 1 × 1 convolutions beside a shortcut; the last ReLU is after the sum."""

    def __init__(self, kind: Kind, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        channels = EXPANSION * width
        self.shortcut: nn.Module | None = None
        if stride > 1 or in_channels != channels:
            conv = make_conv(kind, in_channels, channels, 1, stride)
            self.shortcut = nn.Sequential(OrderedDict(conv=conv, norm=make_norm(kind, channels)))
        self.conv1 = make_conv(kind, in_channels, width, 1, 1)
        self.norm1 = make_norm(kind, width)
        self.conv2 = make_conv(kind, width, width, 3, stride)
        self.norm2 = make_norm(kind, width)
        self.conv3 = make_conv(kind, width, channels, 1, 1)
        self.norm3 = make_norm(kind, channels)

    def forward(self, grid: Tensor) -> Tensor:
        """batch × in channels × height × width → batch × channels × coarser grid"""
        around = grid if self.shortcut is None else self.shortcut(grid)
        grid = self.norm1(self.conv1(grid)).relu_()
        grid = self.norm2(self.conv2(grid)).relu_()
        return (self.norm3(self.conv3(grid)) + around).relu_()


@final
class RootBlock(nn.Module):
    """The layers before the stages: a convolution, and for large images a max-pool.

    "7x7" quarters the sides. "3x3", as He et al. take it for CIFAR-10 (4.2), keeps them.
    """

    def __init__(self, kind: Kind, in_channels: int, channels: int, root: Root) -> None:
        super().__init__()
        kernel, stride = (7, 2) if root == "7x7" else (3, 1)
        self.conv = make_conv(kind, in_channels, channels, kernel, stride)
        self.norm = make_norm(kind, channels)
        self.has_pool, self.pads_as_same = root == "7x7", kind == "group_norm"
        self.stride = 4 if self.has_pool else 1

    def forward(self, images: Tensor) -> Tensor:
        """batch × in channels × height × width → batch × channels × height' × width'"""
        grid: Tensor = self.norm(self.conv(images)).relu_()
        if not self.has_pool:
            return grid
        if self.pads_as_same:  # after a ReLU nothing is below the zeros around it
            return functional.max_pool2d(padded_as_same(grid, 3, 2), 3, 2)
        return functional.max_pool2d(grid, 3, 2, padding=1)


@final
class ResNet(Network):
    """The root and the stages, without pooling and head.

    Stage i has `depths[i]` blocks of width · 2^i channels inside and four times as many outside;
    its first block coarsens the grid by `strides[i]`. What comes out has `channels` channels on a
    grid coarser than the image by `stride`.
    """

    def __init__(
        self,
        kind: Kind,
        in_channels: int,
        width: int,
        depths: tuple[int, ...],
        strides: tuple[int, ...],
        root: Root,
    ) -> None:
        super().__init__()
        self.root = RootBlock(kind, in_channels, width, root)
        self.stages = nn.ModuleList()
        self.channels, self.stride, self.depths = width, self.root.stride, depths
        self.reached = [(self.channels, self.stride)]  # after the root, after each stage
        for i, (depth, stride) in enumerate(zip(depths, strides, strict=True)):
            inside = width * 2**i
            first = Bottleneck(kind, self.channels, inside, stride)
            self.channels, self.stride = EXPANSION * inside, self.stride * stride
            rest = (Bottleneck(kind, self.channels, inside, 1) for _ in range(depth - 1))
            self.stages.append(nn.Sequential(first, *rest))
            self.reached.append((self.channels, self.stride))

    def forward(self, images: Tensor) -> Tensor:
        """batch × in channels × height × width → batch × channels × height' × width'"""
        grid = self.root(images)
        for stage in self.stages:
            grid = stage(grid)
        return grid

    def outline(self, path: str, image_size: int) -> tuple[Part, ...]:
        """The root and the stages as rows, for the model that holds this network at `path`."""
        rows = zip((None, *self.depths), self.reached, strict=True)
        return tuple(
            Part(
                name=f"stage {i}" if i else "root",
                holds=(f"{path}.stages.{i - 1}" if i else f"{path}.root",),
                side=-(-image_size // stride),
                dim=channels,
                blocks=depth,
            )
            for i, (depth, (channels, stride)) in enumerate(rows)
        )

    def init_parameter(
        self, owner: nn.Module, name: str, parameter: nn.Parameter, draw: torch.Generator
    ) -> None:
        """He normal by a kernel's outputs; norms 1 and 0.

        A block's last norm starts at 0 in the group_norm kind: the block passes its input on, at
        first.
        """
        if isinstance(owner, nn.Conv2d):
            nn.init.kaiming_normal_(parameter, mode="fan_out", nonlinearity="relu", generator=draw)
        elif name.endswith("bias") or (isinstance(owner, nn.GroupNorm) and "norm3" in name):
            nn.init.zeros_(parameter)
        else:
            nn.init.ones_(parameter)

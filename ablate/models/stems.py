"""Stems, from an image to a grid of tokens: one convolution, several, or a ResNet.

patch    ViT (2010.11929, 3.1): each patch of patch_size × patch_size pixels through a linear layer.
conv     Xiao et al., "Early convolutions help transformers see better", 2106.14881.
resnet   ViT's hybrids (3.1): patches of a ResNet's feature map, of one place each where the ResNet
         is as coarse as `patch_size`, which stays the number of pixels to a token.
"""

from collections import OrderedDict
from itertools import pairwise

from torch import nn

from ablate.models.resnet import ResNet, Root


def make_stem(
    stem: str,
    in_channels: int,
    patch_size: int,
    dim: int,
    resnet_depths: tuple[int, ...],
    resnet_width: int,
    resnet_root: Root,
) -> nn.Module:
    """batch × in channels × height × width → batch × dim × height / patch × width / patch"""
    match stem:
        case "conv":
            return conv_stem(in_channels, patch_size, dim)
        case "resnet":
            strides = tuple(2 if stage else 1 for stage in range(len(resnet_depths)))
            resnet = ResNet(
                "group_norm", in_channels, resnet_width, resnet_depths, strides, resnet_root
            )
            return hybrid_stem(resnet, patch_size, dim)
    return nn.Conv2d(in_channels, dim, kernel_size=patch_size, stride=patch_size)


def conv_stem(in_channels: int, patch_size: int, dim: int) -> nn.Sequential:
    """3 × 3 convolutions that halve the sides, ever wider up to `dim`, then one of 1 × 1.

    The paper's widths double from one to the next; it takes a block of the encoder away in
    exchange, which `depth` can do.
    """
    steps = patch_size.bit_length() - 1
    if patch_size != 2**steps or dim % patch_size:
        raise ValueError(
            "stem 'conv' needs a patch_size that is a power of 2 and divides dim, "
            f"not {patch_size} and {dim}"
        )
    widths = [in_channels, *(dim >> step for step in reversed(range(steps)))]
    layers = OrderedDict[str, nn.Module]()
    for i, (before, after) in enumerate(pairwise(widths), start=1):
        layers[f"conv{i}"] = nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False)
        layers[f"norm{i}"] = nn.BatchNorm2d(after)
        layers[f"relu{i}"] = nn.ReLU()
    layers["proj"] = nn.Conv2d(widths[-1], dim, 1)
    return nn.Sequential(layers)


def hybrid_stem(backbone: ResNet, patch_size: int, dim: int) -> nn.Sequential:
    """A ResNet, then a linear layer on patches of what it sees."""
    if patch_size % backbone.stride:
        raise ValueError(
            f"stem 'resnet' coarsens the image by {backbone.stride}; "
            f"patch_size must be a multiple of that, not {patch_size}"
        )
    places = patch_size // backbone.stride
    proj = nn.Conv2d(backbone.channels, dim, kernel_size=places, stride=places)
    return nn.Sequential(OrderedDict[str, nn.Module](backbone=backbone, proj=proj))

"""The pyramid that CvT and PVT are: stages on ever coarser grids, then a norm and a linear head."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from ablate.models.initialize import Network
from ablate.models.layers import split, tokens_on_grid
from ablate.models.outline import Part


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A row of the paper's table; kernel, stride and padding are those of the embedding."""

    dim: int
    depth: int
    num_heads: int
    kernel: int
    stride: int
    padding: int

    def side(self, side: int) -> int:
        """Rows of the square grid that the stage makes of one with `side` rows."""
        return (side + 2 * self.padding - self.kernel) // self.stride + 1


@final
class Embed(nn.Module):
    """A token for each place of a strided convolution, then a norm."""

    def __init__(self, in_channels: int, spec: StageSpec) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, spec.dim, spec.kernel, spec.stride, spec.padding)
        self.norm = nn.LayerNorm(spec.dim)

    def forward(self, grid: Tensor) -> tuple[Tensor, int, int]:
        """batch × channels × height × width → batch × tokens × dim; rows, columns of tokens."""
        grid = self.conv(grid)
        return self.norm(grid.flatten(2).transpose(1, 2)), grid.shape[2], grid.shape[3]


@final
class Stage(nn.Module):
    """New tokens on a coarser grid, their positions, then the blocks.

    `positions`: rows of the position table, 0 for none. `resize`: how the table is drawn to
    another grid, "bilinear" or "bicubic".
    """

    def __init__(
        self,
        embed: Embed,
        blocks: Iterable[nn.Module],
        dim: int,
        use_cls_token: bool,
        positions: int,
        resize: str,
    ) -> None:
        super().__init__()
        self.embed, self.resize = embed, resize
        self.cls_token = nn.Parameter(torch.empty(1, 1, dim)) if use_cls_token else None
        self.pos_embed = nn.Parameter(torch.empty(1, positions, dim)) if positions else None
        self.blocks = nn.ModuleList(blocks)

    def forward(self, grid: Tensor) -> tuple[Tensor, Tensor]:
        """batch × channels × height × width → class token and new grid, as `split` gives them."""
        patches, height, width = self.embed(grid)
        extra = self.cls_token, self.pos_embed
        tokens = tokens_on_grid(patches, *extra, height, width, self.resize)
        for block in self.blocks:
            tokens = block(tokens, height, width)
        return split(tokens, height, width)


class Pyramid(Network):
    """Stages, a norm and a linear head, which each architecture joins in its own `forward`.

    `image`: rows and channels. `stages`: each with its blocks. `tables`: which of them have a
    table of positions, drawn to other grids by `resize`. Only the last may have a class token.
    """

    def __init__(
        self,
        image: tuple[int, int],
        num_classes: int,
        stages: Iterable[tuple[StageSpec, Iterable[nn.Module]]],
        use_cls_token: bool,
        tables: Sequence[bool],
        resize: str,
        eps: float,
    ) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        self.parts: list[Part] = []
        side, channels = image
        for i, (spec, blocks) in enumerate(stages):
            side = spec.side(side)
            has_cls_token = use_cls_token and i == len(tables) - 1
            tokens = side**2 + has_cls_token
            embed, positions = Embed(channels, spec), tokens if tables[i] else 0
            self.stages.append(Stage(embed, blocks, spec.dim, has_cls_token, positions, resize))
            channels = spec.dim
            self.parts.append(
                Part(
                    name=f"stage {i + 1}",
                    holds=(f"stages.{i}",),
                    side=side,
                    tokens=tokens,
                    dim=spec.dim,
                    blocks=spec.depth,
                    num_heads=spec.num_heads,
                )
            )
        self.norm = nn.LayerNorm(channels, eps)
        self.head = nn.Linear(channels, num_classes)

    def through_stages(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """batch × channels × height × width → class token and other tokens of the last stage.

        batch × (1 or 0) × dim, batch × tokens × dim
        """
        grid = images
        for stage in self.stages:
            cls_token, grid = stage(grid)
        return cls_token, grid.flatten(2).transpose(1, 2)

    def outline(self) -> tuple[Part, ...]:
        """The rows of the paper's table."""
        return (*self.parts, Part(name="head", holds=("norm", "head"), dim=self.head.in_features))


def tables_of(pos_embed: str, pos_embed_stages: str, count: int) -> list[bool]:
    """Which of so many stages have a table of positions."""
    named = {"first": range(1), "last": range(count - 1, count), "every": range(count)}
    return [pos_embed == "learned" and i in named.get(pos_embed_stages, ()) for i in range(count)]

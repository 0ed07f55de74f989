"""Where a patch lies: the encodings of ViT's appendix D.4 (2010.11929, Table 8), and a fixed one.

learned      1-D: a row for each patch in raster order.
learned_2d   two tables, one for each axis, of half the width; a patch's row joins its column's and
             its row's. They lie side by side in one parameter.
sincos_2d    not in the paper: sines and cosines, computed.
relative     1-D: a key for each offset between two tokens in raster order. Each layer has its own
             keys, which its heads share.

Tokens without a place, such as the class token, have a row of their own in the first three
(zeros in sincos_2d), and stand before the first patch in the last.
"""

from typing import final

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ablate.models.layers import resize_positions


def check_positions(kind: str, injection: str, dim: int) -> None:
    """Raise unless there is a table where one is added, and the width can be cut as it needs."""
    multiple = {"sincos_2d": 4, "learned_2d": 2}.get(kind, 1)
    if dim % multiple:
        raise ValueError(
            f"pos_embed {kind!r} needs a dim that is a multiple of {multiple}, not {dim}"
        )
    if kind in ("none", "relative") and injection != "stem":
        raise ValueError(
            f"pos_injection {injection!r} adds tables, but pos_embed {kind!r} has none; "
            "allowed: stem"
        )
    if kind == "sincos_2d" and injection == "every_layer":
        raise ValueError(
            "pos_injection 'every_layer' gives each layer a table of its own, but pos_embed "
            "'sincos_2d' has only one; allowed: stem, shared"
        )


def make_table(kind: str, extra_tokens: int, grid: int, dim: int) -> Tensor | None:
    """A parameter to be filled, or what is computed; None where nothing is added to tokens."""
    match kind:
        case "learned":
            return nn.Parameter(torch.empty(1, extra_tokens + grid**2, dim))
        case "learned_2d":
            return nn.Parameter(torch.empty(1, extra_tokens + grid, dim))
        case "sincos_2d":
            return sincos_2d(grid, grid, dim, extra_tokens)
    return None


def sincos_2d(height: int, width: int, dim: int, extra_tokens: int) -> Tensor:
    """Half of the width tells the row, half the column, as sines and cosines.

    The wavelengths are those of "Attention is all you need", laid out on two axes as in MoCo v3
    (2104.02057).

    Returns 1 × (extra tokens + height·width) × dim.
    """
    wavelengths = 10_000.0 ** (torch.arange(dim // 4) / (dim // 4))
    angles = torch.arange(max(height, width))[:, None] / wavelengths  # places × dim/4
    axis = torch.cat([angles.sin(), angles.cos()], dim=1)  # places × dim/2
    rows = axis[:height].repeat_interleave(width, dim=0)
    columns = axis[:width].repeat(height, 1)
    places = torch.cat([rows, columns], dim=1)  # height·width × dim
    return torch.cat([torch.zeros(extra_tokens, dim), places])[None]


def joined_axes(table: Tensor, extra_tokens: int) -> Tensor:
    """Each patch's column beside its row: first half of the width and second half (x, y).

    1 × (extra tokens + grid) × dim → 1 × (extra tokens + grid²) × dim
    """
    extra, axes = table.tensor_split([extra_tokens], dim=1)
    grid = axes.shape[1]
    x, y = axes.chunk(2, dim=2)  # each 1 × grid × dim/2
    places = torch.cat([x.repeat(1, grid, 1), y.repeat_interleave(grid, dim=1)], dim=2)
    return torch.cat([extra, places], dim=1)


def table_on(
    height: int, width: int, table: Tensor, kind: str, extra_tokens: int, grid: int
) -> Tensor:
    """The position embedding of an image's tokens, from the table made for a square grid.

    A learned one is drawn to another grid as DeiT does it; sines are computed for it.

    1 × rows × dim → 1 × (extra tokens + height·width) × dim
    """
    if kind == "sincos_2d" and (height, width) != (grid, grid):
        return sincos_2d(height, width, table.shape[2], extra_tokens).to(table)
    if kind == "learned_2d":
        table = joined_axes(table, extra_tokens)
    return resize_positions(table, extra_tokens, height, width, "bicubic")


def resize_offsets(table: Tensor, extra_tokens: int, grid: int, height: int, width: int) -> Tensor:
    """The keys of offsets on a square grid, drawn to the offsets of another grid.

    An offset is read as so many rows down and the fewest columns sideways; that displacement, as
    a share of the image, is looked up in the old grid, bilinearly.

    (2·(extra tokens + grid²) − 1) × dim → (2·(extra tokens + height·width) − 1) × dim
    """
    if (height, width) == (grid, grid):
        return table
    farthest = extra_tokens + height * width - 1
    offsets = torch.arange(-farthest, farthest + 1, device=table.device)
    down = torch.round(offsets / width)
    y, x = down * grid / height, (offsets - down * width) * grid / width
    top, left = y.floor(), x.floor()

    def keys(row: Tensor, column: Tensor) -> Tensor:
        from_the_middle = (row * grid + column).long()
        return table[(len(table) // 2 + from_the_middle).clamp(0, len(table) - 1)]

    across, along = (x - left)[:, None].to(table), (y - top)[:, None].to(table)
    upper = torch.lerp(keys(top, left), keys(top, left + 1), across)
    lower = torch.lerp(keys(top + 1, left), keys(top + 1, left + 1), across)
    return torch.lerp(upper, lower, along)


@final
class RelativeKeys(nn.Module):
    """A second set of keys for the queries: one for each offset p_q − p_k, shared by the heads."""

    def __init__(self, extra_tokens: int, grid: int, head_dim: int) -> None:
        super().__init__()
        self.extra_tokens, self.grid = extra_tokens, grid
        offsets = 2 * (extra_tokens + grid**2) - 1
        self.offset_embed = nn.Parameter(torch.empty(offsets, head_dim))

    def forward(self, q: Tensor, height: int, width: int) -> Tensor:
        """Products of each query with the key of its offset to each token, scaled as others are.

        batch × heads × tokens × head_dim → batch × heads × tokens × tokens
        """
        tokens = q.shape[2]
        keys = resize_offsets(self.offset_embed, self.extra_tokens, self.grid, height, width)
        keys = pad(keys.flip(0), (0, 0, 0, 1))  # p_k − p_q ascending, and a last row of no use
        products = q @ (keys.T * keys.shape[1] ** -0.5)  # batch × heads × tokens × 2·tokens
        # Query p wants the columns from tokens − 1 − p on. Cut into rows one shorter than they
        # are, the products begin one column earlier in each row: nothing is gathered or copied.
        shifted = products.flatten(2)[..., tokens - 1 : -1].reshape(*q.shape[:3], -1)
        return shifted[..., :tokens]

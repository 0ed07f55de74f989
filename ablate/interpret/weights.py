"""Position embeddings and first-layer filters, read from a network's weights."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from ablate.interpret.model import Filters, Tile
from ablate.models.vit import ViT

MOST_TILES = 4
"""Rows and columns of places that are compared with all others."""
MOST_FILTERS = 28
"""As many as ViT's Fig. 7 shows."""
MOST_WEIGHTS = 4096
"""Of all filters that are shown: of large ones there are fewer."""


@torch.no_grad()
def position_tables(model: nn.Module) -> dict[str, Tensor]:
    """Name → table, (tokens without a place + side²) × dim, as it is added to tokens.

    A ViT may add several, one after the other: then the first.
    """
    if isinstance(model, ViT):
        first = model.tables(model.grid, model.grid)[0]
        return {} if first is None else {"pos_embed": first[0]}
    named = model.named_parameters()
    return {name: table[0] for name, table in named if name.rpartition(".")[2] == "pos_embed"}


@torch.no_grad()
def similarity(table: Tensor, most: int = MOST_TILES) -> Tensor:
    """tiles × side × side: the cosine of one place with every place, for some of the places.

    The tiles are in raster order and stand for `most` rows and columns of the grid, evenly spread,
    or for all of them (ViT, Fig. 7). The first rows of the table, of tokens without a place, are
    left out.
    """
    side = math.isqrt(len(table))
    grid = table[-(side**2) :].double().reshape(side, side, -1)
    lines = spread(side, most)
    chosen = grid[lines][:, lines].flatten(0, 1)  # tiles × dim
    return cosine_similarity(chosen[:, None, None], grid[None], dim=3)


def spread(side: int, most: int) -> list[int]:
    """`most` of the numbers below `side`, evenly spread, or all of them.

    `most` parts of equal length have these in their middle.
    """
    count = min(side, most)
    return [(2 * part + 1) * side // (2 * count) for part in range(count)]


@torch.no_grad()
def first_filters(model: nn.Module) -> Filters | None:
    """The filters of the first layer, or their first principal components if they are too many.

    The components are those of the filters around their mean; of each the largest weight is
    positive, as the sign has no meaning. None where the first layer is no convolution, or one
    of single pixels.
    """
    leaves = (one for one in model.modules() if not list(one.children()))
    first = next((one for one in leaves if list(one.parameters())), None)
    if not isinstance(first, nn.Conv2d) or first.kernel_size == (1, 1):
        return None
    found = first.weight.detach().double().cpu()
    most = min(MOST_FILTERS, max(1, MOST_WEIGHTS // found[0, 0].numel()))
    if len(found) <= most:
        return Filters(tiles=tiles(found.mean(1)), count=len(found), share=None)
    flat = found.flatten(1)
    _, sizes, axes = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
    largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
    shown = (axes * largest.sign())[:most].unflatten(1, found.shape[1:]).mean(1)
    explained = float((sizes[:most] ** 2).sum() / (sizes**2).sum())
    return Filters(tiles=tiles(shown), count=len(found), share=explained)


def tiles(values: Tensor) -> tuple[Tile, ...]:
    """tiles × height × width, as plain numbers."""
    return tuple(tuple(tuple(row) for row in tile) for tile in values.tolist())

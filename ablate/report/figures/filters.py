"""The filters of the first convolution."""

from collections.abc import Iterator, Sequence

from ablate.analysis.model import Analysis
from ablate.report.blocks import Figure
from ablate.report.figures._image_grid import Image, ImageGrid
from ablate.report.figures._interpreted import COLOR_KEY, Interpreted, grids_figure, largest
from ablate.report.formatting import share
from ablate.report.labels import cell_label

FEW, MANY = 4, 7
"""Columns of a grid of few filters, and of one with more than `FEW` rows of them."""


def filters(analysis: Analysis) -> Figure | None:
    """A grid per cell whose first layer is a convolution."""
    caption = (
        f"The first layer's filters{_components(analysis)}, each by its own maximum. {COLOR_KEY}"
    )
    return grids_figure("filters", "First layer", caption, _grids, analysis)


def _grids(own: Sequence[Interpreted], analysis: Analysis) -> Iterator[ImageGrid]:
    for one in own:
        if found := one.found.filters:
            yield ImageGrid(
                label=cell_label(one.cell, analysis),
                columns=FEW if len(found.tiles) <= FEW**2 else MANY,
                images=tuple(Image(values=tile, top=largest(tile)) for tile in found.tiles),
            )


def _components(analysis: Analysis) -> str:
    """The words for what is shown where there are too many filters."""
    found = [one.filters.share for one in analysis.interpretations if one.filters]
    least = min((one for one in found if one is not None), default=None)
    if least is None:
        return ""
    held = "all" if share(least) == share(1.0) else f"at least {share(least)}"
    return f"; of many, their first principal components, which hold {held} of the variance"

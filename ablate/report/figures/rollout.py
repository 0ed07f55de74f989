"""Attention rollout: how much of each part of an image reaches the tokens that decide."""

from collections.abc import Iterator, Sequence

from ablate.analysis.model import Analysis
from ablate.report.blocks import Figure
from ablate.report.figures._image_grid import Image, ImageGrid
from ablate.report.figures._interpreted import Interpreted, grids_figure, largest
from ablate.report.labels import cell_label


def rollout(analysis: Analysis) -> Figure | None:
    """The first test images and the rollouts of each cell."""
    caption = (
        "Attention rollout: how much of each part of an image reaches the tokens that decide, when"
        " attention is averaged over heads, mixed half and half with the identity and multiplied"
        " over all layers. The images are the first of the test split. The more color the more;"
        " each tile by its own maximum."
    )
    return grids_figure("rollout", "Attention rollout", caption, _grids, analysis)


def _grids(own: Sequence[Interpreted], analysis: Analysis) -> Iterator[ImageGrid]:
    """The images, which all cells have in common, then the rollouts of each cell."""
    rolled = [one for one in own if one.found.rollouts]
    for one in rolled[:1]:
        images = tuple(Image(values=r.image, top=1.0, gray=True) for r in one.found.rollouts)
        yield ImageGrid(label="the images", columns=len(images), images=images)
    for one in rolled:
        shares = [found.rollout for found in one.found.rollouts]
        images = tuple(Image(values=share, top=largest(share)) for share in shares)
        yield ImageGrid(label=cell_label(one.cell, analysis), columns=len(images), images=images)

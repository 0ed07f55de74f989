"""Position embeddings: the similarity of each position's embedding to all others."""

from collections.abc import Iterator, Sequence
from math import isqrt

from ablate.analysis.model import Analysis
from ablate.report.blocks import Figure
from ablate.report.figures._image_grid import Image, ImageGrid
from ablate.report.figures._interpreted import COLOR_KEY, Interpreted, grids_figure
from ablate.report.labels import cell_label


def positions(analysis: Analysis) -> Figure | None:
    """A grid per table of position embeddings."""
    caption = (
        "Position embeddings: each tile is a position and shows the cosine similarity of its"
        f" embedding to those of all positions.{_some(analysis)} {COLOR_KEY}"
    )
    return grids_figure("positions", "Position similarity", caption, _grids, analysis)


def _grids(own: Sequence[Interpreted], analysis: Analysis) -> Iterator[ImageGrid]:
    for one in own:
        for table in one.found.positions:
            part = f" · {table.part}" if len(one.found.positions) > 1 else ""
            yield ImageGrid(
                label=f"{cell_label(one.cell, analysis)}{part}",
                columns=isqrt(len(table.tiles)),
                images=tuple(Image(values=tile, top=1.0) for tile in table.tiles),
            )


def _some(analysis: Analysis) -> str:
    tables = [table for one in analysis.interpretations for table in one.positions]
    if all(len(table.tiles) == table.side**2 for table in tables):
        return ""
    return " Of a fine grid some positions are shown, evenly spread."

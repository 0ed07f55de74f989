"""Interpreted cells, model by model, and figures of image grids about them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ablate.analysis.findings import CellInterpretation
from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Figure
from ablate.report.figures._image_grid import ImageGrid, ImageGrids
from ablate.report.figures._shared import file_name
from ablate.report.labels import join_words

COLOR_KEY = "Blue is above 0, orange below; the more color, the farther from 0."


@dataclass(frozen=True, slots=True)
class Interpreted:
    """A cell and the interpretation of its networks."""

    cell: CellResult
    found: CellInterpretation


Models = Sequence[Sequence[Interpreted]]


def by_model(analysis: Analysis) -> Models:
    """The interpreted cells of each model."""
    known = {one.cell: one for one in analysis.interpretations}
    cells = [Interpreted(c, known[c.name]) for c in analysis.cells if c.name in known]
    return [tuple(own) for _, own in groupby(cells, key=lambda one: one.cell.model)]


def grids_figure(
    name: str,
    shows: str,
    caption: str,
    grids_of: Callable[[Sequence[Interpreted], Analysis], Iterator[ImageGrid]],
    analysis: Analysis,
) -> Figure | None:
    """A panel of image grids per model that has any."""
    panels = tuple(
        ImageGrids(
            name=file_name(name, own[0].cell.model),
            title=own[0].cell.model_label,
            grids=grids,
        )
        for own in by_model(analysis)
        if (grids := tuple(grids_of(own, analysis)))
    )
    if not panels:
        return None
    told = (f"{panel.title} ({', '.join(grid.label for grid in panel.grids)})" for panel in panels)
    whose = _whose(by_model(analysis))
    return Figure(
        name=name,
        caption=f"{caption} {whose}",
        alt=f"{shows}: {join_words(told)}.",
        panels=panels,
    )


def _whose(models: Models) -> str:
    """The networks that the images are of."""
    seeds = {one.found.seeds[0] for model in models for one in model}
    if len(seeds) == 1:
        return f"One network of each cell, seed {seeds.pop()}."
    return "One network of each cell, of its first finished seed."


def largest(values: Iterable[Sequence[float]]) -> float:
    """The number that has all color."""
    return max(abs(value) for row in values for value in row)

"""What trained networks look like inside, as data for figures: attention, positions, filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isqrt

from ablate.analysis.findings import CellInterpretation
from ablate.analysis.model import Analysis, CellResult
from ablate.interpret.model import Filters
from ablate.report.blocks import Block, Figure, Heading, Paragraph
from ablate.report.formatting import count, pixels, share
from ablate.report.labels import cell_label, join_words
from ablate.report.panels import HeadLayer, HeadRow, Heads, Tile, Wall, Walls

AIR = 0.08
"""Share of the axis that stays free beyond the outermost mark."""
FEW, MANY = 4, 7
"""Columns of a wall of few filters, and of one with more than `FEW` rows of them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell and what was seen in its networks."""

    cell: CellResult
    inside: CellInterpretation


def interpretations(analysis: Analysis) -> Iterator[Block]:
    """The section on what was seen in trained networks, if anything was."""
    known = {inside.cell: inside for inside in analysis.interpretations}
    seen = [Seen(cell, known[cell.name]) for cell in analysis.cells if cell.name in known]
    models = [tuple(own) for _, own in groupby(seen, key=lambda one: one.cell.model)]
    drawn = (attention, positions, rollouts, filters)
    figures = [figure for make in drawn if (figure := make(models, analysis))]
    if figures or analysis.not_interpreted:
        yield Heading(text="Interpretation")
        yield from figures
    if analysis.not_interpreted:
        yield Paragraph(text=_unseen(analysis))


def _unseen(analysis: Analysis) -> str:
    causes = (f"{one.cause} ({count(one.count, 'run')})" for one in analysis.not_interpreted)
    return f"Not every network could be looked into: {join_words(causes)}."


Models = Sequence[Sequence[Seen]]


def attention(models: Models, analysis: Analysis) -> Figure | None:
    """How far each head looks, a panel per model."""
    drawn = [own for model in models if (own := [one for one in model if one.inside.layers])]
    if not drawn:
        return None
    rows = [row for own in drawn for row in _rows(own, analysis)]
    return Figure(
        name="attention",
        caption=_attention_caption(drawn),
        alt="Mean attention distance in pixels, first and last layer. "
        + "; ".join(f"{row.label}: {row.text}" for row in rows)
        + ".",
        panels=tuple(_heads(own, analysis) for own in drawn),
    )


def _heads(own: Sequence[Seen], analysis: Analysis) -> Heads:
    layers = [layer for one in own for layer in one.inside.layers]
    marks = [mark for layer in layers for mark in (*layer.distances, layer.even)]
    low, high = min(marks), max(marks)
    air = AIR * ((high - low) or 1.0)
    return Heads(
        name=f"attention-{_position(own, analysis)}",
        title=own[0].cell.model_label,
        x_axis="attention layer",
        y_axis="mean attention distance (pixels)",
        rows=tuple(_rows(own, analysis)),
        low=max(0.0, low - air),
        high=high + air,
    )


def _rows(own: Sequence[Seen], analysis: Analysis) -> Iterator[HeadRow]:
    base = next((one.inside.layers for one in own if one.cell.is_baseline), ())
    for one in own:
        layers, is_baseline = one.inside.layers, one.cell.is_baseline
        ends = " → ".join(pixels(layer.mean) for layer in (layers[0], layers[-1]))
        yield HeadRow(
            label=cell_label(one.cell, analysis),
            text=f"{ends} ({len(one.inside.seeds)})",
            baseline=is_baseline,
            layers=tuple(HeadLayer(dots=x.distances, mean=x.mean, even=x.even) for x in layers),
            beside=() if is_baseline else tuple(layer.mean for layer in base),
        )


def _attention_caption(drawn: Models) -> str:
    first = drawn[0][0].inside
    return (
        "How far attention looks: a dot for each head of each trained network, at the mean"
        " distance between a token and what it attends to, weighted by attention, in pixels of"
        f" images that are {first.image_size} wide, over {first.images} test images."
        " Solid: the mean of a layer; dotted: the baseline's; gray: a head that attends to all"
        " alike. In numbers: the mean of the first and of the last layer, and how many networks."
        " Tokens without a place, such as the class token, are left out and the rest is scaled up"
        " to 1; what was made of several tokens lies in their middle."
    )


def positions(models: Models, analysis: Analysis) -> Figure | None:
    """Which places a network takes for alike."""
    caption = (
        "Position embeddings: each tile is a place, and shows the cosine similarity of its"
        f" embedding to those of all places.{_some_places(models)} {_key()}"
        f" {_one_network(models)}"
    )
    return _walled("positions", "Position similarity", _of_positions, caption, models, analysis)


def _of_positions(own: Sequence[Seen], analysis: Analysis) -> Iterator[Wall]:
    for one in own:
        for table in one.inside.positions:
            where = f" · {table.part}" if len(one.inside.positions) > 1 else ""
            yield Wall(
                label=f"{cell_label(one.cell, analysis)}{where}",
                columns=isqrt(len(table.tiles)),
                tiles=tuple(Tile(values=tile, top=1.0) for tile in table.tiles),
            )


def _some_places(models: Models) -> str:
    tables = [table for model in models for one in model for table in one.inside.positions]
    if all(len(table.tiles) == table.side**2 for table in tables):
        return ""
    return " Of a fine grid some places are shown, evenly spread."


def rollouts(models: Models, analysis: Analysis) -> Figure | None:
    """What of an image reaches the tokens that decide."""
    caption = (
        "Attention rollout: what of each place of an image reaches the tokens that decide, when"
        " attention is averaged over heads, mixed half and half with the identity and multiplied"
        " over all layers. The images are the first of the test split. The more color the more;"
        f" each tile by its own maximum. {_one_network(models)}"
    )
    return _walled("rollout", "Attention rollout", _of_looks, caption, models, analysis)


def _of_looks(own: Sequence[Seen], analysis: Analysis) -> Iterator[Wall]:
    """The images, which all cells have in common, then the rollouts of each cell."""
    looking = [one for one in own if one.inside.looks]
    for one in looking[:1]:
        looks = one.inside.looks
        images = tuple(Tile(values=look.image, top=1.0, gray=True) for look in looks)
        yield Wall(label="the images", columns=len(images), tiles=images)
    for one in looking:
        rolled = [look.rollout for look in one.inside.looks]
        tiles = tuple(Tile(values=share, top=_top(share)) for share in rolled)
        yield Wall(label=cell_label(one.cell, analysis), columns=len(tiles), tiles=tiles)


def filters(models: Models, analysis: Analysis) -> Figure | None:
    """What the first convolution looks for."""
    found = [one.inside.filters for model in models for one in model if one.inside.filters]
    caption = (
        f"The first layer's filters{_components(found)}, each by its own maximum. {_key()}"
        f" {_one_network(models)}"
    )
    return _walled("filters", "First layer", _of_filters, caption, models, analysis)


def _of_filters(own: Sequence[Seen], analysis: Analysis) -> Iterator[Wall]:
    for one in own:
        if found := one.inside.filters:
            yield Wall(
                label=cell_label(one.cell, analysis),
                columns=FEW if len(found.tiles) <= FEW**2 else MANY,
                tiles=tuple(Tile(values=tile, top=_top(tile)) for tile in found.tiles),
            )


def _components(found: Sequence[Filters]) -> str:
    """What is shown where there are too many filters."""
    least = min((one.share for one in found if one.share is not None), default=None)
    if least is None:
        return ""
    held = "all" if share(least) == share(1.0) else f"at least {share(least)}"
    return f"; of many, their first principal components, which hold {held} of the variance"


def _walled(
    name: str,
    what: str,
    walls_of: Callable[[Sequence[Seen], Analysis], Iterator[Wall]],
    caption: str,
    models: Models,
    analysis: Analysis,
) -> Figure | None:
    """A figure of walls, a panel per model that has any."""
    panels = tuple(
        Walls(
            name=f"{name}-{_position(own, analysis)}",
            title=own[0].cell.model_label,
            walls=walls,
        )
        for own in models
        if (walls := tuple(walls_of(own, analysis)))
    )
    if not panels:
        return None
    shown = (f"{panel.title} ({', '.join(wall.label for wall in panel.walls)})" for panel in panels)
    return Figure(name=name, caption=caption, alt=f"{what}: {join_words(shown)}.", panels=panels)


def _key() -> str:
    return "Blue is above 0, orange below; the more color, the farther from 0."


def _one_network(models: Models) -> str:
    """Whose weights these are."""
    seeds = {one.inside.seeds[0] for model in models for one in model}
    if len(seeds) == 1:
        return f"One network of each cell, seed {seeds.pop()}."
    return "One network of each cell, of its first finished seed."


def _top(values: Iterable[Sequence[float]]) -> float:
    """The number that has all color."""
    return max(abs(value) for row in values for value in row)


def _position(own: Sequence[Seen], analysis: Analysis) -> int:
    """The model's number from 1: a file name that no user text can reach."""
    return 1 + list(dict.fromkeys(c.model for c in analysis.cells)).index(own[0].cell.model)

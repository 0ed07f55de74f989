"""The panels of figures as plain data: what is drawn, and nothing about how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """A contrast; without a mean where it could not be had, without bounds where n is too small."""

    label: str
    text: str
    mean: float | None
    low: float | None
    high: float | None
    published: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Contrasts with their intervals, the margin and the paper's values."""

    kind: Literal["forest"] = "forest"
    name: str
    title: str
    axis: str
    rows: tuple[ForestRow, ...]
    margin: float | None
    margin_label: str
    low: float
    high: float
    """What the axis shows. What lies outside is told by an arrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One run: its score, and its baseline's with the same seed."""

    score: float
    paired: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    label: str
    text: str
    baseline: bool
    dots: tuple[Dot, ...]
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Every run of a model, cell by cell."""

    kind: Literal["dots"] = "dots"
    name: str
    title: str
    axis: str
    rows: tuple[DotRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    x: int
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    baseline: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Learning curves of a model's cells, with bands over seeds."""

    kind: Literal["curves"] = "curves"
    name: str
    title: str
    x_axis: str
    y_axis: str
    lines: tuple[Line, ...]
    low: float
    high: float
    """The range of the vertical axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLayer:
    """An attention layer: a dot per head, their mean, and a head that looks everywhere alike."""

    dots: tuple[float, ...]
    mean: float
    even: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRow:
    label: str
    text: str
    baseline: bool
    layers: tuple[HeadLayer, ...]
    beside: tuple[float, ...]
    """The means of the baseline's layers; empty for itself, or where nothing is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """How far the attention heads of a model look, layer by layer and cell by cell."""

    kind: Literal["heads"] = "heads"
    name: str
    title: str
    x_axis: str
    y_axis: str
    rows: tuple[HeadRow, ...]
    low: float
    high: float
    """The range of the vertical axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A small picture: rows of numbers, from −`top` to `top`."""

    values: tuple[tuple[float, ...], ...]
    top: float
    gray: bool = False
    """Whether it is a picture of the world, from black at 0 to white at `top`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Tiles that hang together, in so many columns."""

    label: str
    columns: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """Small pictures from inside a model's networks, a wall per cell."""

    kind: Literal["walls"] = "walls"
    name: str
    title: str
    walls: tuple[Wall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A row of a ladder: where its step starts, where it ends, and what the paper's would do."""

    label: str
    text: str
    start: float | None
    """None for the baseline, and where no seed has both rows."""
    mean: float | None
    low: float | None
    high: float | None
    """The interval of the step, put where the step ends."""
    published: float | None
    """Where the paper's step would end."""
    runs: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Changes made one on top of the other, and the score after each."""

    kind: Literal["ladder"] = "ladder"
    name: str
    title: str
    axis: str
    rows: tuple[Rung, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Scores by two factors: the levels of one side by side, a line per level of the other.

    A point's `x` is the number of the level, from 0.
    """

    kind: Literal["interaction"] = "interaction"
    name: str
    title: str
    x_axis: str
    y_axis: str
    levels: tuple[str, ...]
    lines: tuple[Line, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A cell by what it costs and how well it does; without a label where there are too many."""

    label: str
    model: int
    """The model's number, from 0."""
    x: float
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Scores against a cost, on a logarithmic axis."""

    kind: Literal["scatter"] = "scatter"
    name: str
    title: str
    x_axis: str
    y_axis: str
    spots: tuple[Spot, ...]
    front: tuple[tuple[float, float], ...]
    """The corners of the Pareto front, cheapest first."""
    low: float
    high: float


Panel = Forest | Dots | Curves | Ladder | Interaction | Scatter | Heads | Walls

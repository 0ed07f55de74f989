"""What cells cost and how well they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ablate.analysis.findings import Cost, Tradeoff
from ablate.analysis.model import Analysis, CellResult
from ablate.analysis.tradeoffs import cost_of
from ablate.report.blocks import Figure
from ablate.report.figures.shared import ends, position, possible, score_axis, told, with_air
from ablate.report.formatting import (
    macs,
    mean_score,
    parameters,
    scale,
    seconds,
    share,
    throughput,
    time_scale,
)
from ablate.report.labels import join_words, row_label
from ablate.report.panels import Scatter, Spot

MOST_NAMED = 12
"""Of more cells only the baselines and those on the front have names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a cost is called on an axis and in a sentence, and how to spell a cell's."""

    axis: str
    words: str
    spell: Callable[[CellResult], str]
    scale: Callable[[Iterable[float]], tuple[float, str]] = scale


WORDS: dict[Cost, Words] = {
    "macs": Words(axis="MACs", words="MACs", spell=lambda cell: f"{macs(cell.macs)} MACs"),
    "parameters": Words(
        axis="Parameters",
        words="parameters",
        spell=lambda cell: f"{parameters(cell.parameters)} parameters",
    ),
    "images_per_s": Words(
        axis="Images per second",
        words="images per second (faster is further right)",
        spell=lambda cell: f"{throughput(cell.images_per_s)} images/s",
        scale=lambda _: (1.0, ""),
    ),
    "train_s": Words(
        axis="Time per run",
        words="time per run",
        spell=lambda cell: seconds(cell.train_s),
        scale=time_scale,
    ),
}


def tradeoffs(analysis: Analysis) -> Figure | None:
    """A panel per cost in which cells differ."""
    if not analysis.tradeoffs:
        return None
    return Figure(
        name="tradeoffs",
        caption=_caption(analysis),
        alt=f"Scores against costs. {told(_in_words(c, analysis) for c in _scored(analysis))}",
        panels=tuple(
            _panel(tradeoff, number, analysis)
            for number, tradeoff in enumerate(analysis.tradeoffs, start=1)
        ),
    )


def _scored(analysis: Analysis) -> list[CellResult]:
    return [cell for cell in analysis.cells if cell.estimate.mean is not None]


def _in_words(cell: CellResult, analysis: Analysis) -> tuple[str, str]:
    paid = [WORDS[tradeoff.cost].spell(cell) for tradeoff in analysis.tradeoffs]
    return row_label(cell, analysis), ", ".join([mean_score(cell.estimate, analysis.metric), *paid])


def _caption(analysis: Analysis) -> str:
    costs = join_words(WORDS[tradeoff.cost].words for tradeoff in analysis.tradeoffs)
    parts = [
        f"{analysis.metric.label} against {costs}, on logarithmic axes: means with"
        f" {share(analysis.confidence)} intervals over seeds. The line joins the cells that no"
        " other beats in score or cost without losing in the other."
    ]
    if len(_scored(analysis)) > MOST_NAMED:
        parts.append("Named are the baselines and the cells on the line.")
    return " ".join(parts)


def _panel(tradeoff: Tradeoff, number: int, analysis: Analysis) -> Scatter:
    cells = {c.name: c for c in _scored(analysis) if cost_of(c, tradeoff.cost)}
    words = WORDS[tradeoff.cost]
    size, unit = words.scale(_cost(cell, tradeoff) for cell in cells.values())
    spots = {cell.name: _spot(cell, tradeoff, size, analysis) for cell in cells.values()}
    low, high = with_air(m for c in cells.values() for m in ends(c.estimate, analysis.metric))
    return Scatter(
        name=f"tradeoffs-{number}",
        title=words.axis,
        x_axis=f"{words.axis} ({unit})" if unit else words.axis,
        y_axis=score_axis(analysis),
        spots=tuple(spots.values()),
        front=tuple((spots[name].x, spots[name].mean) for name in tradeoff.front),
        low=low,
        high=high,
    )


def _cost(cell: CellResult, tradeoff: Tradeoff) -> float:
    return cost_of(cell, tradeoff.cost) or 0.0


def _spot(cell: CellResult, tradeoff: Tradeoff, size: float, analysis: Analysis) -> Spot:
    low, high = possible(cell.estimate.low, cell.estimate.high, analysis.metric)
    named = cell.is_baseline or cell.name in tradeoff.front
    return Spot(
        label=row_label(cell, analysis) if named or len(_scored(analysis)) <= MOST_NAMED else "",
        model=position((cell,), analysis) - 1,
        x=_cost(cell, tradeoff) / size,
        mean=cell.estimate.mean or 0.0,
        low=low,
        high=high,
    )

"""The figures of a report. One file each: its data, drawing, caption and alternative text."""

from collections.abc import Callable

from ablate.analysis.model import Analysis
from ablate.report.blocks import Figure
from ablate.report.figures.attention import attention
from ablate.report.figures.contrasts import contrasts
from ablate.report.figures.curves import curves
from ablate.report.figures.filters import filters
from ablate.report.figures.interactions import interactions
from ablate.report.figures.ladder import ladder
from ablate.report.figures.positions import positions
from ablate.report.figures.rollout import rollout
from ablate.report.figures.seeds import seeds
from ablate.report.figures.tradeoffs import tradeoffs

Figures = tuple[Callable[[Analysis], Figure | None], ...]
RESULTS: Figures = (ladder, interactions, contrasts, seeds, tradeoffs, curves)
INTERPRETATION: Figures = (attention, positions, rollout, filters)


def figures(analysis: Analysis, shown: Figures = RESULTS) -> tuple[Figure, ...]:
    """Those of the figures for which there is anything to show."""
    return tuple(figure for show in shown if (figure := show(analysis)))

"""What the figures show, as data: which marks, in which order, on which axes."""

from __future__ import annotations

from ablate.analysis.model import Analysis
from ablate.report.blocks import Figure
from ablate.report.figures.contrasts import contrasts
from ablate.report.figures.curves import curves
from ablate.report.figures.interactions import interactions
from ablate.report.figures.ladder import ladder
from ablate.report.figures.seeds import seeds
from ablate.report.figures.tradeoffs import tradeoffs

FIGURES = (ladder, interactions, contrasts, seeds, tradeoffs, curves)


def figures(analysis: Analysis) -> tuple[Figure, ...]:
    """Those figures for which there is anything to show."""
    return tuple(figure for show in FIGURES if (figure := show(analysis)))

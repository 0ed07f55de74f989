"""From the analysis to the report: its sections in reading order."""

from collections.abc import Callable, Iterable
from itertools import chain

from ablate.analysis.model import Analysis
from ablate.report.blocks import Block, Report
from ablate.report.clean import clean
from ablate.report.figures import figures
from ablate.report.labels import source
from ablate.report.sections.answer import answer
from ablate.report.sections.caveats import caveats
from ablate.report.sections.effects import effects
from ablate.report.sections.grid import grid
from ablate.report.sections.interpretation import interpretation
from ablate.report.sections.paper import paper
from ablate.report.sections.provenance import provenance
from ablate.report.sections.results import results
from ablate.report.sections.robustness import robustness
from ablate.report.sections.verdicts import verdicts

SECTIONS: tuple[Callable[[Analysis], Iterable[Block]], ...] = (
    answer,
    verdicts,
    caveats,
    results,
    grid,
    robustness,
    effects,
    figures,
    paper,
    interpretation,
    provenance,
)


def build_report(analysis: Analysis) -> Report:
    """All sections; each that has nothing to say is left out."""
    analysis = clean(analysis)
    return Report(
        name=f"{analysis.study} · {analysis.setting}",
        title=analysis.title or analysis.study,
        question=analysis.question or "",
        setting=analysis.setting_title or analysis.setting,
        source=source(analysis.paper) if analysis.paper else None,
        blocks=tuple(chain.from_iterable(section(analysis) for section in SECTIONS)),
    )

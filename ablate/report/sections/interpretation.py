"""Interpretation of the trained networks: attention, position embeddings, filters."""

from collections.abc import Iterator

from ablate.analysis.model import Analysis
from ablate.report.blocks import Block, Heading, Paragraph
from ablate.report.figures import INTERPRETATION, figures
from ablate.report.formatting import count
from ablate.report.labels import join_words


def interpretation(analysis: Analysis) -> Iterator[Block]:
    """The figures, if there are any, and which networks could not be interpreted."""
    found = figures(analysis, INTERPRETATION)
    if found or analysis.not_interpreted:
        yield Heading(text="Interpretation")
        yield from found
    if analysis.not_interpreted:
        causes = (f"{one.cause} ({count(one.count, 'run')})" for one in analysis.not_interpreted)
        yield Paragraph(text=f"Some networks could not be interpreted: {join_words(causes)}.")

"""The words on what is done otherwise than in the paper, and on why we may disagree with it."""

from collections.abc import Iterable, Iterator

from ablate.analysis.model import Analysis
from ablate.report.labels import join_words, substitutes

PAPERS_OWN = "imagenet"
"""The setting with the papers' data and recipes."""


def is_papers_own(analysis: Analysis) -> bool:
    """Whether data, recipe and networks are the paper's."""
    return analysis.setting == PAPERS_OWN and not substitutes(analysis)


def otherwise(analysis: Analysis) -> str:
    """The study's own words on that, then reasons where we disagree; nothing without either."""
    differs = analysis.paper.differs if analysis.paper else ()
    reasons = _reasons(analysis) if analysis.disagrees_with_paper else ()
    sentences = (
        _sentence("Otherwise than in the paper", differs),
        _sentence("Where we disagree, this may be why", reasons),
    )
    return " ".join(filter(None, sentences))


def _sentence(begin: str, parts: Iterable[str]) -> str:
    """`Otherwise than in the paper: …; ….`; nothing without parts."""
    told = "; ".join(part.rstrip(". ") for part in parts)
    return f"{begin}: {told}." if told else ""


def _reasons(analysis: Analysis) -> Iterator[str]:
    """All that may make our differences others than the paper's."""
    theirs, found = analysis.papers_metric, analysis.against_paper
    if theirs:
        yield f"the metric, {theirs.label} in the paper and {analysis.metric.label} here"
    if not is_papers_own(analysis):
        yield f"the data ({analysis.setting_title or analysis.setting})"
        if pairs := substitutes(analysis):
            variants = (f"{trained} in place of {asked}" for asked, trained in pairs.items())
            yield f"the size of the networks ({join_words(variants)})"
        epochs = analysis.provenance.recipe.get("epochs")
        yield "the recipe" + (f" ({epochs} epochs)" if epochs else "")
    if found and any(one.luck for one in found.contrasts):
        yield "chance in the paper, where its differences are no larger than those of two runs"

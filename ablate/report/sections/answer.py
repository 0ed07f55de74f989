"""The answer in words, and how far it can be trusted."""

from collections.abc import Iterator, Sequence

from ablate.analysis.model import Analysis, CellResult, ClaimResult, Verdict
from ablate.report.blocks import Block, Paragraph
from ablate.report.formatting import count, mean_difference, score_of_cell, share
from ablate.report.labels import first_of, full_label, in_words, join_words, quoted, substitutes
from ablate.report.sections._lost import awaited_runs, lost_runs
from ablate.stats import Difference
from ablate.study.schema import Adaptive

SPELLED_OUT = 3
"""As many claims are quoted in the opening; more are counted only."""


def answer(analysis: Analysis) -> Iterator[Block]:
    """The two paragraphs that a report begins with."""
    yield Paragraph(text=opening(analysis), lead=True)
    yield Paragraph(text=trust(analysis))


def opening(analysis: Analysis) -> str:
    """The answer first, in the words of the study where it makes claims."""
    if not any(cell.scores for cell in analysis.cells):
        return "No run has finished yet, so there is no answer."
    lost = lost_runs(analysis)
    parts = (
        _found(analysis),
        _exploratory(analysis),
        lost and f"{lost}.",
        awaited_runs(analysis),
    )
    return " ".join(filter(None, parts))


def _found(analysis: Analysis) -> str:
    if analysis.claims:
        return _claims(analysis)
    contrasts = [cell for cell in analysis.cells if cell.contrast]
    return _contrasts(contrasts, analysis) if contrasts else _scores(analysis)


def _exploratory(analysis: Analysis) -> str:
    """Which verdicts are, where any is."""
    n, claims = sum(claim.exploratory for claim in analysis.claims), len(analysis.claims)
    if not n:
        return ""
    which = f"{n} of {claims} verdicts are" if n < claims else "This is"
    which = f"1 of {claims} verdicts is" if n == 1 < claims else which
    return f"{which} exploratory: scores could be seen before claims and seeds were final."


def _claims(analysis: Analysis) -> str:
    n = len(analysis.claims)
    groups = {
        verdict: claims
        for verdict in Verdict
        if (claims := [claim for claim in analysis.claims if claim.verdict is verdict])
    }
    if len(groups) == 1:
        ((verdict, claims),) = groups.items()
        what = "difference" if verdict is Verdict.NEGLIGIBLE else "claim"
        whole = {1: f"The {what} is", 2: f"Both {what}s are"}.get(n, f"All {n} {what}s are")
        told = f": {_listed(claims, analysis)}" if n <= SPELLED_OUT else ""
        return f"{whole} {verdict}{told}."
    if n > SPELLED_OUT:
        parts = (
            f"{len(claims)} {'is' if len(claims) == 1 else 'are'} {verdict}"
            for verdict, claims in groups.items()
        )
        return f"Of {n} claims, {join_words(parts)}."
    return " ".join(
        f"{verdict.capitalize()}: {_listed(claims, analysis)}."
        for verdict, claims in groups.items()
    )


def _listed(claims: Sequence[ClaimResult], analysis: Analysis) -> str:
    """`DeiT-S loses accuracy … (−21.4 points), and CvT-13 gains nothing … (+0.1 points)`."""
    *most, last = [f"{_says(claim)}{_size(claim, analysis)}" for claim in claims]
    return f"{', '.join(most)}, and {last}" if most else last


def _says(claim: ClaimResult) -> str:
    """The claim as it stands if it is supported, as a quotation if not."""
    return claim.says.rstrip(". ") if claim.verdict is Verdict.SUPPORTED else quoted(claim.says)


def _size(claim: ClaimResult, analysis: Analysis) -> str:
    """` (−0.4 points, smaller than the margin)`."""
    small = claim.within_margin and claim.verdict is not Verdict.NEGLIGIBLE
    told = _by(claim.difference, analysis)
    return f"{told[:-1]}, smaller than the margin)" if small and told else told


def _by(d: Difference | None, analysis: Analysis) -> str:
    return f" ({mean_difference(d, analysis.metric)})" if d and d.mean is not None else ""


def _contrasts(cells: Sequence[CellResult], analysis: Analysis) -> str:
    clear = [cell for cell in cells if cell.contrast and cell.contrast.clear]
    metric = analysis.metric.label
    if len(cells) == 1:
        factors = len(cells[0].changes)
        several = f", of {in_words(factors).lower()} factors at once," if factors > 1 else ""
        verb = "affects" if clear else "has no clear effect on"
        return f"The one change{several} {verb} {metric}: {_effects(cells, analysis)}."
    if not clear:
        return f"Of {len(cells)} changes, none has a clear effect on {metric}."
    verb = "affects" if len(clear) == 1 else "affect"
    affecting = f"{in_words(len(clear)).lower()} {verb} {metric}"
    return f"Of {len(cells)} changes, {affecting}: {_effects(clear, analysis)}."


def _effects(cells: Sequence[CellResult], analysis: Analysis) -> str:
    effects = [
        full_label(cell, analysis) + _by(cell.contrast.difference, analysis)
        for cell in cells
        if cell.contrast
    ]
    return first_of(effects, SPELLED_OUT)


def _scores(analysis: Analysis) -> str:
    metric = analysis.metric
    told = [
        f"{full_label(cell, analysis)} {score_of_cell(cell.estimate, cell.planned, metric)}"
        for cell in analysis.cells
        if cell.scores
    ]
    scores = f"{metric.label} in {metric.unit}: {first_of(told, SPELLED_OUT)}"
    return f"There is nothing to compare. {scores}."


def trust(analysis: Analysis) -> str:
    """Seeds, scale, and whether anything is missing."""
    return " ".join((_seeds(analysis), _scale(analysis), _runs(analysis)))


def _seeds(analysis: Analysis) -> str:
    n = len(analysis.seeds)
    paired = f"differences are paired by seed, with {share(analysis.confidence)} intervals"
    if analysis.adaptive is not None:
        return _added(analysis, analysis.adaptive, paired)
    if n == 1:
        return "Every cell has one seed, so no difference can be told from chance."
    has = "was to have" if any(cell.missing for cell in analysis.cells) else "has"
    compared = any(cell.contrast for cell in analysis.cells)
    return f"Every cell {has} the same {n} seeds{f'; {paired}' if compared else ''}."


def _added(analysis: Analysis, rule: Adaptive, paired: str) -> str:
    """The range of seeds, and by which rule they were added."""
    counts = sorted({cell.planned for cell in analysis.cells})
    have = f"{counts[0]} seeds" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"
    return (
        f"Cells have {have}: each started with {rule.min}, and seeds were added, up to {rule.max}, "
        f"where they could still decide a claim. {paired.capitalize()} that hold at "
        "every look; where seeds were added, differences are a little too far from zero, because "
        "adding stops once a claim is decided."
    )


def _scale(analysis: Analysis) -> str:
    if not substitutes(analysis):
        return "The models are those that the study names."
    paper = "the paper's" if analysis.paper else "those that the study names"
    return f"The models are small stand-ins, not {paper}."


def _runs(analysis: Analysis) -> str:
    planned = len(analysis.runs)
    lost = sum(run.score is None for run in analysis.runs)
    if not lost:
        all_runs = {1: "The one run", 2: "Both runs"}.get(planned, f"All {planned:,} runs")
        return f"{all_runs} finished."
    if lost == planned:
        return f"None of {count(planned, 'run')} has a score."
    return f"{lost:,} of {planned:,} runs {'has' if lost == 1 else 'have'} no score."

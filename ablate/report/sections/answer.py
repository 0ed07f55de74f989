"""The answer in words, and how sure it is."""

from __future__ import annotations

from ablate.analysis.model import Analysis, CellResult, ClaimResult, Verdict
from ablate.analysis.verdicts import ALPHA
from ablate.report.formatting import count, mean_difference, score_of_cell, share
from ablate.report.labels import full_label, in_words, join_words, substitutes
from ablate.study.schema import Adaptive

SPELLED_OUT = 3
"""As many claims are quoted in the opening; more are counted only."""


def opening(analysis: Analysis) -> str:
    """The answer first, in the words of the study where it makes claims."""
    if not any(cell.scores for cell in analysis.cells):
        return "No run has finished yet, so there is no answer."
    if analysis.claims:
        return _claims(analysis)
    contrasts = [cell for cell in analysis.cells if cell.contrast]
    return _contrasts(contrasts, analysis) if contrasts else _scores(analysis)


def _claims(analysis: Analysis) -> str:
    groups = [
        (verdict, [claim for claim in analysis.claims if claim.verdict is verdict])
        for verdict in Verdict
    ]
    told = [(verdict, claims) for verdict, claims in groups if claims]
    if len(told) == 1:
        return _unanimous(*told[0], analysis)
    if len(analysis.claims) > SPELLED_OUT:
        parts = [f"{len(claims)} {_are(claims)} {verdict}" for verdict, claims in told]
        return f"Of {len(analysis.claims)} claims, {join_words(parts)}."
    return " ".join(f"{verdict.capitalize()}: {_quoted(c, analysis)}." for verdict, c in told)


def _unanimous(verdict: Verdict, claims: list[ClaimResult], analysis: Analysis) -> str:
    whole = {1: "The claim", 2: "Both claims"}.get(len(claims), f"All {len(claims)} claims")
    head = f"{whole} {_are(claims)} {verdict}"
    return f"{head}: {_quoted(claims, analysis)}." if len(claims) <= SPELLED_OUT else f"{head}."


def _are(claims: list[ClaimResult]) -> str:
    return "is" if len(claims) == 1 else "are"


def _quoted(claims: list[ClaimResult], analysis: Analysis) -> str:
    """`DeiT-S loses accuracy … (−21.4 points), and CvT-13 gains nothing … (+0.1 points)`."""
    parts = [f"{_says(claim)}{_by(claim, analysis)}" for claim in claims]
    return f"{', '.join(parts[:-1])}, and {parts[-1]}" if len(parts) > 1 else parts[0]


def _says(claim: ClaimResult) -> str:
    """The claim as it stands if it is supported, as a quotation if not."""
    words = claim.says.rstrip(". ")
    return words if claim.verdict is Verdict.SUPPORTED else f"“{words}”"


def _by(claim: ClaimResult, analysis: Analysis) -> str:
    if claim.difference is None or claim.difference.mean is None:
        return ""
    return f" ({mean_difference(claim.difference, analysis.metric)})"


def _contrasts(cells: list[CellResult], analysis: Analysis) -> str:
    clear = [cell for cell in cells if is_clear(cell)]
    changes = f"Of {len(cells)} changes,"
    if len(cells) == 1:
        factors = len(cells[0].changes)
        several = f", of {in_words(factors).lower()} factors at once," if factors > 1 else ""
        changes = f"The one change{several}"
        verb = "moves" if clear else "is not seen to move"
        return f"{changes} {verb} {analysis.metric.label}: {_moves(cells, analysis)}."
    if not clear:
        return f"{changes} none is seen to move {analysis.metric.label}."
    verb = "moves" if len(clear) == 1 else "move"
    moved = f"{in_words(len(clear)).lower()} {verb} {analysis.metric.label}"
    return f"{changes} {moved}: {_moves(clear[:SPELLED_OUT], analysis)}{_more(clear)}."


def is_clear(cell: CellResult) -> bool:
    """Whether the seeds tell the cell from its baseline, all contrasts considered."""
    p = cell.contrast.p_adjusted if cell.contrast else None
    return p is not None and p <= ALPHA


def _moves(cells: list[CellResult], analysis: Analysis) -> str:
    return "; ".join(f"{full_label(cell, analysis)}{_how_far(cell, analysis)}" for cell in cells)


def _how_far(cell: CellResult, analysis: Analysis) -> str:
    if cell.contrast is None:
        return ""
    return f" ({mean_difference(cell.contrast.difference, analysis.metric)})"


def _more(cells: list[CellResult]) -> str:
    rest = len(cells) - SPELLED_OUT
    return f"; and {rest} more" if rest > 0 else ""


def _scores(analysis: Analysis) -> str:
    told = [
        f"{full_label(cell, analysis)} "
        f"{score_of_cell(cell.estimate, cell.planned, analysis.metric)}"
        for cell in analysis.cells
        if cell.scores
    ]
    more = f"; and {len(told) - SPELLED_OUT} more" if len(told) > SPELLED_OUT else ""
    scores = f"{analysis.metric.label} in {analysis.metric.unit}"
    return f"Nothing is compared. {scores}: {'; '.join(told[:SPELLED_OUT])}{more}."


def trust(analysis: Analysis) -> str:
    """How sure: seeds, scale, and whether anything is missing."""
    return " ".join((_seeds(analysis), _scale(analysis), _runs(analysis)))


def _seeds(analysis: Analysis) -> str:
    n = len(analysis.seeds)
    if analysis.adaptive is not None:
        return _added(analysis, analysis.adaptive)
    if n == 1:
        return "Every cell has one seed, so no difference can be told from chance."
    has = "was to have" if any(cell.missing for cell in analysis.cells) else "has"
    first = f"Every cell {has} the same {n} seeds"
    if not any(cell.contrast for cell in analysis.cells):
        return f"{first}."
    interval = f"{share(analysis.confidence)} intervals"
    return f"{first}, and differences are taken seed by seed, with {interval}."


def _added(analysis: Analysis, rule: Adaptive) -> str:
    """Who has how many seeds, and why."""
    counts = sorted({cell.planned for cell in analysis.cells})
    have = f"{counts[0]} seeds" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"
    interval = f"{share(analysis.confidence)} intervals"
    return (
        f"Cells have {have}: each began with {rule.min}, and up to {rule.max} were added where "
        f"they still decided a claim. Differences are taken seed by seed, with {interval}; where "
        "seeds were added they are a little too far from zero, for adding stops at a find."
    )


def _scale(analysis: Analysis) -> str:
    if not substitutes(analysis):
        return "The models are the ones that the study names."
    paper = "the paper's" if analysis.paper else "those that the study names"
    return f"The models are small stand-ins, not {paper}."


def _runs(analysis: Analysis) -> str:
    planned = len(analysis.runs)
    scored = sum(run.score is not None for run in analysis.runs)
    lost = planned - scored
    if not lost:
        return {1: "The one run", 2: "Both runs"}.get(
            planned, f"All {planned:,} runs"
        ) + " finished."
    if not scored:
        return f"None of {count(planned, 'run')} has a score."
    return f"{lost:,} of {planned:,} runs {'has' if lost == 1 else 'have'} no score."

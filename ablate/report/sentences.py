"""The words around the numbers: the answer, how sure it is, and what to keep in mind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from ablate.analysis.claims import ALPHA
from ablate.analysis.model import Analysis, CellResult, ClaimResult, Missing, RunRow, Verdict
from ablate.report.clean import without_paths
from ablate.report.formatting import count, mean_difference, score_of_cell, share
from ablate.report.labels import full_label, in_words, listing, seeds_label

SPELLED_OUT = 3
"""As many claims are quoted in the opening; more are counted only."""
LISTED = 8
"""As many cells are named by a note about single runs."""


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
        return f"Of {len(analysis.claims)} claims, {listing(parts)}."
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
    changes = "The one change" if len(cells) == 1 else f"Of {len(cells)} changes,"
    if len(cells) == 1:
        verb = "moves" if clear else "is not seen to move"
        return f"{changes} {verb} {analysis.metric.label}: {_moves(cells, analysis)}."
    if not clear:
        return f"{changes} none is seen to move {analysis.metric.label}."
    verb = "moves" if len(clear) == 1 else "move"
    moved = f"{in_words(len(clear)).lower()} {verb} {analysis.metric.label}"
    return f"{changes} {moved}: {_moves(clear[:SPELLED_OUT], analysis)}{_more(clear)}."


def is_clear(cell: CellResult) -> bool:
    """Whether the seeds tell the cell from its baseline, all contrasts considered."""
    p = cell.contrast.p_holm if cell.contrast else None
    return p is not None and p <= ALPHA


def _moves(cells: list[CellResult], analysis: Analysis) -> str:
    return "; ".join(
        f"{full_label(cell, analysis)} ({mean_difference(cell.contrast.difference, analysis.metric)})"
        for cell in cells
        if cell.contrast
    )


def _more(cells: list[CellResult]) -> str:
    rest = len(cells) - SPELLED_OUT
    return f"; and {rest} more" if rest > 0 else ""


def _scores(analysis: Analysis) -> str:
    told = [
        f"{full_label(cell, analysis)} "
        f"{score_of_cell(cell.estimate, len(analysis.seeds), analysis.metric)}"
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
    if n == 1:
        return "Every cell has one seed, so no difference can be told from chance."
    first = f"Every cell has the same {n} seeds"
    if not any(cell.contrast for cell in analysis.cells):
        return f"{first}."
    interval = f"{share(analysis.confidence)} intervals"
    return f"{first}, and differences are taken seed by seed, with {interval}."


def _scale(analysis: Analysis) -> str:
    if not _substitutes(analysis):
        return "The models are the ones that the study names."
    paper = "the paper's" if analysis.paper else "those that the study names"
    return f"The models are small stand-ins, not {paper}."


def _runs(analysis: Analysis) -> str:
    planned = len(analysis.runs)
    scored = sum(len(cell.scores) for cell in analysis.cells)
    lost = planned - scored
    if not lost:
        return {1: "The one run", 2: "Both runs"}.get(planned, f"All {planned:,} runs") + " finished."
    if not scored:
        return f"None of {count(planned, 'run')} has a score."
    return f"{lost:,} of {planned:,} runs {'has' if lost == 1 else 'have'} no score."


def notes(analysis: Analysis) -> tuple[str, ...]:
    """What to keep in mind, the weightiest first."""
    found = (
        *_missing(analysis),
        _stale(analysis),
        _substituted(analysis),
        _repeated(analysis),
        _environments(analysis),
        _uncommitted(analysis),
    )
    return tuple(note for note in found if note)


def _missing(analysis: Analysis) -> list[str]:
    lines = [line for cell in analysis.cells for line in _missing_of(cell)]
    return [f"Missing: {line}." for line in _cut(lines)]


def _missing_of(cell: CellResult) -> Iterator[str]:
    """`cvt_13, seeds 1 and 2: diverged (loss is NaN in epoch 3)`."""
    for (state, cause), group in groupby(sorted(cell.missing, key=_fate), key=_fate):
        because = f" ({without_paths(cause).rstrip('. ')})" if cause else ""
        seeds = seeds_label(missing.seed for missing in group)
        yield f"{cell.name}, {seeds}: {state_words(state)}{because}"


def _fate(missing: Missing) -> tuple[str, str]:
    return missing.state, missing.cause or ""


def state_words(state: str) -> str:
    """`timed_out` → `timed out`."""
    return state.replace("_", " ")


def _stale(analysis: Analysis) -> str:
    stale = [run for run in analysis.runs if run.stale]
    if not stale:
        return ""
    changed = listing(sorted({what for run in stale for what in run.stale}))
    runs = f"Stale: {'; '.join(_cut(_by_cell(stale)))}."
    return f"{runs} Changed since they were made: {changed}."


def _repeated(analysis: Analysis) -> str:
    repeated = [run for run in analysis.runs if run.attempts > 1 and run.score is not None]
    if not repeated:
        return ""
    runs = "; ".join(_cut(_by_cell(repeated)))
    return f"Finished only when repeated, after an earlier attempt had ended: {runs}."


def _by_cell(runs: Iterable[RunRow]) -> list[str]:
    ordered = sorted(runs, key=lambda run: run.cell)
    return [
        f"{cell}, {seeds_label(run.seed for run in group)}"
        for cell, group in groupby(ordered, key=lambda run: run.cell)
    ]


def _cut(lines: list[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - LISTED
    return [*lines[:LISTED], f"and {more} more, see the list of runs"] if more > 0 else lines


def _substitutes(analysis: Analysis) -> dict[str, str]:
    """What was asked for → what was trained in its place."""
    return {
        cell.asked_variant: cell.trained_variant
        for cell in analysis.cells
        if cell.asked_variant != cell.trained_variant
    }


def _substituted(analysis: Analysis) -> str:
    pairs = _substitutes(analysis)
    if not pairs:
        return ""
    places = listing(f"{trained} in place of {asked}" for asked, trained in pairs.items())
    beside = ""
    if any(cell.published is not None for cell in analysis.cells):
        beside = " The paper's values stand beside ours to compare signs and sizes, not scores."
    return f"Trained at this scale: {places}. What holds here need not hold at full size.{beside}"


def _environments(analysis: Analysis) -> str:
    where = analysis.provenance
    several = [
        count(len(values), noun)
        for values, noun in (
            (where.commits, "commit"),
            (where.pythons, "Python version"),
            (where.platforms, "platform"),
            (where.devices, "device"),
        )
        if len(values) > 1
    ]
    several += [f"several versions of {name}" for name in _several_versions(where.packages)]
    return f"The runs were not all made alike: {listing(several)}." if several else ""


def _several_versions(packages: Iterable[str]) -> list[str]:
    """The names that come up more than once in `torch 2.11.0`, `torch 2.12.0`, …"""
    names = Counter(package.partition(" ")[0] for package in packages)
    return [name for name, times in names.items() if times > 1]


def _uncommitted(analysis: Analysis) -> str:
    if not any("+" in commit for commit in analysis.provenance.commits):
        return ""
    return "Some runs were made from a work tree with changes that no commit holds."

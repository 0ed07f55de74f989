"""Caveats to the answer: gaps, stale runs, stand-ins, mixed environments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ablate.analysis.model import Analysis, CellResult, Missing, RunRow, Verdict
from ablate.report.blocks import Block, Heading, Notes
from ablate.report.formatting import count, score_of_run
from ablate.report.labels import (
    first_of,
    full_label,
    join_words,
    quoted,
    seeds_label,
    state_words,
    substitutes,
)
from ablate.report.sections._lost import completions

LISTED = 8
"""As many cells are named by a note about single runs."""


def caveats(analysis: Analysis) -> Iterator[Block]:
    """Each caveat in a sentence or two, the weightiest first; nothing if there is none."""
    notes = (
        *_missing(analysis),
        *completions(analysis),
        _identical(analysis),
        _stale(analysis),
        _fragile(analysis),
        _one_way(analysis),
        _extended(analysis),
        _late(analysis),
        _list("Claimed earlier and since withdrawn", [*map(quoted, analysis.withdrawn)]),
        *analysis.notes,
        _substituted(analysis),
        *_teachers(analysis),
        _mixed_threads(analysis),
        _environments(analysis),
        _uncommitted(analysis),
    )
    if any(notes):
        yield Heading(text="Caveats")
        yield Notes(items=tuple(filter(None, notes)))


def _list(what: str, parts: Sequence[str], more: str = "") -> str:
    """`Exactly the baseline's score: a; b; and 3 more.`; nothing where there are no parts."""
    return f"{what}: {first_of(parts, LISTED)}.{more}" if parts else ""


def _missing(analysis: Analysis) -> list[str]:
    lines = [line for cell in analysis.cells for line in _missing_of(cell)]
    more = len(lines) - LISTED
    rest = [f"Missing: {more} more, see the list of runs."] if more > 0 else []
    return [*(f"Missing: {line}." for line in lines[:LISTED]), *rest]


def _missing_of(cell: CellResult) -> Iterator[str]:
    """`cvt_13, seeds 1 and 2: diverged (loss is NaN in epoch 3)`."""

    def end(missing: Missing) -> tuple[str, str]:
        return missing.state, missing.cause or ""

    for (state, cause), group in groupby(sorted(cell.missing, key=end), key=end):
        because = f" ({cause.rstrip('. ')})" if cause else ""
        seeds = seeds_label(missing.seed for missing in group)
        yield f"{cell.name}, {seeds}: {state_words(state)}{because}"


def _identical(analysis: Analysis) -> str:
    """Cells whose every score is the baseline's own: there is no test for what hardly is chance."""
    same = [
        f"{cell.name}, {seeds_label(pair.seed for pair in cell.contrast.pairs)}"
        for cell in analysis.cells
        if cell.contrast
        and len(cell.contrast.pairs) > 1
        and not any(pair.score for pair in cell.contrast.pairs)
    ]
    return _list("Exactly the baseline's score", same, " Is the factor used at all?")


def _stale(analysis: Analysis) -> str:
    stale = sorted((run for run in analysis.runs if run.stale), key=lambda run: run.cell)
    if not stale:
        return ""
    changed = sorted({what for run in stale for what in run.stale})
    runs = [
        f"{cell}, {seeds_label(run.seed for run in group)}"
        for cell, group in groupby(stale, key=lambda run: run.cell)
    ]
    if len(stale) == len(analysis.runs):
        runs = [f"all {len(stale)} runs"]
    return _list("Stale", runs, f" Changed since they were made: {join_words(changed)}.")


def _fragile(analysis: Analysis) -> str:
    """Clear differences that another test set might not show."""
    found = {
        full_label(cell, analysis): test_set.images
        for cell in analysis.cells
        if cell.contrast and cell.contrast.clear
        if (test_set := cell.contrast.test_set) and test_set.over_both
        if test_set.over_both[0] <= 0 <= test_set.over_both[1]
    }
    if not found:
        return ""
    images = count(max(found.values()), "test image")
    return f"Clear on these {images}, but perhaps not on as many others: {join_words(found)}."


def _one_way(analysis: Analysis) -> str:
    """Claims whose verdict was all but settled before any run."""
    told = [
        quoted(claim.says)
        for claim in analysis.claims
        if (claim.unrefutable and claim.verdict is Verdict.SUPPORTED)
        or (claim.unsupportable and claim.verdict is Verdict.REFUTED)
    ]
    return _list("Could hardly have come out otherwise", told)


def _late(analysis: Analysis) -> str:
    """Claims that were made or changed after scores had been seen."""
    late = [
        f"{quoted(claim.says)} ({count(claim.seen, 'seed')})"
        for claim in analysis.claims
        if claim.seen
    ]
    return _list("Exploratory, since it or its seeds were stated after scores could be seen", late)


def _extended(analysis: Analysis) -> str:
    """Seeds that were planned after scores had been seen."""
    if analysis.extended_from is None:
        return ""
    first, now = seeds_label(analysis.extended_from), seeds_label(analysis.seeds)
    return (
        f"Planned with {first}, and with {now} after scores could be seen: p-values, bold and "
        "verdicts are exploratory. Seeds that are added until something shows err more often than "
        "5 %."
    )


def _substituted(analysis: Analysis) -> str:
    pairs = substitutes(analysis)
    if not pairs:
        return ""
    variants = join_words(f"{trained} in place of {asked}" for asked, trained in pairs.items())
    paper = ""
    if any(cell.published is not None for cell in analysis.cells):
        paper = " The paper's values serve to compare differences, not scores."
    return f"Trained at this scale: {variants}. Conclusions may not carry over to full size.{paper}"


def _teachers(analysis: Analysis) -> Iterator[str]:
    """`Distilled cells learn from convmixer:convmixer-8px, … (seed 0, top-1 98.61 %)…`."""
    metric = analysis.metric
    for row in analysis.teachers:
        name = row.cell.removeprefix("teacher ")
        score = f"{metric.label.lower()} {score_of_run(row.score, metric)} {metric.unit}"
        reached = "" if row.score is None else f", {score}"
        yield (
            f"Distilled cells learn from {name}, trained once at this setting with the same "
            f"recipe (seed {row.seed}{reached}); its luck is shared by all of them."
        )


def _mixed_threads(analysis: Analysis) -> str:
    """`Scores depend on threads, …: deit_s, seeds 3 and 4 (1 thread)`, of the fewer runs."""
    scored = [run for run in analysis.runs if run.score is not None and run.threads]
    counts = Counter(run.threads for run in scored)
    if len(counts) < 2:
        return ""
    ((usual, _),) = counts.most_common(1)
    others = sorted((run for run in scored if run.threads != usual), key=_made)
    runs = [
        f"{cell}, {seeds_label(run.seed for run in group)} ({count(threads or 0, 'thread')})"
        for (cell, threads), group in groupby(others, key=_made)
    ]
    return _list(f"Not made with {count(usual or 0, 'thread')}, on which scores depend", runs)


def _made(run: RunRow) -> tuple[str, int | None]:
    return run.cell, run.threads


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
    return f"Not all runs were made alike: {join_words(several)}." if several else ""


def _several_versions(packages: Iterable[str]) -> list[str]:
    """The names that come up more than once in `torch 2.11.0`, `torch 2.12.0`, …"""
    names = Counter(package.partition(" ")[0] for package in packages)
    return [name for name, times in names.items() if times > 1]


def _uncommitted(analysis: Analysis) -> str:
    if not any("+" in commit for commit in analysis.provenance.commits):
        return ""
    return "Some runs were made from a working tree with uncommitted changes."

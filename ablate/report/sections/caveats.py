"""What to keep in mind beside the answer: gaps, stale runs, stand-ins, mixed environments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from ablate.analysis.model import Analysis, CellResult, Missing, RunRow
from ablate.report.formatting import count, score_of_run
from ablate.report.labels import join_words, seeds_label, state_words, substitutes
from ablate.report.sections.robustness import fragile

LISTED = 8
"""As many cells are named by a note about single runs."""


def notes(analysis: Analysis) -> tuple[str, ...]:
    """What to keep in mind, the weightiest first."""
    found = (
        *_missing(analysis),
        _identical(analysis),
        _stale(analysis),
        fragile(analysis),
        _late(analysis),
        _withdrawn(analysis),
        _substituted(analysis),
        *_teachers(analysis),
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
        because = f" ({cause.rstrip('. ')})" if cause else ""
        seeds = seeds_label(missing.seed for missing in group)
        yield f"{cell.name}, {seeds}: {state_words(state)}{because}"


def _fate(missing: Missing) -> tuple[str, str]:
    return missing.state, missing.cause or ""


def _identical(analysis: Analysis) -> str:
    """Cells whose every score is the baseline's own: there is no test for what hardly is chance."""
    same = [
        f"{cell.name}, {seeds_label(pair.seed for pair in cell.contrast.pairs)}"
        for cell in analysis.cells
        if cell.contrast
        and len(cell.contrast.pairs) > 1
        and not any(pair.score for pair in cell.contrast.pairs)
    ]
    if not same:
        return ""
    return (
        f"Exactly the baseline's score: {'; '.join(_cut(same))}. Does the switch switch anything?"
    )


def _stale(analysis: Analysis) -> str:
    stale = [run for run in analysis.runs if run.stale]
    if not stale:
        return ""
    changed = join_words(sorted({what for run in stale for what in run.stale}))
    everything = len(stale) == len(analysis.runs)
    runs = f"all {len(stale)} runs" if everything else "; ".join(_cut(_by_cell(stale)))
    return f"Stale: {runs}. Changed since they were made: {changed}."


def _by_cell(runs: Iterable[RunRow]) -> list[str]:
    ordered = sorted(runs, key=lambda run: run.cell)
    return [
        f"{cell}, {seeds_label(run.seed for run in group)}"
        for cell, group in groupby(ordered, key=lambda run: run.cell)
    ]


def _cut(lines: list[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - LISTED
    return [*lines[:LISTED], f"{more} more, see the list of runs"] if more > 0 else lines


def _late(analysis: Analysis) -> str:
    """Claims that were made or changed with scores before one's eyes."""
    late = [
        f"“{claim.says.rstrip('. ')}” ({count(claim.seen, 'seed')})"
        for claim in analysis.claims
        if claim.seen
    ]
    if not late:
        return ""
    return f"Stated or changed after scores of its cells could be seen: {'; '.join(_cut(late))}."


def _withdrawn(analysis: Analysis) -> str:
    gone = [f"“{says.rstrip('. ')}”" for says in analysis.withdrawn]
    return f"Once claimed, and withdrawn: {'; '.join(_cut(gone))}." if gone else ""


def _substituted(analysis: Analysis) -> str:
    pairs = substitutes(analysis)
    if not pairs:
        return ""
    places = join_words(f"{trained} in place of {asked}" for asked, trained in pairs.items())
    beside = ""
    if any(cell.published is not None for cell in analysis.cells):
        beside = " The paper's values stand beside ours to compare signs and sizes, not scores."
    return f"Trained at this scale: {places}. What holds here need not hold at full size.{beside}"


def _teachers(analysis: Analysis) -> Iterator[str]:
    """`Distilled cells learn from convmixer:convmixer-8px, … (seed 0, top-1 98.61 %)…`."""
    for row in analysis.teachers:
        name = row.cell.removeprefix("teacher ")
        reached = "" if row.score is None else f", {score_of_run(row.score, analysis.metric)}"
        yield (
            f"Distilled cells learn from {name}, trained once at this setting with the same "
            f"recipe (seed {row.seed}{reached}); its own luck is in all of them."
        )


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
    return f"The runs were not all made alike: {join_words(several)}." if several else ""


def _several_versions(packages: Iterable[str]) -> list[str]:
    """The names that come up more than once in `torch 2.11.0`, `torch 2.12.0`, …"""
    names = Counter(package.partition(" ")[0] for package in packages)
    return [name for name, times in names.items() if times > 1]


def _uncommitted(analysis: Analysis) -> str:
    if not any("+" in commit for commit in analysis.provenance.commits):
        return ""
    return "Some runs were made from a work tree with changes that no commit holds."

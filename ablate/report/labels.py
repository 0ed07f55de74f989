"""Labels: the printed names of factors, levels, cells, runs and sources."""

import re
from collections.abc import Iterable, Sequence

from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import Source
from ablate.study.labels import factor_words, level_words
from ablate.study.levels import level_text
from ablate.study.schema import Level, Levels, Paper

BASELINE = "baseline"
ARXIV = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}(v\d+)?")


def factor_label(factor: str, labels: dict[str, str]) -> str:
    """The analysis' own label, else the name in words: `Pos embed`."""
    return labels.get(factor) or factor_words(factor)


def factors_by_label(analysis: Analysis) -> dict[str, list[str]]:
    """Factors with the same label are one question, which models have different keywords for."""
    found: dict[str, list[str]] = {}
    for factor in analysis.factors:
        found.setdefault(factor_label(factor, analysis.labels), []).append(factor)
    return found


def factor_of(cell: CellResult, factors: Iterable[str], analysis: Analysis) -> str | None:
    """The one of these factors that the cell's model varies, else one that it states."""
    varied = {name for one in analysis.cells if one.model == cell.model for name in one.changes}
    stated = sorted(cell.levels.keys() & set(factors), key=lambda name: name not in varied)
    return next(iter(stated), None)


def level_label(factor: str, level: Level, analysis: Analysis) -> str:
    """The analysis' own label of a factor's level, else ✓ or ✗, the number or the name in words."""
    own = analysis.level_labels.get(factor, {})
    return own.get(level_text(level)) or level_words(level)


def cell_label(cell: CellResult, analysis: Analysis) -> str:
    """The cell among others of its model: `every stage`, `none (baseline)`."""
    label = change_label(cell, analysis)
    return f"{label} ({BASELINE})" if cell.is_baseline and label != BASELINE else label


def change_label(cell: CellResult, analysis: Analysis) -> str:
    """The level of the study's one factor, what a ladder adds, or what is not the baseline's."""
    if len(factors_by_label(analysis)) == 1 and (
        factor := factor_of(cell, analysis.factors, analysis)
    ):
        return level_label(factor, cell.levels[factor], analysis)
    if cell.added:
        return f"+ {levels_label(cell.added, analysis)}"
    return _all_changes(cell, analysis)


def full_label(cell: CellResult, analysis: Analysis) -> str:
    """The cell among all others, with its factors: `CvT-13 · Position embedding: every stage`."""
    return _of_model(_all_changes(cell, analysis), cell, analysis)


def row_label(cell: CellResult, analysis: Analysis) -> str:
    """The cell among all others, in short: `CvT-13 · every stage`."""
    return _of_model(cell_label(cell, analysis), cell, analysis)


def _all_changes(cell: CellResult, analysis: Analysis) -> str:
    if cell.title:
        return f"{factor_label(cell.title, analysis.labels)} (group)"
    return levels_label(cell.changes, analysis) or BASELINE


def _of_model(label: str, cell: CellResult, analysis: Analysis) -> str:
    several = len({one.model for one in analysis.cells}) > 1
    return f"{cell.model_label} · {label}" if several else label


def levels_label(levels: Levels, analysis: Analysis, between: str = ", ") -> str:
    """`Position embedding: none, Token: ✓`."""
    return between.join(
        f"{factor_label(factor, analysis.labels)}: {level_label(factor, level, analysis)}"
        for factor, level in levels.items()
    )


def model_label(model: str, analysis: Analysis) -> str:
    """`CvT-13`."""
    return next(cell.model_label for cell in analysis.cells if cell.model == model)


def seeds_label(seeds: Iterable[int]) -> str:
    """`seed 3`, `seeds 0, 2 and 3`, `seeds 0–4`."""
    ordered = sorted(seeds)
    word = "seed" if len(ordered) == 1 else "seeds"
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{word} {ordered[0]}–{ordered[-1]}"
    return f"{word} {join_words(str(seed) for seed in ordered)}"


def state_words(state: str) -> str:
    """`timed_out` → `timed out`."""
    return state.replace("_", " ")


def substitutes(analysis: Analysis) -> dict[str, str]:
    """The variant that was asked for → the one that was trained in its place."""
    return {
        cell.asked_variant: cell.trained_variant
        for cell in analysis.cells
        if cell.asked_variant != cell.trained_variant
    }


def source(paper: Paper) -> Source:
    """`CvT: …, Table 5 (arXiv 2103.15808)`, with a link if the identifier is one."""
    table = f", {paper.table}" if paper.table else ""
    arxiv = f" (arXiv {paper.arxiv})" if paper.arxiv else ""
    known = paper.arxiv and ARXIV.fullmatch(paper.arxiv)
    url = f"https://arxiv.org/abs/{paper.arxiv}" if known else ""
    return Source(text=f"{paper.title}{table}{arxiv}", url=url)


def quoted(claim: str) -> str:
    """The claim as a part of a sentence."""
    return f"“{claim.rstrip('. ')}”"


def join_words(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = [*parts]
    return f"{', '.join(most)} and {last}" if most else last


def first_of(parts: Sequence[str], most: int) -> str:
    """`a; b; and 3 more`."""
    more = [f"and {len(parts) - most} more"] if len(parts) > most else []
    return "; ".join([*parts[:most], *more])


def in_words(n: int) -> str:
    """Small numbers as a sentence begins with them: `Two`, `12`."""
    small = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return small[n] if n < len(small) else str(n)

"""`README.md` and `index.html` of the reports folder: every report in it, with its answer.

Each report leaves a `summary.json` beside it; the index is made of those alone, so that it can be
made again where no run was ever recorded.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import final
from urllib.parse import quote

from ablate.analysis.model import Analysis, Verdict
from ablate.report.formats.html import MARKS, templates
from ablate.report.formats.markdown import escape, line
from ablate.report.sections.answer import opening
from ablate.store.files import read_json, write_json, write_text

HEAD = """# Reports

Each line is a study: its question, its answer at the scale named, and the whole report behind the
link. Written by `ablate run` and `ablate report`.
"""
OWN = "Our own questions"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the index says of a report. `format` counts the versions of `summary.json`."""

    format: int = 1
    study: str
    setting: str
    title: str
    question: str
    paper: str
    table: str
    answer: str
    runs: int
    seeds: int
    verdicts: dict[Verdict, int] | None = None
    """Claims by verdict; None in files that were written before verdicts were counted."""


Groups = tuple[tuple[str, tuple[Summary, ...]], ...]
"""Each paper with its studies."""


def write_summary(analysis: Analysis, path: Path) -> None:
    """Write what the index says of a report."""
    paper = analysis.paper
    summary = Summary(
        study=analysis.study,
        setting=analysis.setting,
        title=analysis.title,
        question=analysis.question or "",
        paper=paper.title if paper else "",
        table=paper.table or "" if paper else "",
        answer=opening(analysis),
        runs=len(analysis.runs),
        seeds=len(analysis.seeds),
        verdicts=dict(Counter(claim.verdict for claim in analysis.claims)),
    )
    write_json(path, summary)


def write_index(reports: Path) -> Path:
    """Make both lists of the reports that lie in the folder; returns the path of `README.md`."""
    found = [read_json(path, Summary) for path in sorted(reports.glob("*/*/summary.json"))]
    groups = by_paper([summary for summary in found if summary])
    path = reports / "README.md"
    write_text(path, index(groups))
    write_text(reports / "index.html", index_page(groups, reports))
    return path


def by_paper(summaries: list[Summary]) -> Groups:
    """Papers in alphabetical order, in each the studies; our own questions last."""
    ordered = sorted(summaries, key=lambda one: (not one.paper, one.paper, one.table, one.study))
    groups = groupby(ordered, key=lambda one: one.paper)
    return tuple((paper or OWN, tuple(group)) for paper, group in groups)


def index(groups: Groups) -> str:
    """The list as Markdown."""
    parts = [HEAD]
    for paper, summaries in groups:
        parts.append(f"## {escape(paper)}\n")
        parts.append("".join(_entry(summary) for summary in summaries))
    return "\n".join(parts)


def index_page(groups: Groups, reports: Path) -> str:
    """The list as a page. Its links lead to pages where those lie in the folder."""
    page = templates().get_template("index.html.j2")
    listed = [
        (paper, [(one, _link(one, reports), _badges(one)) for one in summaries])
        for paper, summaries in groups
    ]
    return page.render(groups=listed, marks=MARKS)


def _link(one: Summary, reports: Path) -> str:
    """`pos_embedding/digits/index.html`; git keeps only the report in Markdown."""
    page = reports / _folder(one) / "index.html"
    return f"{_folder(one)}/{page.name if page.is_file() else 'report.md'}"


def _folder(one: Summary) -> str:
    """Where the report lies, whatever a file from elsewhere calls its study."""
    return f"{quote(one.study, safe='')}/{quote(one.setting, safe='')}"


def _badges(one: Summary) -> list[tuple[Verdict, int]]:
    """How many claims came out how, without what none came out as."""
    counts = one.verdicts or {}
    return [(verdict, counts[verdict]) for verdict in Verdict if counts.get(verdict)]


def _entry(one: Summary) -> str:
    link = f"[{escape(one.title)}]({_folder(one)}/report.md)"
    where = ", ".join(
        part for part in (one.table, f"at {one.setting}", f"{one.seeds} seeds") if part
    )
    question = f"  \n  *{line(one.question)}*" if one.question else ""
    return f"- **{link}** ({escape(where)}){question}  \n  {line(one.answer)}\n"

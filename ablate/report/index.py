"""`README.md` of the reports folder: every report that lies in it, with its answer.

Each report leaves a `summary.json` beside it; the index is made of those alone, so that it can be
made again where no run was ever recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import final

from ablate.analysis.model import Analysis
from ablate.report.clean import clean
from ablate.report.markdown import escape, line
from ablate.report.sentences import opening
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


def write_summary(analysis: Analysis, folder: Path) -> None:
    """`summary.json` in the report's folder."""
    analysis = clean(analysis)
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
    )
    write_json(folder / "summary.json", summary)


def write_index(reports: Path) -> Path:
    """Make `README.md` of the reports that lie in the folder; returns its path."""
    found = [read_json(path, Summary) for path in sorted(reports.glob("*/*/summary.json"))]
    path = reports / "README.md"
    write_text(path, index([summary for summary in found if summary]))
    return path


def index(summaries: list[Summary]) -> str:
    """The text: papers in alphabetical order, in each the studies; our own questions last."""
    ordered = sorted(summaries, key=lambda one: (not one.paper, one.paper, one.table, one.study))
    parts = [HEAD]
    for paper, group in groupby(ordered, key=lambda one: one.paper):
        parts.append(f"## {escape(paper or OWN)}\n")
        parts.append("".join(_entry(summary) for summary in group))
    return "\n".join(parts)


def _entry(one: Summary) -> str:
    link = f"[{escape(one.title)}]({one.study}/{one.setting}/report.md)"
    where = ", ".join(
        part for part in (one.table, f"at {one.setting}", f"{one.seeds} seeds") if part
    )
    question = f"  \n  *{line(one.question)}*" if one.question else ""
    return f"- **{link}** ({escape(where)}){question}  \n  {line(one.answer)}\n"

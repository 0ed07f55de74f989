"""`README.md` and `index.html` of the reports folder: every report in it, with its answer.

Each report leaves a `summary.json` beside it; the index is made of those alone, so that it can be
made again where no run was ever recorded.
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import final
from urllib.parse import quote

from ablate.analysis.model import Analysis, Verdict
from ablate.report.formats.html import MARKS, templates
from ablate.report.formats.markdown import templates as markdown_templates
from ablate.report.formatting import count
from ablate.report.labels import join_words
from ablate.report.sections.answer import opening
from ablate.store.files import read_json, write_json, write_text

OWN = "Our own questions"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An entry of the index. `format` counts the versions of `summary.json`."""

    format: int = 1
    study: str
    file: str = ""
    """The study's file as seen from the folder of reports."""
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

    @property
    def folder(self) -> str:
        """The folder of the report, which no name of a study can lead astray."""
        return f"{quote(self.study, safe='')}/{quote(self.setting, safe='')}"

    @property
    def badges(self) -> list[tuple[Verdict, int]]:
        """Verdicts with the number of their claims, without those that no claim has."""
        counts = self.verdicts or {}
        return [(verdict, counts[verdict]) for verdict in Verdict if counts.get(verdict)]


Groups = tuple[tuple[str, tuple[Summary, ...]], ...]
"""Each paper with its studies."""


def write_summary(analysis: Analysis, path: Path) -> None:
    """Write the report's entry of the index."""
    paper = analysis.paper
    summary = Summary(
        study=analysis.study,
        file=analysis.file,
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
    page = markdown_templates().get_template("reports.md.j2")
    return page.render(groups=groups, tally=tally(groups))


def index_page(groups: Groups, reports: Path) -> str:
    """The list as a page. Its links lead to pages where those lie in the folder."""
    page = templates().get_template("index.html.j2")
    link = partial(_link, reports=reports)
    return page.render(groups=groups, tally=tally(groups), link=link, marks=MARKS)


def tally(groups: Groups) -> str:
    """`14 of 16 reports judge 46 claims: 20 supported, 6 refuted and 20 undecided.`; or nothing."""
    summaries = [one for _, group in groups for one in group]
    counted = [one.verdicts for one in summaries if one.verdicts]
    verdicts = sum(map(Counter, counted), Counter[Verdict]())
    if not verdicts:
        return ""
    told = join_words(f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict])
    some = "" if len(counted) == len(summaries) else f"{len(counted)} of "
    verb = "judges" if len(counted) == 1 else "judge"
    reports = some + count(len(summaries), "report")
    return f"{reports} {verb} {count(verdicts.total(), 'claim')}: {told}."


def _link(one: Summary, reports: Path) -> str:
    """`pos_embedding/digits/index.html`; git keeps only the report in Markdown."""
    page = reports / one.folder / "index.html"
    return f"{one.folder}/{page.name if page.is_file() else 'report.md'}"

"""From the analysis to the report: what is said, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ablate.analysis.model import Analysis
from ablate.report.blocks import (
    Block,
    ClaimVerdict,
    Details,
    Fact,
    Facts,
    Heading,
    Notes,
    Paragraph,
    Report,
    Source,
    Verdicts,
)
from ablate.report.clean import clean
from ablate.report.figures import figures
from ablate.report.formatting import amount
from ablate.report.labels import level_label
from ablate.report.more import more_table
from ablate.report.numbers import key_of_claim, of_claim
from ablate.report.sections import results
from ablate.report.sections.answer import opening, trust
from ablate.report.sections.caveats import notes
from ablate.report.sections.effects import effects_table, grid_table, sums
from ablate.report.sections.interpretation import interpretations
from ablate.report.sections.paper import against_the_paper
from ablate.report.sections.robustness import certainty
from ablate.report.sections.verdicts import reason
from ablate.study.schema import Paper

ARXIV = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}(v\d+)?")


def build_report(analysis: Analysis) -> Report:
    """Question, verdicts and how far to trust them; the table; the figures; where it comes from."""
    analysis = clean(analysis)
    return Report(
        name=f"{analysis.study} · {analysis.setting}",
        title=analysis.title or analysis.study,
        question=analysis.question or "",
        setting=analysis.setting_title or analysis.setting,
        source=source(analysis.paper) if analysis.paper else None,
        blocks=(
            *_answer(analysis),
            *_results(analysis),
            *interpretations(analysis),
            *_provenance(analysis),
        ),
    )


def source(paper: Paper) -> Source:
    """`CvT: …, Table 5 (arXiv 2103.15808)`, with a link if the identifier is one."""
    table = f", {paper.table}" if paper.table else ""
    arxiv = f" (arXiv {paper.arxiv})" if paper.arxiv else ""
    known = paper.arxiv and ARXIV.fullmatch(paper.arxiv)
    url = f"https://arxiv.org/abs/{paper.arxiv}" if known else ""
    return Source(text=f"{paper.title}{table}{arxiv}", url=url)


def _answer(analysis: Analysis) -> Iterator[Block]:
    yield Paragraph(text=opening(analysis), lead=True)
    yield Paragraph(text=trust(analysis))
    if analysis.claims:
        yield Heading(text="Verdicts")
        yield Verdicts(
            items=tuple(
                ClaimVerdict(
                    verdict=claim.verdict,
                    claim=claim.says,
                    reason=reason(claim, analysis),
                    key=key_of_claim(claim),
                    numbers=of_claim(claim, analysis),
                )
                for claim in analysis.claims
            )
        )
        yield Paragraph(text=_tests(analysis))
    if found := notes(analysis):
        yield Heading(text="To keep in mind")
        yield Notes(items=found)


def _tests(analysis: Analysis) -> str:
    """How claims are judged."""
    n = len(analysis.claims)
    holm = f", adjusted for {n} claims (Holm)" if n > 1 else ""
    kind = f"one-sided paired t-tests at 5 %{holm}"
    if analysis.adaptive is not None:
        kind = (
            "one-sided paired t-tests after every seed, so strict that over all looks "
            f"{'and claims ' if n > 1 else ''}at most 5 % of studies err"
        )
    margin = ""
    if analysis.margin is not None:
        margin = f" The study sets its margin at {amount(analysis.margin, analysis.metric)}:"
        margin += " smaller differences do not matter."
    return f"Claims are judged by {kind}.{margin}"


def _results(analysis: Analysis) -> Iterator[Block]:
    yield Heading(text="Results")
    yield results.results(analysis)
    if (grid := grid_table(analysis)) is not None:
        yield grid
    yield from certainty(analysis)
    yield from more_table(analysis)
    if analysis.effects:
        yield effects_table(analysis)
        yield from (Paragraph(text=sentence) for sentence in sums(analysis))
    yield from figures(analysis)
    yield from against_the_paper(analysis)


def _provenance(analysis: Analysis) -> Iterator[Block]:
    yield Heading(text="Provenance")
    yield Facts(items=tuple(fact for fact in _facts(analysis) if any(fact.values)))
    yield Details(
        summary=f"Every run ({len(analysis.runs):,})",
        table=replace(results.runs(analysis), caption="Every planned run and how it ended."),
        file="runs.csv",
    )


def _facts(analysis: Analysis) -> Iterator[Fact]:
    where = analysis.provenance
    recipe = ", ".join(
        f"{name.replace('_', ' ')} {level_label(value, {})}" for name, value in where.recipe.items()
    )
    yield Fact(name="Setting", values=(analysis.setting_title,))
    yield Fact(name="Recipe", values=(recipe,) if recipe else ())
    yield Fact(name="Seeds", values=(", ".join(str(seed) for seed in analysis.seeds),))
    yield Fact(name="Command", values=(where.command,), code=True)
    yield Fact(name="Commit", values=where.commits, code=True)
    yield Fact(name="Packages", values=(", ".join((*_pythons(where.pythons), *where.packages)),))
    yield Fact(name="Device", values=where.devices)
    yield Fact(name="Threads per run", values=tuple(str(n) for n in where.threads))
    yield Fact(name="Platform", values=where.platforms)


def _pythons(versions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"Python {version}" for version in versions)

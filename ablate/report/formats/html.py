"""The report as one HTML file that needs nothing else: no script, no font, no network."""

import re
from functools import cache
from operator import attrgetter
from pathlib import Path

from ablate.analysis.model import Verdict
from ablate.report.blocks import Report, numbered
from ablate.report.formats.templates import Environment, environment
from ablate.report.formatting import MISSING
from ablate.store.files import write_text

BOUND = re.compile(r"p [<=>≤] [\d.]+|\[[−+\d., ]+\]|(?<=\d) (?:%|points?\b)|±\d+ \w+")
MARKS = {
    Verdict.SUPPORTED: "✓",
    Verdict.REFUTED: "✗",
    Verdict.NEGLIGIBLE: "≈",
    Verdict.UNDECIDED: "?",
}


def write_html(report: Report, path: Path) -> None:
    """Write the page."""
    write_text(path, html(report))


def html(report: Report) -> str:
    """The whole page."""
    page = templates().get_template("report.html.j2")
    blocks = numbered(report.blocks)
    return page.render(report=report, blocks=blocks, marks=MARKS, missing=MISSING)


@cache
def templates() -> Environment:
    """Templates that escape everything they are given, except the figures, which are ours."""
    from markupsafe import escape

    made = environment(escape, {"picture": attrgetter("inline_svg")})
    made.filters["bound"] = bound
    return made


def bound(text: str) -> str:
    """The text with spaces at which a line must not end: within a number with its unit."""
    return BOUND.sub(lambda match: match[0].replace(" ", "\u00a0"), text)

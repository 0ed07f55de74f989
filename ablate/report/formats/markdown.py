"""The report as Markdown for GitHub, with its figures as files beside it."""

import html
import re
from functools import cache
from pathlib import Path

from ablate.report.blocks import Column, Report, TableCell, numbered
from ablate.report.formats import figures
from ablate.report.formats.templates import Environment, environment
from ablate.store.files import write_text

SPECIAL = re.compile(
    r"[\\`*|~$#]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not the ones inside a word
    r"|\](?=[(\[:])"  # the end of a link's text
    r"|<(?=[A-Za-z/!?])|&(?=[#\w])"  # the start of a tag or an entity
)
"""Characters that mean something to GitHub anywhere in a line."""
BRACKETS = re.compile(rf"{SPECIAL.pattern}|[\[\]]")
"""And what it does within the words of a link."""
START = re.compile(r"^(?:[-+](?=[ -]|$)|[=>\[]|\d+(?=[.)](?: |$)))")
"""The start of a line that makes it a list, a rule, a quotation or a link's address."""
LINKS = re.compile(r"://|(?i:\bwww)\.|@(?=\w)")
"""Parts of what GitHub turns into a link or a mention without being asked."""
UNBROKEN = "\u00a0"


def write_markdown(report: Report, path: Path) -> None:
    """Write the text, and its figures beside it."""
    figures.write(figures.svgs(report), path.parent, "svg")
    write_text(path, markdown(report))


def markdown(report: Report) -> str:
    """The whole text."""
    page = templates().get_template("report.md.j2")
    return page.render(report=report, blocks=numbered(report.blocks))


@cache
def templates() -> Environment:
    filters = {function.__name__: function for function in (line, code, unbroken, link_text, entry)}
    return environment(escape, {**filters, "attribute": html.escape, "raw": str})


def escape(text: str, special: re.Pattern[str] = SPECIAL) -> str:
    """The text as it is within a line, whatever Markdown, HTML or GitHub would make of it."""
    text = special.sub(lambda match: "\\" + match[0], text)
    return LINKS.sub(lambda match: _unlinked(match[0]), text)


def _unlinked(found: str) -> str:
    if found == "@":
        return "<span>@</span>"
    return found.replace("://", ":&#47;/").replace(".", "&#46;")


def line(text: str) -> str:
    r"""The text where a line begins with it: `- a` → `\- a`, `1. a` → `1\. a`."""
    return START.sub(_unstarted, escape(text))


def _unstarted(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdecimal() else f"\\{match[0]}"


def code(text: str) -> str:
    """The text in the type of code. Where back ticks cannot hold it, HTML does."""
    if re.search(r"[`|\\]", text) or text != text.strip():
        return f"<code>{escape(text)}</code>"
    return f"`{text}`" if text else ""


def link_text(text: str) -> str:
    """The text as it is within the words of a link."""
    return escape(text, BRACKETS)


def unbroken(text: str) -> str:
    """The text with no place where a line may end."""
    return escape(text).replace(" ", UNBROKEN)


def entry(cell: TableCell, column: Column) -> str:
    """A table's entry. A report of many runs has a hundred thousand, too many for a template."""
    text = code(cell.text) if column.code else escape(cell.text)
    text = text.replace(" ", UNBROKEN) if column.align == "right" else text
    text = f"**{text}**" if cell.strong else text
    return f"{text}<sup>{cell.note}</sup>" if cell.note else text

"""The report as Markdown for GitHub, with its figures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ablate.report.blocks import (
    Block,
    Cell,
    Column,
    Details,
    Fact,
    Facts,
    Figure,
    Group,
    Heading,
    Notes,
    Panel,
    Paragraph,
    Report,
    Row,
    Source,
    Table,
    Verdicts,
)
from ablate.store.files import write_text

SPECIAL = re.compile(r"[\\`*_\[\]|~$#]")
"""What GitHub gives a meaning to anywhere in a line."""
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
LINKS = re.compile(r"://|(?i:\bwww)\.|@(?=\w)")
"""What GitHub turns into a link or a mention without being asked."""
START = re.compile(r"^([-+=]|\d+[.)](?= |$))")
"""What makes a list or a heading at the start of a line."""
RULES = {"left": ":--", "right": "--:", "center": ":-:"}
FIGURES = "figures"


def write_markdown(report: Report, folder: Path) -> Path:
    """`report.md` in the folder, and its figures."""
    from ablate.report.plots.svg import standalone

    (folder / FIGURES).mkdir(exist_ok=True)
    for panel in panels(report):
        write_text(folder / picture(panel), standalone(panel))
    path = folder / "report.md"
    write_text(path, markdown(report))
    return path


def panels(report: Report) -> Iterator[Panel]:
    """Every panel of every figure."""
    for block in report.blocks:
        if isinstance(block, Figure):
            yield from block.panels


def picture(panel: Panel) -> str:
    """Where a panel lies, seen from the report."""
    return f"{FIGURES}/{panel.name}.svg"


def markdown(report: Report) -> str:
    """The whole text."""
    counter = Counter()
    parts = [*_head(report), *(_block(block, counter) for block in report.blocks)]
    return "\n\n".join(parts) + "\n"


@dataclass(slots=True)
class Counter:
    """The numbers of tables and figures."""

    tables: int = 0
    figures: int = 0


def escape(text: str) -> str:
    """The text as it is, whatever Markdown, HTML or GitHub would make of it."""
    text = SPECIAL.sub(lambda match: "\\" + match[0], text)
    text = re.sub("[&<>]", lambda match: ENTITIES[match[0]], text)
    text = LINKS.sub(lambda match: _unlinked(match[0]), text)
    return START.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)


def _unlinked(found: str) -> str:
    return "<span>@</span>" if found == "@" else found.replace(":", "&#58;").replace(".", "&#46;")


def code(text: str) -> str:
    """The text in the type of code. Where back ticks cannot hold it, HTML does."""
    if re.search(r"[`|\\]", text) or text != text.strip():
        return f"<code>{escape(text)}</code>"
    return f"`{text}`" if text else ""


def _head(report: Report) -> Iterator[str]:
    yield f"# {escape(report.title)}"
    if report.question:
        yield f"*{escape(report.question)}*"
    after = f"After: {_source(report.source)}  \n" if report.source else ""
    yield f"{after}Setting: {escape(report.setting)}"


def _source(source: Source) -> str:
    return f"[{escape(source.text)}]({source.url})" if source.url else escape(source.text)


def _block(block: Block, counter: Counter) -> str:
    match block:
        case Heading():
            return f"## {escape(block.text)}"
        case Paragraph():
            return f"**{escape(block.text)}**" if block.lead else escape(block.text)
        case Notes():
            return "\n".join(f"- {escape(item)}" for item in block.items)
        case Verdicts():
            return _verdicts(block)
        case Table():
            counter.tables += 1
            return _table(block, counter.tables)
        case Figure():
            counter.figures += 1
            return _figure(block, counter.figures)
        case Facts():
            return "\n".join(_fact(fact) for fact in block.items)
        case Details():
            return _details(block)


def _verdicts(block: Verdicts) -> str:
    return "\n".join(
        f"- **{item.verdict.capitalize()}**: {escape(item.claim)}  \n  {escape(item.reason)}"
        for item in block.items
    )


def _table(table: Table, number: int) -> str:
    parts = [f"**Table {number}.** {escape(table.caption)}", _grid(table)]
    if table.footnotes:
        parts.append(
            "  \n".join(f"<sup>{note.mark}</sup> {escape(note.text)}" for note in table.footnotes)
        )
    return "\n\n".join(parts)


def _grid(table: Table) -> str:
    """The columns, with the groups' names in a first one where they have any."""
    named = any(group.label for group in table.groups)
    titles = ([""] if named else []) + [escape(column.title) for column in table.columns]
    rules = ([RULES["left"]] if named else []) + [RULES[column.align] for column in table.columns]
    rows = [
        ([_name(group)] if named and first else [""] if named else []) + _cells(row, table.columns)
        for group in table.groups
        for first, row in _first(group)
    ]
    return "\n".join(_line(parts) for parts in (titles, rules, *rows))


def _first(group: Group) -> Iterator[tuple[bool, Row]]:
    for position, row in enumerate(group.rows):
        yield position == 0, row


def _name(group: Group) -> str:
    detail = f"<br>{escape(group.detail)}" if group.detail else ""
    return f"**{escape(group.label)}**{detail}"


def _cells(row: Row, columns: tuple[Column, ...]) -> list[str]:
    return [_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True)]


def _cell(cell: Cell, column: Column) -> str:
    text = code(cell.text) if column.code else escape(cell.text)
    text = f"**{text}**" if cell.strong else text
    return f"{text}<sup>{cell.note}</sup>" if cell.note else text


def _line(parts: list[str]) -> str:
    return f"| {' | '.join(parts)} |"


def _figure(figure: Figure, number: int) -> str:
    images = "\n".join(
        f"![{escape(_alt(figure, position))}]({picture(panel)})"
        for position, panel in enumerate(figure.panels)
    )
    return f"{images}\n\n**Figure {number}.** {escape(figure.caption)}"


def _alt(figure: Figure, position: int) -> str:
    """The whole figure in words with its first panel; the others say whose they are."""
    return figure.alt if position == 0 else f"{figure.name}: {figure.panels[position].title}"


def _fact(fact: Fact) -> str:
    values = [code(value) if fact.code else escape(value) for value in fact.values]
    return f"- {escape(fact.name)}: {', '.join(values)}"


def _details(block: Details) -> str:
    summary = f"<summary>{escape(block.summary)}</summary>"
    return f"<details>\n{summary}\n\n{_grid(block.table)}\n\n</details>"

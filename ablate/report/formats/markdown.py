"""The report as Markdown for GitHub, with its figures as files beside it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from ablate.report.blocks import (
    Block,
    Column,
    Details,
    Fact,
    Facts,
    Figure,
    Group,
    Heading,
    Notes,
    Paragraph,
    Report,
    Row,
    Source,
    Table,
    TableCell,
    Verdicts,
    numbered,
)
from ablate.report.panels import Panel
from ablate.store.files import write_text

SPECIAL = re.compile(
    r"[\\`*|~$#]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not the ones inside a word
    r"|\](?=[(\[:])"  # the end of a link's text
    r"|<(?=[A-Za-z/!?])|&(?=[#\w])"  # the start of a tag or an entity
)
"""What GitHub gives a meaning to anywhere in a line."""
BRACKETS = re.compile(rf"{SPECIAL.pattern}|[\[\]]")
"""And what it does within the words of a link."""
START = re.compile(r"^(?:[-+](?=[ -]|$)|[=>\[]|\d+(?=[.)](?: |$)))")
"""What makes a list, a rule, a quotation or a link's address at the start of a line."""
LINKS = re.compile(r"://|(?i:\bwww)\.|@(?=\w)")
"""What GitHub turns into a link or a mention without being asked."""
RULES = {"left": ":--", "right": "--:", "center": ":-:"}
UNBROKEN = "\u00a0"
FIGURES = "figures"
OURS = re.compile(
    r"contrasts(-near)?|curves-\d+(-\d+)?"
    r"|(attention|filters|interactions|ladder|positions|rollout|seeds|tradeoffs)-\d+"
)
"""The names of panels."""


def write_markdown(report: Report, path: Path) -> None:
    """Write the text, and its figures beside it."""
    write_figures(list(panels(report)), path.parent / FIGURES)
    write_text(path, markdown(report))


def write_figures(drawn: list[Panel], folder: Path) -> None:
    """A file per panel, and none that an earlier report left."""
    from ablate.report.plots.svg import standalone

    folder.mkdir(exist_ok=True)
    for panel in drawn:
        write_text(folder / f"{panel.name}.svg", standalone(panel))
    for path in folder.glob("*.svg"):
        if OURS.fullmatch(path.stem) and path.stem not in {panel.name for panel in drawn}:
            path.unlink()


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
    blocks = (_block(block, number) for block, number in numbered(report.blocks))
    parts = [*_head(report), *blocks]
    return "\n\n".join(parts) + "\n"


def escape(text: str, special: re.Pattern[str] = SPECIAL) -> str:
    """The text as it is within a line, whatever Markdown, HTML or GitHub would make of it."""
    text = special.sub(lambda match: "\\" + match[0], text)
    return LINKS.sub(lambda match: _unlinked(match[0]), text)


def _unlinked(found: str) -> str:
    if found == "@":
        return "<span>@</span>"
    return found.replace("://", ":&#47;/").replace(".", "&#46;")


def line(text: str) -> str:
    """The text where a line begins with it: `- a` → `\\- a`, `1. a` → `1\\. a`."""
    return START.sub(_unstarted, escape(text))


def _unstarted(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdecimal() else f"\\{match[0]}"


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
    return f"[{escape(source.text, BRACKETS)}]({source.url})" if source.url else escape(source.text)


def _block(block: Block, number: int) -> str:
    match block:
        case Heading():
            return f"## {escape(block.text)}"
        case Paragraph():
            return f"**{escape(block.text)}**" if block.lead else line(block.text)
        case Notes():
            return "\n".join(f"- {line(item)}" for item in block.items)
        case Verdicts():
            return _verdicts(block)
        case Table():
            return _table(block, number)
        case Figure():
            return _figure(block, number)
        case Facts():
            return "\n".join(_fact(fact) for fact in block.items)
        case Details():
            return _details(block)


def _verdicts(block: Verdicts) -> str:
    return "\n".join(
        f"- **{item.verdict.capitalize()}**: {escape(item.claim)}  \n  {line(item.reason)}"
        for item in block.items
    )


def _table(table: Table, number: int) -> str:
    parts = [f"**Table {number}.** {escape(table.caption)}"]
    parts += [_name(group) for group in table.groups if group.label and len(table.groups) == 1]
    parts.append(_grid(table))
    if table.footnotes:
        parts.append(
            "  \n".join(f"<sup>{note.mark}</sup> {escape(note.text)}" for note in table.footnotes)
        )
    return "\n\n".join(parts)


def _grid(table: Table) -> str:
    """The columns, with the names of several groups in a first one."""
    named = len(table.groups) > 1 and any(group.label for group in table.groups)
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
    detail = f"<br>{escape(group.detail).replace(' ', UNBROKEN)}" if group.detail else ""
    return f"**{escape(group.label)}**{detail}"


def _cells(row: Row, columns: tuple[Column, ...]) -> list[str]:
    return [_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True)]


def _cell(cell: TableCell, column: Column) -> str:
    text = code(cell.text) if column.code else escape(cell.text)
    text = text.replace(" ", UNBROKEN) if column.align == "right" else text
    text = f"**{text}**" if cell.strong else text
    return f"{text}<sup>{cell.note}</sup>" if cell.note else text


def _line(parts: list[str]) -> str:
    return f"| {' | '.join(parts)} |"


def _figure(figure: Figure, number: int) -> str:
    images = "\n".join(
        f'<img align="top" src="{picture(panel)}" alt="{html.escape(_alt(figure, position))}">'
        for position, panel in enumerate(figure.panels)
    )
    return f"{images}\n\n**Figure {number}.** {escape(figure.caption)}"


def _alt(figure: Figure, position: int) -> str:
    """The whole figure in words with its first panel; the others have a name."""
    return figure.alt if position == 0 else figure.panels[position].title


def _fact(fact: Fact) -> str:
    values = [code(value) if fact.code else escape(value) for value in fact.values]
    return f"- {escape(fact.name)}: {', '.join(values)}"


def _details(block: Details) -> str:
    summary = f"<summary>{html.escape(block.summary)}</summary>"
    caption = line(block.table.caption)
    return f"<details>\n{summary}\n\n{caption}\n\n{_grid(block.table)}\n\n</details>"

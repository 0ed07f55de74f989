"""The end of `ablate run`: the verdicts and the table, in a terminal of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from ablate.analysis.model import Verdict
from ablate.report.blocks import Block, Column, Notes, Paragraph, Report, Table, TableCell, Verdicts

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table as Grid
    from rich.text import Text

STYLES = {
    Verdict.SUPPORTED: "green",
    Verdict.REFUTED: "red",
    Verdict.NEGLIGIBLE: "cyan",
    Verdict.UNDECIDED: "yellow",
}
NAMES = 34
"""Characters that the names of models and cells need."""


@final
class Summary:
    """A renderable of rich. Text from the study is text, never markup."""

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self.blocks = blocks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for block in self.blocks:
            match block:
                case Table():
                    yield from _results(block, options.max_width)
                case Paragraph(lead=True):
                    yield from (_text(block.text, "bold"), _text(""))
                case Verdicts():
                    yield from _verdicts(block)
                case Notes():
                    yield from _notes(block)


def summary(report: Report) -> Summary:
    """The end of a study in a terminal."""
    return Summary(report.blocks)


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style=style)


def _verdicts(block: Verdicts) -> list[Grid | Text]:
    grid = _two_columns()
    for item in block.items:
        words = _text(item.claim, "bold").append(f"\n{item.reason}", style="not bold")
        grid.add_row(_text(item.title, STYLES[item.verdict]), words)
    return [grid, _text("")]


def _notes(block: Notes) -> list[Grid | Text]:
    grid = _two_columns()
    for item in block.items:
        grid.add_row(_text("·", "dim"), _text(item))
    return [grid, _text("")]


def _two_columns() -> Grid:
    from rich.table import Table as Grid

    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    return grid


def _results(table: Table, width: int) -> list[Grid | Text]:
    shown = _shown(table, width)
    named = any(group.label for group in table.groups)
    grid = _grid(table, [table.columns[index] for index in shown], named=named)
    for group in table.groups:
        for position, row in enumerate(group.rows):
            name = [_text(group.label if position == 0 else "", "bold")] if named else []
            cells = [_cell(row.cells[index]) for index in shown]
            grid.add_row(*name, _text(row.label), *cells, style="dim" if row.baseline else "")
        grid.add_section()
    notes = [_text(f"{note.mark}  {note.text}", "dim") for note in table.footnotes]
    return [grid, *notes, _text("")]


def _shown(table: Table, width: int) -> list[int]:
    """The essential columns of numbers, and as many of the others as fit, the first first."""
    measures = [index for index, column in enumerate(table.columns) if not column.factor]
    shown = [index for index in measures if table.columns[index].essential]
    left = width - NAMES - sum(_width(table, index) for index in shown)
    for index in measures:
        if index not in shown and _width(table, index) <= left:
            shown.append(index)
            left -= _width(table, index)
    return sorted(shown)


def _width(table: Table, index: int) -> int:
    """Characters of a column, and a space on either side."""
    column = table.columns[index]
    texts = [row.cells[index].text for group in table.groups for row in group.rows]
    return 2 + max(map(len, [column.short or column.title, *texts]))


def _grid(table: Table, measures: list[Column], *, named: bool) -> Grid:
    """Numbers are never broken; names are, where there is no room."""
    from rich import box
    from rich.table import Table as Grid

    grid = Grid(box=box.SIMPLE, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")
    factors = [column.title for column in table.columns if column.factor]
    change = factors[0] if len(factors) == 1 else "Change"
    for title in ("Model", change) if named else (change,):
        grid.add_column(_text(title), overflow="fold")
    for column in measures:
        grid.add_column(_text(column.short or column.title), justify=column.align, no_wrap=True)
    return grid


def _cell(cell: TableCell) -> Text:
    text = _text(cell.text, "bold" if cell.strong else "")
    return text.append(f" {cell.note}", style="dim") if cell.note else text

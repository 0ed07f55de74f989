"""What `ablate run` ends with: the verdicts and the table, for a terminal of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from ablate.analysis.model import Analysis, Verdict
from ablate.report.blocks import Block, Cell, Column, Group, Notes, Paragraph, Table, Verdicts
from ablate.report.build import build_report

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table as Grid
    from rich.text import Text

STYLES = {Verdict.SUPPORTED: "green", Verdict.REFUTED: "red", Verdict.UNDECIDED: "yellow"}
WIDE = 108
"""Columns of a terminal from which on the whole table fits."""


@final
class Summary:
    """A renderable of rich. Text from the study is text, never markup."""

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self.blocks = blocks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= WIDE
        for block in self.blocks:
            match block:
                case Table():
                    yield from _results(block, wide=wide)
                case Paragraph(lead=True):
                    yield from (_text(block.text, "bold"), _text(""))
                case Verdicts():
                    yield from _verdicts(block)
                case Notes():
                    yield from _notes(block)


def summary(analysis: Analysis) -> Summary:
    """The end of a study in a terminal."""
    return Summary(build_report(analysis).blocks)


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style=style)


def _verdicts(block: Verdicts) -> list[Grid | Text]:
    grid = _two_columns()
    for item in block.items:
        words = _text(item.claim, "bold").append(f"\n{item.reason}", style="not bold")
        grid.add_row(_text(item.verdict.capitalize(), STYLES[item.verdict]), words)
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


def _results(table: Table, *, wide: bool) -> list[Grid | Text]:
    from rich import box
    from rich.table import Table as Grid

    shown = [i for i, column in enumerate(table.columns) if wide or column.essential]
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for index in shown:
        column = table.columns[index]
        grid.add_column(_title(column, wide=wide), justify=column.align, header_style="bold")
    for group in table.groups:
        _group(grid, group, shown)
    notes = [_text(f"{note.mark}  {note.text}", "dim") for note in table.footnotes]
    return [grid, *notes, _text("")]


def _title(column: Column, *, wide: bool) -> Text:
    return _text(column.title if wide or not column.short else column.short)


def _group(grid: Grid, group: Group, shown: list[int]) -> None:
    head = _text(group.label, "bold").append(f"  {group.detail}", style="not bold dim")
    grid.add_row(head)
    for row in group.rows:
        style = "dim" if row.baseline else ""
        first, *others = [_cell(row.cells[index]) for index in shown]
        grid.add_row(_text("  ").append_text(first), *others, style=style)


def _cell(cell: Cell) -> Text:
    text = _text(cell.text, "bold" if cell.strong else "")
    return text.append(f" {cell.note}", style="dim") if cell.note else text

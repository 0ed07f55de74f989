"""A report as plain data: what is said in which order, and nothing about how it looks.

Every text is plain: one clean line, escaped by whoever renders it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ablate.analysis.model import Verdict

if TYPE_CHECKING:
    from ablate.report.figures._panel import Panel

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    kind: Literal["heading"] = "heading"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    kind: Literal["paragraph"] = "paragraph"
    text: str
    lead: bool = False
    """Whether this is the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """A list of short texts, such as caveats."""

    kind: Literal["notes"] = "notes"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """A claim, its verdict, and why."""

    verdict: Verdict
    claim: str
    reason: str
    exploratory: bool = False
    key: str = ""
    """A name that no other claim of the study has."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Those of the reason, by name."""

    @property
    def title(self) -> str:
        """`Supported`, `Supported, exploratory`."""
        return self.verdict.capitalize() + (", exploratory" if self.exploratory else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    kind: Literal["verdicts"] = "verdicts"
    items: tuple[ClaimVerdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    title: str
    align: Align = "left"
    short: str = ""
    """The title where room is scarce; `title` if empty."""
    factor: bool = False
    """Whether it is a part of what the row's label says."""
    essential: bool = True
    """Whether it stays where only a few columns fit."""
    code: bool = False
    """Whether it holds names that are typed."""
    over: str = ""
    """A head that it may share with its neighbors."""
    under: str = ""
    """Its own title below that head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    text: str
    strong: bool = False
    note: str = ""
    """The mark of a footnote: `a`."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Those of the text by name, in its order, and others that go with them: prose may use them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str = ""
    """The row in a few words, where its factors have no columns."""
    cells: tuple[TableCell, ...]
    baseline: bool = False
    key: str = ""
    """A name that no other row of the report has; empty if its numbers have no names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that belong together, under a name if they need one."""

    label: str = ""
    detail: str = ""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    kind: Literal["table"] = "table"
    name: str = ""
    """`results`: another for each table of a report, by what it holds."""
    caption: str = ""
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    footnotes: tuple[Footnote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Panels that stand side by side where there is room, else one below the other."""

    kind: Literal["figure"] = "figure"
    name: str
    caption: str
    alt: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    name: str
    values: tuple[str, ...]
    code: bool = False
    """Whether the values are typed or copied, not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    kind: Literal["facts"] = "facts"
    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A table that is there for those who open it."""

    kind: Literal["details"] = "details"
    summary: str
    table: Table
    file: str
    """The data file with the same, for formats that cannot open anything."""


Block = Heading | Paragraph | Notes | Verdicts | Table | Figure | Facts | Details


def numbered(blocks: Iterable[Block]) -> list[tuple[Block, int]]:
    """Each block with its number among those of its kind, from 1."""
    seen: Counter[str] = Counter()
    found = []
    for block in blocks:
        seen[block.kind] += 1
        found.append((block, seen[block.kind]))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The paper whose question is asked; `url` is empty where no safe address is known."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a reader is told."""

    name: str
    """`pos_embedding · digits`"""
    title: str
    question: str
    setting: str
    source: Source | None
    blocks: tuple[Block, ...]

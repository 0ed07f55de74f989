"""Each format read back as a reader sees it: texts, and the cells of tables."""

import html as standard
import re
from collections.abc import Callable
from dataclasses import replace

from markdown_it import MarkdownIt

from ablate.report.blocks import Details, Figure, Report, Table
from ablate.report.formats.html import html
from ablate.report.formats.latex import latex
from ablate.report.formats.latex.escape import prose
from ablate.report.formats.markdown import markdown

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""As GitHub reads Markdown, as far as a table, a strike and CommonMark with HTML go."""
LAYOUT = re.compile(
    r"\\ensuremath|\\allowbreak|\\AblStrong|\\texttt|\\AblLines\[.\]\{.\}|\\textsuperscript\{.\}"
    r"|\\\\(?:\[2pt\])?|[{}~\s]"
)
"""What of LaTeX says how a text looks, not what it says."""
DEFINED = re.compile(r"^\\newcommand\{(\\\w+)\}\{(.*)\}%", re.MULTILINE)


def undrawn(report):
    """The report with figures that have a caption and no drawing, which takes long."""
    blocks = (replace(b, panels=()) if isinstance(b, Figure) else b for b in report.blocks)
    return replace(report, blocks=tuple(blocks))


def plain(page):
    """The words of an HTML page, without footnote marks."""
    page = re.sub(r"<style>.*?</style>|<sup>.*?</sup>", "", page, flags=re.DOTALL)
    return " ".join(standard.unescape(re.sub(r"<[^>]*>", "", page)).split())


def html_rows(page):
    """Every row of every table's body, as a list of texts."""
    rows = re.findall(r"<tr(?! class=.group)[^>]*>(.*?)</tr>", page, re.DOTALL)
    found = [re.findall(r"<t([dh])[^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [
        [plain(text) for _, text in row] for row in found if any(kind == "d" for kind, _ in row)
    ]


class Page:
    """`index.html`, or `report.md` as GitHub shows it."""

    def __init__(self, page):
        self.page = page

    def says(self, text):
        return text in plain(self.page)

    def rows(self):
        return html_rows(self.page)

    def cell(self, text):
        return text


class Latex(Page):
    """`preview.tex` with `report.tex` in it, whose macros are those of `numbers.tex`."""

    def __init__(self, report):
        files = {name: content.decode() for name, content in latex(report).items()}
        macros = dict(DEFINED.findall(files["numbers.tex"]))
        text = files["preview.tex"] + files["report.tex"].partition("figures/#2")[2]
        super().__init__(re.sub(r"(\\Abl\w+)\{\}", lambda match: macros[match[1]], text))

    def says(self, text):
        return LAYOUT.sub("", prose(text)) in LAYOUT.sub("", self.page)

    def rows(self):
        grids = re.findall(r"\\toprule(.*?)\\bottomrule", self.page, re.DOTALL)
        bodies = [grid.partition(r"\midrule")[2] for grid in grids]
        bodies = [re.sub(r"\\midrule|\\multicolumn.*", "", body) for body in bodies]
        lines = [line for body in bodies for line in body.splitlines() if line]
        return [[LAYOUT.sub("", cell) for cell in line.split(" & ")] for line in lines]

    def cell(self, text):
        return LAYOUT.sub("", prose(text))


READERS: dict[str, Callable[[Report], Page]] = {
    "html": lambda report: Page(html(undrawn(report))),
    "markdown": lambda report: Page(GITHUB.render(markdown(undrawn(report)))),
    "latex": Latex,
}


def told(report):
    """Every text of a report outside its tables' rows."""
    yield from (report.title, report.question, report.setting)
    if report.source:
        yield report.source.text
    for block in report.blocks:
        match block.kind:
            case "heading" | "paragraph":
                yield block.text
            case "notes":
                yield from block.items
            case "verdicts":
                yield from (t for item in block.items for t in (item.claim, item.reason))
            case "facts":
                yield from (t for fact in block.items for t in (fact.name, *fact.values))
            case "table":
                yield block.caption
                yield from (note.text for note in block.footnotes)
                yield from (group.label for group in block.groups)
            case "figure":
                yield block.caption
            case "details":
                yield block.summary


def cells(report, *, details=True):
    """Every row of every table of a report, as a list of texts."""
    kinds = Table | Details if details else Table
    tables = [
        b.table if isinstance(b, Details) else b for b in report.blocks if isinstance(b, kinds)
    ]
    rows = (row for table in tables for group in table.groups for row in group.rows)
    return [[cell.text for cell in row.cells] for row in rows]


def firm(report):
    """The numbers that a terminal shows at any width, and never broken."""
    for table in (block for block in report.blocks if isinstance(block, Table)):
        shown = [n for n, one in enumerate(table.columns) if one.essential and not one.factor]
        rows = (row for group in table.groups for row in group.rows)
        yield from (row.cells[n].text for row in rows for n in shown)

"""Our differences beside the paper's: what agrees, and what may be concluded from that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ablate.analysis.findings import Agreement, PaperContrast, Size
from ablate.analysis.model import Analysis, CellResult
from ablate.report.blocks import (
    Block,
    Column,
    Footnote,
    Group,
    Heading,
    Paragraph,
    Row,
    Table,
    TableCell,
)
from ablate.report.formatting import count, difference, number, published, share, units
from ablate.report.labels import full_label, join_words, substitutes

SIGNS = {Agreement.SAME: "same", Agreement.OPPOSITE: "opposite", Agreement.OPEN: "open"}
NOTHING = "none in the paper"
SIZES = {
    Size.ALIKE: "within our interval",
    Size.LARGER: "ours is larger",
    Size.SMALLER: "ours is smaller",
    Size.OPEN: "open",
}
PAPERS_OWN = "imagenet"
"""The setting with the papers' data and recipes."""


def against_the_paper(analysis: Analysis) -> Iterator[Block]:
    """The section; nothing where nothing published can be compared."""
    if analysis.against_paper is None:
        return
    yield Heading(text="Against the paper")
    yield Paragraph(text=f"{_agreement(analysis)} {_orders(analysis)}{_scale(analysis)}")
    yield table(analysis)


def _agreement(analysis: Analysis) -> str:
    """`Of 4 published differences, 1 clearly has the same sign here, …`."""
    assert analysis.against_paper is not None
    contrasts = analysis.against_paper.contrasts
    found = Counter(one.agreement for one in contrasts)
    if len(contrasts) == 1:
        return f"The one published difference {_alone(contrasts[0])}."
    same, opposite, open_ = (found[agreement] for agreement in Agreement)
    told = _told(same, opposite, open_, "sign")
    return f"Of {len(contrasts)} published differences, {told}."


def _alone(one: PaperContrast) -> str:
    return {
        Agreement.SAME: "clearly has the same sign here",
        Agreement.OPPOSITE: "clearly has the opposite sign here",
        Agreement.OPEN: "has no clear sign here",
    }[one.agreement]


def _told(same: int, opposite: int, open_: int, what: str) -> str:
    """`1 clearly has the same sign here, none has the opposite and 3 are open`."""
    return join_words(
        (
            f"{same or 'none'} clearly {'have' if same > 1 else 'has'} the same {what} here",
            f"{opposite or 'none'} {'have' if opposite > 1 else 'has'} the opposite",
            f"{open_ or 'none'} {'are' if open_ > 1 else 'is'} open",
        )
    )


def _orders(analysis: Analysis) -> str:
    found = analysis.against_paper
    assert found is not None
    pairs = found.same_order + found.opposite_order + found.open_order
    if not pairs:
        return ""
    told = _told(found.same_order, found.opposite_order, found.open_order, "order")
    return (
        f"Of {count(pairs, 'pair')} of them that the paper puts in an order, {told} (paired by "
        "seed, Holm). "
    )


def _scale(analysis: Analysis) -> str:
    """What a comparison can say at this scale."""
    if analysis.setting == PAPERS_OWN and not substitutes(analysis):
        return "Models and data are the paper's, so sizes can be compared as well as signs."
    return (
        "At another scale than the paper's, signs and orders can be compared, sizes cannot: what "
        "disagrees is a finding about this scale, and refutes nothing at the paper's."
    )


def table(analysis: Analysis) -> Table:
    """One row per published difference, grouped by model."""
    found = analysis.against_paper
    assert found is not None
    rows = {one.cell: one for one in found.contrasts}
    cells = [cell for cell in analysis.cells if cell.name in rows]
    lucky = any(one.luck for one in found.contrasts)
    note = Footnote(mark="a", text=_luck(analysis))
    return Table(
        caption=(
            f"Published differences in {units(analysis.metric)} beside ours, with "
            f"{share(analysis.confidence)} intervals over seeds. A sign is the same or opposite "
            "where ours is clear (adjusted p ≤ 0.05), and else open."
        ),
        columns=(
            Column(title="Change", factor=True),
            Column(title="Paper", align="right"),
            Column(title=f"Ours [{share(analysis.confidence)}]", align="right"),
            Column(title="Sign"),
            Column(title="Size"),
        ),
        groups=(Group(rows=tuple(_row(cell, rows[cell.name], analysis) for cell in cells)),),
        footnotes=(note,) if lucky else (),
    )


def _luck(analysis: Analysis) -> str:
    sd = analysis.paper.sd if analysis.paper else None
    return (
        f"If two runs of one network differ there by a standard deviation of {number(sd or 0)}, as "
        "the study assumes, a difference of this size may be luck."
    )


def _row(cell: CellResult, one: PaperContrast, analysis: Analysis) -> Row:
    assert cell.contrast is not None
    label = full_label(cell, analysis)
    sign = NOTHING if one.published == 0 else SIGNS[one.agreement]
    paper = published(one.published, analysis.metric, sign=True)
    return Row(
        label=label,
        cells=(
            TableCell(text=label),
            TableCell(text=paper, note="a" if one.luck else ""),
            TableCell(text=difference(cell.contrast.difference, analysis.metric)),
            TableCell(text=sign),
            TableCell(text=SIZES[one.size]),
        ),
    )

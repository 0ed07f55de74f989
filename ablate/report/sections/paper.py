"""Our differences beside the paper's: where they agree, and what may be concluded from that."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ablate.analysis.findings import AgainstPaper, Agreement, PaperContrast, Size
from ablate.analysis.model import Analysis
from ablate.report.blocks import Block, Heading, Paragraph, Table, TableCell
from ablate.report.formatting import count, number, published, share, units
from ablate.report.labels import full_label, join_words, substitutes
from ablate.report.numbers import difference_cell
from ablate.report.table import build_table, number_column, text_column

SIZES = {
    Size.ALIKE: "within our interval",
    Size.LARGER: "ours is larger",
    Size.SMALLER: "ours is smaller",
    Size.OPEN: "open",
}
NO_DIFFERENCE = "none in the paper"
PAPERS_OWN = "imagenet"
"""The setting with the papers' data and recipes."""


def paper(analysis: Analysis) -> Iterator[Block]:
    """The section; nothing where nothing published can be compared."""
    found = analysis.against_paper
    if found is None:
        return
    yield Heading(text="Compared with the paper")
    yield Paragraph(text=" ".join(filter(None, (_signs(found), _orders(found), _scale(analysis)))))
    yield _table(found, analysis)


def _signs(found: AgainstPaper) -> str:
    """`Of 4 published differences, 1 clearly has the same sign here, …`."""
    counts = Counter(one.agreement for one in found.contrasts)
    if len(found.contrasts) > 1:
        told = _counts([counts[agreement] for agreement in Agreement], "sign")
        return f"Of {len(found.contrasts)} published differences, {told}."
    (only,) = counts
    sign = "has no clear sign" if only is Agreement.OPEN else f"clearly has the {only} sign"
    return f"The one published difference {sign} here."


def _orders(found: AgainstPaper) -> str:
    counts = [found.same_order, found.opposite_order, found.open_order]
    if not any(counts):
        return ""
    return (
        f"Of {count(sum(counts), 'pair')} of them that the paper puts in an order, "
        f"{_counts(counts, 'order')} (paired by seed, Holm)."
    )


def _counts(numbers: Sequence[int], what: str) -> str:
    """`1 clearly has the same sign here, none has the opposite and 3 are open`."""
    same, opposite, undecided = numbers
    return join_words(
        (
            f"{same or 'none'} clearly {'have' if same > 1 else 'has'} the same {what} here",
            f"{opposite or 'none'} {'have' if opposite > 1 else 'has'} the opposite",
            f"{undecided or 'none'} {'are' if undecided > 1 else 'is'} open",
        )
    )


def _scale(analysis: Analysis) -> str:
    """The conclusions that this scale allows."""
    if analysis.setting == PAPERS_OWN and not substitutes(analysis):
        return "Models and data are the paper's, so sizes can be compared as well as signs."
    return (
        "At a scale other than the paper's, signs and orders can be compared, but sizes cannot: a "
        "disagreement is a finding about this scale, and refutes nothing at the paper's."
    )


def _table(found: AgainstPaper, analysis: Analysis) -> Table:
    """One row per published difference."""
    cells = {cell.name: cell for cell in analysis.cells}
    level, metric = share(analysis.confidence), analysis.metric

    def ours(one: PaperContrast) -> TableCell:
        contrast = cells[one.cell].contrast
        return difference_cell(contrast.difference if contrast else None, metric)

    return build_table(
        found.contrasts,
        [
            text_column("Change", lambda one: full_label(cells[one.cell], analysis), factor=True),
            number_column(
                "Paper",
                lambda one: published(one.published, metric, sign=True),
                footnote=lambda one: _chance(analysis) if one.luck else "",
            ),
            number_column(f"Ours [{level}]", ours),
            text_column("Sign", lambda one: one.agreement if one.published else NO_DIFFERENCE),
            text_column("Size", lambda one: SIZES[one.size]),
        ],
        caption=(
            f"Published differences in {units(metric)} beside ours, with {level} intervals over "
            "seeds. A sign is the same or opposite where ours is clear (adjusted p ≤ 0.05), and "
            "open elsewhere."
        ),
    )


def _chance(analysis: Analysis) -> str:
    sd = analysis.paper.sd if analysis.paper else None
    return (
        "If the paper's scores vary from run to run with a standard deviation of "
        f"{number(sd or 0)}, as the study assumes, a difference of this size may be chance."
    )

"""Our differences beside the paper's: where they agree, and what may be concluded from that."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ablate.analysis.findings import AgainstPaper, Agreement, PaperContrast, Size
from ablate.analysis.model import Analysis
from ablate.report.blocks import Block, Heading, Paragraph, Table, TableCell
from ablate.report.formatting import MISSING, count, published, share, units
from ablate.report.labels import full_label, in_words, join_words
from ablate.report.numbers import difference_cell
from ablate.report.sections._otherwise import is_papers_own, otherwise
from ablate.report.table import build_table, number_column, text_column
from ablate.study.labels import number

SIGNS = {
    Agreement.SAME: "same",
    Agreement.OPPOSITE: "opposite",
    Agreement.OPEN: "open",
    Agreement.NO_SIGN: "none in the paper",
}
SIZES = {
    Size.ALIKE: "not told apart",
    Size.LARGER: "ours is larger",
    Size.SMALLER: "ours is smaller",
    Size.APART: MISSING,
    Size.OPEN: "open",
}


def paper(analysis: Analysis) -> Iterator[Block]:
    """The section; nothing where nothing published can be compared and nothing differs."""
    found, words = analysis.against_paper, otherwise(analysis)
    if not (found or words):
        return
    yield Heading(text="Compared with the paper")
    if found:
        compared = (_signs(found), _zeros(found, analysis), _orders(found))
        yield Paragraph(text=" ".join(filter(None, (*compared, _scale(analysis)))))
    if words:
        yield Paragraph(text=words)
    if found:
        yield _table(found, analysis)


def _signs(found: AgainstPaper) -> str:
    """`Of 4 published differences, 1 clearly has the same sign here, …`."""
    counts = Counter(one.agreement for one in found.contrasts)
    zeros = counts.pop(Agreement.NO_SIGN, 0)
    those = " that are not 0" if zeros else ""
    if counts.total() > 1:
        three = (Agreement.SAME, Agreement.OPPOSITE, Agreement.OPEN)
        told = _counts([counts[agreement] for agreement in three], "sign")
        return f"Of {counts.total()} published differences{those}, {told}."
    for only in counts:
        sign = "has no clear sign" if only is Agreement.OPEN else f"clearly has the {only} sign"
        those = " that is not 0" if zeros else ""
        return f"The one published difference{those} {sign} here."
    return ""


def _zeros(found: AgainstPaper, analysis: Analysis) -> str:
    """`One published difference is 0, and has no sign; ours is clear there.`"""
    zeros = {one.cell for one in found.contrasts if one.agreement is Agreement.NO_SIGN}
    if not zeros:
        return ""
    n = len(zeros)
    clear = sum(
        bool(cell.contrast and cell.contrast.clear) for cell in analysis.cells if cell.name in zeros
    )
    if n == 1:
        ours = f"ours is {'clear' if clear else 'not clear'} there"
        return f"One published difference is 0, and has no sign; {ours}."
    ours = f"{clear or 'none'} of ours {'are' if clear > 1 else 'is'} clear there"
    return f"{in_words(n)} published differences are 0, and have no sign; {ours}."


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
    """The conclusions that this scale, and the paper's metric, allow."""
    theirs = analysis.papers_metric
    other = (
        f"The paper's values are in {theirs.label}, so sizes are not compared. " if theirs else ""
    )
    if is_papers_own(analysis):
        return (
            other or "Models and data are the paper's, so sizes can be compared as well as signs."
        )
    return (
        f"{other}At a scale other than the paper's, a disagreement is a finding about this scale, "
        "and refutes nothing at the paper's."
    )


def _table(found: AgainstPaper, analysis: Analysis) -> Table:
    """One row per published difference."""
    cells = {cell.name: cell for cell in analysis.cells}
    level, metric = share(analysis.confidence), analysis.metric
    theirs = analysis.papers_metric

    def ours(one: PaperContrast) -> TableCell:
        contrast = cells[one.cell].contrast
        return difference_cell(contrast.difference if contrast else None, metric)

    return build_table(
        found.contrasts,
        [
            text_column("Change", lambda one: full_label(cells[one.cell], analysis), factor=True),
            number_column(
                f"Paper, {theirs.label}" if theirs else "Paper",
                lambda one: published(one.published, theirs or metric, sign=True),
                footnote=lambda one: _chance(analysis) if one.luck else "",
            ),
            number_column(f"Ours, {metric.label} [{level}]" if theirs else f"Ours [{level}]", ours),
            text_column("Sign", lambda one: SIGNS[one.agreement]),
            *([] if theirs else [text_column("Size", lambda one: SIZES[one.size])]),
        ],
        name="paper",
        caption=" ".join(_caption(analysis)),
    )


def _caption(analysis: Analysis) -> Iterator[str]:
    theirs, metric, level = analysis.papers_metric, analysis.metric, share(analysis.confidence)
    unit = f"{units(theirs)} of {theirs.label}" if theirs else units(metric)
    beside = f"ours in {units(metric)} of {metric.label}" if theirs else "ours"
    yield (
        f"Published differences in {unit} beside {beside}, with {level} intervals over seeds. A "
        "sign is the same or opposite where ours is clear (adjusted p ≤ 0.05), and open elsewhere."
    )
    if theirs and theirs.direction != metric.direction:
        yield (
            f"Since {theirs.direction} is better in {theirs.label} and {metric.direction} in "
            f"{metric.label}, the same sign means that both get better or both worse."
        )
    if not theirs:
        yield (
            "A size is larger or smaller where ours is told apart from the paper's (p ≤ 0.05, "
            "adjusted over these rows, Holm)."
        )


def _chance(analysis: Analysis) -> str:
    sd = analysis.paper.sd if analysis.paper else None
    return (
        "If the paper's scores vary from run to run with a standard deviation of "
        f"{number(sd or 0)}, as the study assumes, a difference of this size may be chance."
    )

"""What a report says of the paper's differences beside ours."""

from __future__ import annotations

from dataclasses import replace

from ablate.analysis.findings import AgainstPaper, Agreement, PaperContrast, Size
from ablate.analysis.paper import against_paper
from ablate.report.sections.paper import paper
from tests.report import examples


def full(sd=None):
    analysis = examples.full()
    paper = analysis.paper.model_copy(update={"sd": sd})
    return replace(analysis, paper=paper, against_paper=against_paper(analysis.cells, sd))


def table(analysis):
    _, _, found = paper(analysis)
    return found


def test_nothing_is_said_where_nothing_can_be_compared():
    assert list(paper(replace(examples.full(), against_paper=None))) == []


def test_counts_in_words_and_what_scale_allows():
    cell = examples.full().cells[1].name

    def contrast(agreement):
        return PaperContrast(
            cell=cell, published=-1.0, agreement=agreement, size=Size.ALIKE, luck=None
        )

    found = AgainstPaper(
        contrasts=(contrast(Agreement.SAME), contrast(Agreement.SAME), contrast(Agreement.OPEN)),
        same_order=1,
        opposite_order=0,
        open_order=2,
    )
    _, words, _ = paper(replace(examples.full(), against_paper=found))
    assert words.text == (
        "Of 3 published differences, 2 clearly have the same sign here, none has the opposite and "
        "1 is open. Of 3 pairs of them that the paper puts in an order, 1 clearly has the same "
        "order here, none has the opposite and 2 are open (paired by seed, Holm). At a "
        "scale other than the paper's, signs and orders can be compared, but sizes cannot: a "
        "disagreement is a finding about this scale, and refutes nothing at the paper's."
    )


def test_at_the_papers_own_scale_sizes_count_too():
    analysis = full()
    cells = tuple(replace(cell, trained_variant=cell.asked_variant) for cell in analysis.cells)
    own = replace(analysis, cells=cells, setting="imagenet")
    _, words, _ = paper(own)
    assert "so sizes can be compared as well as signs" in words.text


def test_a_row_for_each_with_a_note_where_the_paper_may_be_chance():
    rows = [[cell.text for cell in row.cells] for row in table(full()).groups[0].rows]
    assert rows[0][1] == "−1.8"
    assert rows[0][3:] == ["same", "ours is larger"]
    noted = table(full(0.1))
    assert [row.cells[1].note for row in noted.groups[0].rows] == ["", "a", "a", "a"]
    assert noted.footnotes[0].text == (
        "If the paper's scores vary from run to run with a standard deviation of 0.1, as the study "
        "assumes, a difference of this size may be chance."
    )
    assert table(full()).footnotes == ()

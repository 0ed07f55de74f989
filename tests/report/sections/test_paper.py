"""What a report says of the paper's differences beside ours."""

from __future__ import annotations

from dataclasses import replace

from ablate.analysis.findings import AgainstPaper, Agreement, PaperContrast, Size
from ablate.analysis.model import Verdict
from ablate.analysis.paper import against_paper
from ablate.report.blocks import Paragraph
from ablate.report.figures.contrasts import Forest, contrasts
from ablate.report.sections.paper import paper
from ablate.study.metrics import Metric
from tests.report import examples
from tests.report.sections.test_results import results_table


def full(sd=None):
    analysis = examples.full()
    paper = analysis.paper.model_copy(update={"sd": sd})
    return replace(analysis, paper=paper, against_paper=against_paper(analysis.cells, sd))


def table(analysis):
    return [*paper(analysis)][-1]


def words(analysis):
    """The paragraphs of the section."""
    return [block.text for block in paper(analysis) if isinstance(block, Paragraph)]


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
        "scale other than the paper's, a disagreement is a finding about this scale, and refutes "
        "nothing at the paper's."
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


def with_zero(here):
    """A study of one change that did nothing in the paper."""
    wanted = (
        replace(examples.deit("learned", (90.0, 91.0, 90.5)), published=79.8),
        replace(examples.deit("none", here), published=79.8),
    )
    analysis = examples.analysis_of(wanted)
    return replace(analysis, against_paper=against_paper(analysis.cells, None))


def test_where_the_paper_has_no_difference_there_is_no_sign():
    clear = with_zero((80.0, 81.5, 80.7))
    said, reasons = words(clear)
    assert said.startswith("One published difference is 0, and has no sign; ours is clear there.")
    assert reasons.startswith("Where we disagree, this may be why: the data (")
    (row,) = table(clear).groups[0].rows
    assert [cell.text for cell in row.cells][3:] == ["none in the paper", "ours is larger"]


def test_no_difference_here_or_there_is_no_disagreement():
    same = with_zero((90.5, 90.6, 91.0))
    (said,) = words(same)
    assert said.startswith("One published difference is 0, and has no sign; ours is not clear")
    (row,) = table(same).groups[0].rows
    assert [cell.text for cell in row.cells][3:] == ["none in the paper", "not told apart"]


def test_zeros_are_counted_beside_the_signs():
    one = full()
    first, *others = one.against_paper.contrasts
    zeros = [replace(c, published=0.0, agreement=Agreement.NO_SIGN) for c in others[:2]]
    found = replace(one.against_paper, contrasts=(first, *zeros))
    said = words(replace(one, against_paper=found))[0]
    assert said.startswith(
        "The one published difference that is not 0 clearly has the same sign here. Two published "
        "differences are 0, and have no sign; none of ours is clear there."
    )


def test_a_disagreement_may_have_these_reasons():
    assert words(full(0.1))[1] == (
        "Where we disagree, this may be why: the data (8×8 handwritten digits of scikit-learn, "
        "1,077 / 360 / 360 images); the size of the networks (deit-8px in place of deit-s and "
        "cvt-8px in place of cvt-13); the recipe (20 epochs); chance in the paper, where its "
        "differences are no larger than those of two runs."
    )


def test_what_the_study_does_otherwise_is_said_though_nothing_is_published():
    analysis = examples.full()
    told = analysis.paper.model_copy(update={"differs": ("stride 1, where the paper has 2.",)})
    assert words(replace(analysis, paper=told)) == [
        "Otherwise than in the paper: stride 1, where the paper has 2."
    ]


def test_a_refuted_claim_of_a_paper_has_reasons_though_nothing_is_published():
    analysis = examples.full()
    refuted = tuple(replace(claim, verdict=Verdict.REFUTED) for claim in analysis.claims)
    (said,) = words(replace(analysis, claims=refuted))
    assert said.startswith("Where we disagree, this may be why: the data")
    assert words(replace(analysis, claims=refuted, paper=None)) == []


def test_another_metric_is_named_in_every_heading_and_no_size_is_compared():
    fewshot = Metric(name="fewshot5", label="5-shot top-1", unit="%", direction="higher")
    analysis = full()
    found = against_paper(analysis.cells, None, analysis.metric, fewshot)
    analysis = replace(analysis, published_metric=fewshot, against_paper=found)
    titles = [column.title for column in table(analysis).columns]
    assert titles == ["Change", "Paper, 5-shot top-1", "Ours, Top-1 [95 %]", "Sign"]
    said = words(analysis)[0]
    assert "The paper's values are in 5-shot top-1, so sizes are not compared." in said
    assert "Paper's 5-shot top-1" in [c.title for c in results_table(analysis).columns]
    assert "in another metric than ours, 5-shot top-1 (%), where higher is better" in (
        results_table(analysis).caption
    )
    drawn = contrasts(analysis)
    assert drawn is not None
    assert "Diamonds" not in drawn.caption
    forests = [panel for panel in drawn.panels if isinstance(panel, Forest)]
    assert forests
    assert all(row.published is None for forest in forests for row in forest.rows)

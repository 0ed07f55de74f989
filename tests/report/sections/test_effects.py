"""Main effects, interactions and sums as a reader gets them."""

from dataclasses import replace

from ablate.analysis.effects import effects, together
from ablate.report.build import build_report
from ablate.report.formats.markdown import markdown
from ablate.report.sections.effects import effects as section
from tests.report.examples import Wanted, analysis_of

BOTH = {"token_embed": "patch", "pos_embed": "none"}


def factorial(together_by=0.0, design="full_factorial"):
    """A 2 × 2 in which the changes cost 3 and 5 points and, together, so much less."""
    luck = (90.0, 91.3, 90.4, 89.8)
    wanted = []
    for changes, by, noise in (
        ({}, 0.0, (0.0, 0.1, -0.1, 0.1)),
        ({"pos_embed": "none"}, -3.0, (0.1, -0.1, 0.05, 0.0)),
        ({"token_embed": "patch"}, -5.0, (0.0, 0.1, -0.1, 0.05)),
        (BOTH, -8.0 + together_by, (0.05, 0.0, 0.1, -0.1)),
    ):
        scores = tuple(one + by + e for one, e in zip(luck, noise, strict=True))
        levels = {"token_embed": "conv", "pos_embed": "learned"} | changes
        wanted.append(
            Wanted(model="cvt", label="CvT", levels=levels, changes=changes, scores=scores)
        )
    made = analysis_of(tuple(wanted))
    return replace(
        made,
        effects=effects(made.cells, design, made.factors),
        sums=together(made.cells, design),
    )


def test_the_table_has_a_row_for_each_effect_and_bold_for_the_clear():
    table, _ = section(factorial())
    assert [column.title for column in table.columns] == [
        "Effect",
        "Difference [95 %]",
        "p",
        "Over",
    ]
    ((label, rows),) = [(group.label, group.rows) for group in table.groups]
    assert label == "CvT"
    assert [[cell.text for cell in row.cells] for row in rows] == [
        ["Token embed: patch", "−5.01 [−5.09, −4.92]", "< 0.001", "2 settings × 4 seeds"],
        ["Position embedding: none", "−3.0 [−3.3, −2.8]", "< 0.001", "2 settings × 4 seeds"],
        [
            "Token embed: patch × Position embedding: none",
            "0.0 [−0.1, +0.1]",
            "0.76",
            "1 setting × 4 seeds",
        ],
    ]
    assert [row.cells[1].strong for row in rows] == [True, True, False]
    assert table.caption.endswith("adjusted for 3 effects (Holm), and bold marks p ≤ 0.05.")


def test_where_a_run_is_missing_the_table_says_over_what_is_left():
    whole = factorial()
    (short,) = (cell for cell in whole.cells if len(cell.changes) == 2)
    lacking = replace(short, scores=short.scores[:1])
    cells = tuple(lacking if cell is short else cell for cell in whole.cells)
    found = effects(cells, "full_factorial", whole.factors)
    table, *_ = section(replace(whole, effects=found))
    (rows,) = [group.rows for group in table.groups]
    assert [row.cells[-1].text for row in rows] == [
        "1 of 2 settings × 4 seeds",
        "1 of 2 settings × 4 seeds",
        "1 setting × 1 seed",
    ]
    assert table.caption.endswith(" Settings in which runs are missing are left out.")


def sentence(analysis):
    """What follows the table."""
    _, paragraph = section(analysis)
    return paragraph.text


def test_a_sentence_says_whether_removals_add_up():
    assert sentence(factorial()) == (
        "That the changes of CvT do not add up is not shown: all at once differ by 0.0 points"
        " [−0.1, +0.1] over 4 seeds from the sum of their separate effects (p = 0.76)."
    )
    assert sentence(factorial(together_by=4.0)) == (
        "The changes of CvT do not add up: all at once differ by +4.0 points [+3.9, +4.1] over 4"
        " seeds from the sum of their separate effects (p < 0.001)."
    )


def test_a_fraction_says_what_it_cannot_tell_apart():
    made = factorial()
    alias = replace(made.effects[0], aliases=({"pos_embed": "none", "depth": 2},))
    table, _ = section(replace(made, effects=(alias, *made.effects[1:])))
    assert table.columns[-1].title == "Aliased with"
    assert [row.cells[-1].text for row in table.groups[0].rows] == [
        "Position embedding: none × Depth: 2",
        "",
        "",
    ]


def test_both_stand_in_the_report():
    report = build_report(factorial(together_by=4.0))
    page = markdown(report)
    assert "**CvT**" in page
    assert "| Token embed: patch |" in page
    assert "The changes of CvT do not add up" in page


def test_effects_that_are_the_same_in_every_seed_have_no_spread():
    """Rounding in the eighth digit was once printed as an interval."""
    levels = {"a": (0, 1), "b": (0, 1)}
    wanted = [
        Wanted(
            model="m",
            levels={"a": a, "b": b},
            changes={name: 1 for name, level in (("a", a), ("b", b)) if level},
            scores=tuple(seed - 0.1 * a - 0.7 * b for seed in (90.1, 91.3, 90.7)),
        )
        for a in levels["a"]
        for b in levels["b"]
    ]
    found = analysis_of(tuple(wanted), design="full_factorial")
    assert [effect.difference.sd for effect in found.effects] == [0.0] * 3

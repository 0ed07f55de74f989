from dataclasses import replace

from ablate.check.model import Confound
from ablate.report.sections.results import results
from tests.report import examples


def column(table, title):
    """The texts of one column, top to bottom."""
    index = [one.title for one in table.columns].index(title)
    return [row.cells[index].text for group in table.groups for row in group.rows]


def results_table(analysis):
    """The one table of the section."""
    heading, table = results(analysis)
    assert heading.text == "Results"
    return table


def titles(table):
    return [one.title for one in table.columns]


def test_the_table_as_the_paper_prints_it():
    table = results_table(examples.full())
    assert titles(table) == [
        "Position embedding",
        "Parameters",
        "Top-1 (%)",
        "Difference [95 %]",
        "p",
        "Verdict",
        "Paper's Top-1",
        "Paper's difference",
        "Time per run",
    ]
    heads = [(group.label, group.detail, len(group.rows)) for group in table.groups]
    assert heads == [
        ("DeiT-S", "deit-8px, in place of deit-s", 2),
        ("CvT-13", "cvt-8px, in place of cvt-13", 4),
    ]
    texts = [cell.text for cell in table.groups[0].rows[1].cells]
    assert texts == [
        "none",
        "202 k",
        "77.9 ± 1.2 (5)",
        "−19.9 [−21.0, −18.9]",
        "< 0.001",
        "supported",
        "78.0",
        "−1.8",
        "13 s",
    ]


def test_each_model_begins_with_its_baseline_which_has_no_difference():
    table = results_table(examples.full())
    for group in table.groups:
        assert [row.baseline for row in group.rows] == [True] + [False] * (len(group.rows) - 1)
        assert [cell.text for cell in group.rows[0].cells][3:5] == ["baseline", ""]


def test_bold_is_only_what_the_seeds_tell_apart():
    table = results_table(examples.full())
    bold = [cell.text for g in table.groups for row in g.rows for cell in row.cells if cell.strong]
    assert bold == ["−19.9 [−21.0, −18.9]"]


def test_nothing_is_bold_where_all_scores_are_the_same():
    (group,) = results_table(examples.same_scores()).groups
    assert not any(cell.strong for row in group.rows for cell in row.cells)


def test_several_factors_have_a_column_each_and_bold_shows_what_changed():
    table = results_table(examples.factors())
    assert titles(table)[:5] == [
        "Pos embed (learned)",
        "Use cls token",
        "Mlp ratio",
        "Recipe: lr",
        "Projection",
    ]
    assert column(table, "Use cls token") == ["✓", "✓", "✗", "✓", "–", "–"]
    row = table.groups[0].rows[3]
    assert column(table, "Pos embed (learned)") == ["✓", "✗", "✓", "✓", "✗", "✗"]
    assert [cell.text for cell in row.cells if cell.strong] == ["2", "0.0005"]
    assert row.label == "Mlp ratio: 2, Recipe: lr: 0.0005"


def test_factors_with_the_same_label_are_one_question_and_share_a_column():
    def renamed(cell):
        if cell.model == "deit_s":
            return cell
        where = {"pos_embed": "learned", "pos_embed_stages": cell.levels["pos_embed"]}
        changes = {} if cell.is_baseline else {"pos_embed_stages": cell.levels["pos_embed"]}
        return replace(cell, levels=where, changes=changes)

    one = examples.full()
    two = replace(
        one,
        factors=("pos_embed", "pos_embed_stages"),
        labels={**one.labels, "pos_embed_stages": one.labels["pos_embed"]},
        cells=tuple(map(renamed, one.cells)),
    )
    assert results_table(two) == results_table(one)


def test_what_cells_cost_has_columns_where_it_is_known():
    table = results_table(examples.costs())
    assert titles(table)[1:5] == ["Parameters", "MACs", "Images/s", "Top-1 (%)"]
    assert column(table, "MACs")[:3] == ["3.48 M", "3.47 M", "4.57 M"]
    assert column(table, "Images/s")[:2] == ["5,410 ± 54.1 (3)", "5,530 ± 55.3 (3)"]
    assert column(results_table(examples.large()), "MACs")[0] == "3.72 G"
    costs = [c for c in table.columns if c.title in ("MACs", "Images/s", "Time per run")]
    assert [one.essential for one in costs] == [False] * 3
    assert "MACs" not in titles(results_table(examples.full()))
    assert "MACs" in titles(results_table(examples.empty()))  # nothing is known yet, not even that


def test_a_ladder_says_what_each_row_adds_and_what_that_does():
    table = results_table(examples.ladder())
    assert column(table, "Change") == [
        "baseline",
        "+ Stem: conv",
        "+ Norm: pre layer",
        "+ Use cls token: ✗",
        "+ Position embedding: none",
    ]
    assert column(table, "Step [95 %]") == [
        "",
        "+3.1 [+2.7, +3.4]",
        "−0.1 [−0.6, +0.5]",
        "−1.0 [−1.5, −0.6]",
        "+3.1 [+1.9, +4.2]",
    ]
    at = titles(table).index("Step [95 %]")
    assert [row.cells[at].strong for row in table.groups[0].rows] == [
        False,
        True,
        False,
        False,  # clear, but for the run that was lost
        False,
    ]
    assert (
        "Steps are differences from the row above, with p adjusted for 4 steps (Holm)."
        in table.caption
    )
    assert "Step" not in results_table(examples.full()).caption


def test_a_step_without_a_seed_in_common_is_missing():
    found = examples.ladder()
    cells = (*found.cells[:-1], replace(found.cells[-1], step=None))
    assert column(results_table(replace(found, cells=cells)), "Step [95 %]")[-1] == "–"


def test_many_factors_share_a_column_that_says_what_changed():
    factors = (*examples.factors().factors, "one_more")
    table = results_table(replace(examples.factors(), factors=factors))
    assert titles(table)[:3] == ["Change", "Parameters", "Top-1 (%)"]
    assert column(table, "Change")[:5] == [
        "baseline",
        "Pos embed: none",
        "Use cls token: ✗",
        "Mlp ratio: 2, Recipe: lr: 0.0005",
        "baseline",
    ]
    assert table.caption.endswith(
        "Baseline of ViT: Pos embed learned, Use cls token ✓, Mlp ratio 4, Recipe: lr 0.001. "
        "Baseline of CvT: Pos embed none, Projection conv, conv, linear."
    )


def test_no_column_is_empty():
    assert titles(results_table(examples.plain())) == [
        "Position embedding",
        "Parameters",
        "Top-1 (%)",
        "Difference [95 %]",
        "p",
        "Time per run",
    ]
    assert "p" not in titles(results_table(examples.single()))
    assert results_table(examples.plain()).groups[0].detail == "deit-s"


def test_a_study_without_factors_names_its_cells():
    table = results_table(replace(examples.single(), factors=()))
    assert column(table, "Cell") == ["deit_s"]


def test_missing_is_missing():
    table = results_table(examples.holes())
    assert column(table, "Top-1 (%)") == [
        "97.9 ± 0.3 (5)",
        "77.2 ± 0.7 (3/5)",
        "98.5 ± 0.3 (5)",
        "98.6 (1/5)",
        "–",
        "98.6 ± 0.4 (4/5)",
    ]
    assert column(table, "Difference [95 %]")[4] == "–"
    assert column(table, "p")[3:] == ["> 0.99", "–", "–"]
    marks = [row.cells[2].note for group in table.groups for row in group.rows]
    assert marks == ["", "a", "", "b", "c", "d"]
    assert [note.text for note in table.footnotes] == [
        "3 of 5 seeds: 2 diverged.",
        "1 of 5 seeds: 4 failed.",
        "0 of 5 seeds: 5 not run.",
        "4 of 5 seeds: 1 killed.",
        "Not bold: runs were lost. p is the largest that they could have led to.",
        "No p before seed 4 has ended.",
    ]


def test_cells_that_lack_the_same_share_a_footnote():
    table = results_table(examples.empty())
    score = titles(table).index("Top-1 (%)")
    assert [row.cells[score].note for row in table.groups[0].rows] == ["a", "a"]
    assert len(table.footnotes) == 1


def test_what_moves_along_is_a_footnote_to_the_difference():
    table = results_table(examples.factors())
    at = titles(table).index("Difference [95 %]")
    marks = [row.cells[at].note for group in table.groups for row in group.rows]
    assert marks == ["", "", "a", "b", "", ""]
    assert [note.text for note in table.footnotes] == [
        "Confounds: tokens by part 17, 17 to 16, 16.",
        "Changes Mlp ratio and Recipe: lr at once; no other cell separates their effects. "
        "Confounds: parameters 204 k to 137 k; weights that start at zero 12 to 0; share of the "
        "images in an epoch 100 % to 50 %; initial values of 3 of the 40 shared weights.",
    ]


def test_why_a_factor_acts_later_is_repeated():
    first, second, *rest = examples.factors().cells
    known = replace(second, later={"recipe.lr": "it rises at step 200."})
    table = results_table(replace(examples.factors(), cells=(first, known, *rest)))
    assert table.footnotes[0].text == (
        "Recipe: lr: no effect was found in its first steps; the study says why: it rises at step "
        "200."
    )


def test_what_is_missing_is_noted_before_what_moves():
    first, second, *rest = examples.holes().cells
    confounds = (Confound(what="heads", before=1, after=2),)
    table = results_table(
        replace(examples.holes(), cells=(first, replace(second, confounds=confounds), *rest))
    )
    row = table.groups[0].rows[1]
    assert [cell.note for cell in row.cells if cell.note] == ["a", "e"]
    assert table.footnotes[4].text == (
        "Not bold: runs were lost. p is the largest that they could have led to."
        " Confounds: classifier heads 1 to 2."
    )


def test_the_caption_says_what_there_is():
    full, single = results_table(examples.full()).caption, results_table(examples.single()).caption
    assert "Holm" in full
    assert full.endswith("Paper: the published values, Table 5.")
    assert single == (
        "Top-1 in % on the test split, at the epoch that was best on validation:"
        " mean ± standard deviation (number of seeds). Times per run are as they were beside other"
        " runs, and compare no cells."
    )
    assert "each network timed alone after all runs" in results_table(examples.costs()).caption
    assert results_table(examples.losses()).caption.startswith(
        "Cross-entropy in nats, where lower is better, on the test split, at the epoch"
    )
    assert "Holm" not in results_table(examples.undecided()).caption
    untitled = replace(examples.full(), paper=None)
    assert results_table(untitled).caption.endswith("Paper: the published values.")


def test_a_difference_over_fewer_or_other_seeds_than_its_score_says_so():
    deit = examples.deit
    fewer = examples.analysis_of(
        (
            deit("learned", (97.0, 98.0, 97.5, None), lost=None),
            deit("none", (78.0, 79.0, 77.5, 78.5)),
        )
    )
    others = examples.analysis_of(
        (
            deit("learned", (97.0, 98.0, None, None), lost=None),
            deit("none", (None, None, 77.5, 78.5), lost=None),
        )
    )
    assert results_table(fewer).footnotes[-1].text == "Over the 3 seeds that both have."
    assert results_table(others).footnotes[-1].text == "Unpaired: 2 seeds against 2 others (Welch)."

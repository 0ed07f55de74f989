"""Scores by two factors."""

from dataclasses import replace

from ablate.report.sections.grid import grid
from tests.report import examples


def test_two_factors_are_a_grid_of_scores():
    (table,) = grid(examples.factorial())
    assert [column.title for column in table.columns] == [
        "Token embedding",
        "Position embedding: none",
        "Position embedding: every stage",
    ]
    rows = [[cell.text for cell in row.cells] for row in table.groups[0].rows]
    assert rows == [
        ["conv", "97.4 ± 0.5 (4)", "97.2 ± 0.6 (4)"],
        ["patch", "91.7 ± 0.6 (4)", "95.6 ± 0.1 (4)"],
    ]
    assert [group.label for group in table.groups] == ["CvT-13", "DeiT-S"]
    assert table.caption.startswith("Token embedding by Position embedding: Top-1 in %")


def test_what_was_left_out_of_a_grid_is_missing():
    found = examples.factorial()
    first, *others = found.grids
    holed = replace(first, points=first.points[:-1])
    (table,) = grid(replace(found, grids=(holed, *others)))
    assert [cell.text for cell in table.groups[0].rows[1].cells][-1] == "–"


def test_one_factor_or_three_are_no_grid():
    assert list(grid(examples.factorial_of_three())) == []
    assert list(grid(examples.full())) == []

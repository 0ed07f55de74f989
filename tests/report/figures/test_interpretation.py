import math
from dataclasses import replace

import pytest

from ablate.interpret.model import Filters
from ablate.report.blocks import Figure, Heading, Paragraph
from ablate.report.figures._shared import file_name
from ablate.report.formats.figures import OURS
from ablate.report.sections.interpretation import interpretation
from tests.report.examples import full, seen, tile


@pytest.fixture(scope="module")
def figures():
    return {block.name: block for block in interpretation(seen()) if isinstance(block, Figure)}


def test_nothing_seen_nothing_said():
    assert list(interpretation(full())) == []


def test_the_section_opens_with_its_heading_and_ends_with_what_is_left_out():
    first, *_, last = interpretation(seen())
    assert first == Heading(text="Interpretation")
    assert last == Paragraph(
        text="Some networks could not be interpreted: the checkpoint cannot be read (2 runs)."
    )


def test_that_nothing_could_be_seen_is_said():
    blocks = list(interpretation(replace(seen(), interpretations=())))
    assert [block.kind for block in blocks] == ["heading", "paragraph"]


def test_every_panel_has_a_name_of_ours(figures):
    names = [panel.name for figure in figures.values() for panel in figure.panels]
    assert names == [
        file_name("attention", "deit_s"),
        file_name("attention", "cvt_13"),
        file_name("positions", "deit_s"),
        file_name("positions", "cvt_13"),
        file_name("rollout", "deit_s"),
        file_name("filters", "deit_s"),
        file_name("filters", "cvt_13"),
    ]
    assert all(OURS.fullmatch(name) for name in names)


def test_rows_tell_first_and_last_layer_with_their_n_and_stand_beside_the_baseline(figures):
    base, changed = figures["attention"].panels[0].rows
    assert (base.label, base.text) == ("learned (baseline)", "2.0 → 3.5 (3)")
    assert (base.baseline, base.beside) == (True, ())
    assert (changed.label, changed.beside) == ("none", (2.0, 2.5, 3.0, 3.5))
    assert "over 128 test images" in figures["attention"].caption
    assert "images that are 8 wide" in figures["attention"].caption


def test_the_axis_holds_every_mark(figures):
    for panel in figures["attention"].panels:
        layers = [layer for row in panel.rows for layer in row.layers]
        marks = [mark for layer in layers for mark in (*layer.distances, layer.uniform)]
        assert 0 <= panel.low < min(marks)
        assert max(marks) < panel.high


def test_grids_of_positions_have_the_grids_columns_and_name_their_stage(figures):
    one, two = figures["positions"].panels
    assert [(grid.label, grid.columns) for grid in one.grids] == [("learned (baseline)", 2)]
    assert [(grid.label, grid.columns) for grid in two.grids] == [
        ("every stage · stage 1", 4),
        ("every stage · stage 2", 2),
    ]
    assert "some positions are shown" in figures["positions"].caption
    assert "seed 0" in figures["positions"].caption


def test_images_are_shown_once_and_rollouts_by_their_own_maximum(figures):
    (panel,) = figures["rollout"].panels
    assert [grid.label for grid in panel.grids] == ["the images", "learned (baseline)", "none"]
    assert all(image.gray for image in panel.grids[0].images)
    assert {image.top for grid in panel.grids[1:] for image in grid.images} == {3 / 8}


def test_the_share_of_components_is_the_least_of_all_cells(figures):
    assert "components, which hold at least 96.3 % of the variance" in figures["filters"].caption


def of_filters(share):
    few = Filters(tiles=(tile(2, lambda r, c: 1.0),), count=64, share=share)
    one = replace(seen().interpretations[0], filters=few)
    blocks = interpretation(replace(seen(), interpretations=(one,)))
    return next(block for block in blocks if getattr(block, "name", "") == "filters")


def test_components_that_hold_everything_hold_all():
    assert "which hold all of the variance" in of_filters(1.0 - 1e-12).caption


def test_filters_as_they_are_need_no_components():
    assert "components" not in of_filters(None).caption


def test_the_words_for_those_who_cannot_see_name_every_row(figures):
    assert figures["attention"].alt.count("→") == 4
    assert "CvT-13 (every stage · stage 1, every stage · stage 2)" in figures["positions"].alt


def test_different_first_seeds_are_not_called_one():
    first, *rest = seen().interpretations
    found = interpretation(replace(seen(), interpretations=(replace(first, seeds=(1, 2)), *rest)))
    captions = [block.caption for block in found if isinstance(block, Figure)]
    assert all("first finished seed" in caption for caption in captions[1:])


def test_no_mark_is_at_infinity(figures):
    for panel in figures["attention"].panels:
        assert math.isfinite(panel.low)
        assert math.isfinite(panel.high)

"""What a report says of other test images and of the exact test."""

from __future__ import annotations

from dataclasses import replace

from ablate.analysis.model import OverImages
from ablate.report.sections.robustness import robustness
from tests.report import examples
from tests.report.sections.test_caveats import notes


def with_images(over_both, p_exact=None):
    """The full example, each contrast with these intervals over images."""
    analysis = examples.full()
    found = OverImages(images=360, over_images=(-2.0, 1.0), over_both=over_both)
    cells = tuple(
        replace(cell, contrast=replace(cell.contrast, test_set=found, p_exact=p_exact))
        if cell.contrast
        else cell
        for cell in analysis.cells
    )
    return replace(analysis, cells=cells)


def test_without_more_than_the_t_interval_there_is_no_table():
    assert list(robustness(examples.full())) == []
    assert not any("Clear on" in note for note in notes(examples.full()))


def test_every_interval_and_test_has_a_column():
    (details,) = robustness(with_images((-3.0, 1.5), 0.03125))
    assert [column.title for column in details.table.columns] == [
        "Change",
        "Over seeds",
        "Over test images",
        "Over both",
        "p",
        "p, exact",
    ]
    first = [cell.text for cell in details.table.groups[0].rows[0].cells]
    assert first[2:4] == ["[−2.0, +1.0]", "[−3.0, +1.5]"]
    assert first[5] == "0.031"
    assert details.table.caption == (
        "95 % intervals of the differences in points: over seeds, as in the table of results; over "
        "test images, with the trained networks as they are; over both, as if seeds and test "
        "images were drawn anew. p is from the paired t-test, adjusted for all comparisons; "
        "“p, exact” is from the sign-flip test and not adjusted."
    )


def test_without_kept_answers_their_columns_are_left_out():
    analysis = with_images(None, 0.03125)
    cells = tuple(
        replace(cell, contrast=cell.contrast and replace(cell.contrast, test_set=None))
        for cell in analysis.cells
    )
    (details,) = robustness(replace(analysis, cells=cells))
    titles = [column.title for column in details.table.columns]
    assert titles == ["Change", "Over seeds", "p", "p, exact"]


def test_what_other_images_might_not_show_is_a_caveat():
    caveat = (
        "Clear on these 360 test images, but perhaps not on as many others: "
        "DeiT-S · Position embedding: none."
    )
    assert caveat in notes(with_images((-3.0, 1.5)))
    assert caveat not in notes(with_images((-3.0, -1.5)))

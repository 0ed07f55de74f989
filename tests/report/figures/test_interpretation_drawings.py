"""What is really drawn of the inside of networks: marks and squares counted."""

import dataclasses
import math
import re

import pytest

from ablate.report.figures import _style as style
from ablate.report.figures._image_grid import Image, ImageGrid, ImageGrids
from ablate.report.sections.interpretation import interpretation
from tests.report.examples import seen
from tests.report.figures.panels import called


def panel(name):
    figures = [block for block in interpretation(seen()) if block.kind == "figure"]
    return called(name, [one for figure in figures for one in figure.panels])


def drawn(one):
    return one.axes


def marks(axes, gid):
    lines = [line for line in axes.lines if line.get_gid() == gid]
    return [(x, y) for line in lines for x, y in line.get_xydata() if not math.isnan(x)]


def grid(*images):
    return ImageGrids(
        name="filters-1", title="", grids=(ImageGrid(label="a", columns=4, images=images),)
    )


class TestHeads:
    def test_every_head_is_a_dot_above_its_layer(self):
        axes = drawn(panel("attention-1"))
        assert len(marks(axes, "head")) == 2 * 4 * 3
        assert {x for x, _ in marks(axes, "head")} == {1, 2, 3, 4}
        assert len(marks(axes, "mean")) == 2 * 4
        assert len(marks(axes, "uniform")) == 2 * 4 * 2

    def test_the_baseline_is_repeated_beside_the_others_only(self):
        axes = drawn(panel("attention-1"))
        assert len(marks(axes, "beside")) == 4
        # the same network, so the same heights
        assert [y for _, y in marks(axes, "beside")] == pytest.approx(
            [y for _, y in marks(axes, "mean")][4:]
        )

    def test_farther_is_higher_and_strips_do_not_overlap(self):
        axes = drawn(panel("attention-1"))
        heights = [y for _, y in marks(axes, "mean")]
        assert heights[:4] == sorted(heights[:4])
        above, below = marks(axes, "head")[:12], marks(axes, "head")[12:]
        assert min(y for _, y in above) > max(y for _, y in below)

    def test_words(self):
        axes = drawn(panel("attention-1"))
        words = {text.get_text() for text in (*axes.texts, *axes.figure.texts)}
        assert {"learned (baseline)", "2.0 → 3.5 (3)", "mean attention distance (pixels)"} <= words


class TestImageGrids:
    def test_color_tells_the_sign_and_how_much_of_it_the_size(self):
        axes = drawn(grid(Image(values=((1.0, -0.5), (0.0, 0.25)), top=1.0)))
        squares = [line for line in axes.lines if line.get_gid() == "squares"]
        assert {(line.get_color(), line.get_alpha()) for line in squares} == {
            (style.BLUE, 1.0),
            (style.BLUE, 0.25),
            (style.SERIES[1], 0.5),
        }

    def test_equal_neighbors_are_one_stroke_as_long_as_they_are(self):
        axes = drawn(grid(Image(values=((1.0, 1.0), (0.0, 1.0)), top=1.0)))
        (first, second) = marks(axes, "squares")[:2], marks(axes, "squares")[2:]
        long, short = first[1][0] - first[0][0], second[1][0] - second[0][0]
        assert long == pytest.approx(2 * short)
        assert first[0][1] > second[0][1]  # the first row is on top

    def test_a_picture_of_the_world_is_gray_and_black_is_drawn(self):
        axes = drawn(grid(Image(values=((0.0, 1.0),) * 2, top=1.0, gray=True)))
        squares = [line for line in axes.lines if line.get_gid() == "squares"]
        assert [line.get_color() for line in squares] == ["#000000", "#ffffff"]

    def test_a_tile_of_zeros_is_an_empty_frame(self):
        axes = drawn(grid(Image(values=((0.0, 0.0),) * 2, top=0.0)))
        assert not marks(axes, "squares")
        assert len(marks(axes, "frames")) == 5

    def test_long_labels_break_into_lines_and_end_in_an_ellipsis(self):
        one = ImageGrid(label="position embedding " * 6, columns=4, images=())
        axes = drawn(ImageGrids(name="filters-1", title="", grids=(one,)))
        words = [text.get_text() for text in axes.figure.texts if text.get_text()]
        assert len(words) == 3
        assert words[0].endswith("…")

    def test_a_page_decides_on_light_and_dark(self):
        text = panel("positions-1").inline_svg
        assert "var(--series-1)" in text
        assert not re.search(r"#0072b2|#d55e00", text)

    @pytest.mark.parametrize("name", ["positions-2", "rollout-1", "attention-1"])
    def test_files_are_small_and_the_same_every_time(self, name):
        one = panel(name)
        text = one.svg
        assert dataclasses.replace(one).svg == text
        assert len(text) < 60_000

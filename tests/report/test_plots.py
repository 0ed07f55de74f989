"""What is really drawn: marks counted, words read, nothing compared pixel by pixel."""

import itertools
import math
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.report import figures
from ablate.report.plots import style
from ablate.report.plots.curves import apart
from ablate.report.plots.svg import draw, inline, standalone
from tests.report import examples
from tests.report.examples import NASTY


def panels(name):
    return [panel for figure in figures.figures(examples.ALL[name]()) for panel in figure.panels]


def drawn(name, panel):
    """The axes of the panel of that name."""
    with style.drawing():
        return draw(next(one for one in panels(name) if one.name == panel))


def marks(axes, gid):
    """The points (x, y) of all artists with that group id."""
    found = []
    for line in axes.lines:
        if line.get_gid() == gid:
            found += [(x, y) for x, y in line.get_xydata() if not math.isnan(x)]
    return found


def words(axes):
    return [text.get_text() for text in (*axes.texts, *axes.figure.texts) if text.get_text()]


class TestForest:
    def test_every_contrast_has_its_mean_interval_numbers_and_label(self):
        axes = drawn("full", "contrasts")
        assert len(marks(axes, "mean")) == 4
        assert len(marks(axes, "interval")) == 2 * 4
        assert marks(axes, "mean")[0][0] == pytest.approx(-19.94, abs=0.01)
        for text in ("DeiT-S · none", "−19.9 [−21.0, −18.9]", "CvT-13 · last stage"):
            assert text in words(axes)
        assert [tick.get_text() for tick in axes.get_xticklabels()][-1] == "0"

    def test_the_margin_zero_and_the_papers_values(self):
        axes = drawn("full", "contrasts")
        bands = [band for band in axes.collections if band.get_gid() == "margin"]
        assert len(bands) == 4
        assert bands[0].get_datalim(axes.transData).intervalx.tolist() == [-1, 1]
        assert {x for x, _ in marks(axes, "zero")} == {0.0}
        assert sorted(x for x, _ in marks(axes, "paper")) == pytest.approx([-1.8, -0.2, -0.2, -0.1])
        assert "margin ±1 point" in words(axes)
        assert "paper" in words(axes)

    def test_what_lies_outside_is_an_arrow(self):
        axes = drawn("full", "contrasts-near")
        assert len(marks(axes, "mean")) == 3
        ((x, _),) = marks(axes, "beyond")
        assert x == axes.get_xlim()[0]
        assert len(marks(axes, "paper")) == 3

    def test_an_interval_that_leaves_the_axis_ends_in_an_arrow(self):
        (panel,) = [p for p in panels("undecided") if p.name == "contrasts"]
        with style.drawing():
            axes = draw(examples.replace(panel, low=-1.0, high=1.0))
        assert sorted(x for x, _ in marks(axes, "beyond")) == [-1.0, 1.0]
        assert [x for x, _ in marks(axes, "interval")] == [-1.0, 1.0]
        assert len(marks(axes, "mean")) == 1

    def test_one_seed_or_none_has_no_interval(self):
        axes = drawn("holes", "contrasts")
        assert len(marks(axes, "mean")) == 3
        assert len(marks(axes, "interval")) == 2 * 2
        assert {"0.0 (1 seed)", "no score"} <= set(words(axes))

    def test_no_margin_no_paper(self):
        axes = drawn("plain", "contrasts")
        assert not axes.collections
        assert not marks(axes, "paper")
        assert "paper" not in words(axes)


class TestDots:
    def test_as_many_dots_as_runs(self):
        scores = sum(len(cell.scores) for cell in examples.holes().cells)
        axes = [drawn("holes", name) for name in ("seeds-1", "seeds-2")]
        assert sum(len(marks(one, "runs")) for one in axes) == scores

    def test_each_run_is_joined_to_its_partner(self):
        axes = drawn("full", "seeds-1")
        assert len(marks(axes, "pairs")) == 2 * 5
        starts = {x for x, _ in marks(axes, "pairs")[::2]}
        assert starts == {pair.score for pair in examples.full().cells[0].scores}

    def test_means_and_intervals(self):
        axes = drawn("full", "seeds-1")
        assert len(marks(axes, "mean")) == 2
        assert len(marks(axes, "interval")) == 2 * 2
        assert "97.9 ± 0.3 (5)" in words(axes)
        axes = drawn("one_seed", "seeds-1")
        assert len(marks(axes, "mean")) == 2
        assert not marks(axes, "interval")

    def test_equal_scores_do_not_hide_each_other(self):
        for name in ("seeds-1", "seeds-2"):
            dots = marks(drawn("full", name), "runs")
            assert len(set(dots)) == len(dots)

    def test_all_is_within_the_axes(self):
        axes = drawn("full", "seeds-2")
        low, high = axes.get_xlim()
        for gid in ("runs", "mean", "interval", "pairs"):
            assert all(low < x < high for x, _ in marks(axes, gid))


class TestCurves:
    def test_a_line_and_a_band_per_cell_each_named(self):
        axes = drawn("full", "curves-2")
        assert len(marks(axes, "line")) == 4 * 20
        assert len([band for band in axes.collections if band.get_gid() == "band"]) == 4
        assert {"none (baseline)", "every stage", "CvT-13"} <= set(words(axes))

    def test_no_band_for_one_seed(self):
        axes = drawn("one_seed", "curves-1")
        assert len(marks(axes, "line")) == 2 * 20
        assert not [band for band in axes.collections if band.get_gid() == "band"]

    def test_the_baseline_has_the_color_of_the_text_and_no_two_lines_look_alike(self):
        axes = drawn("full", "curves-2")
        looks = [(line.get_color(), line.get_linestyle()) for line in axes.lines]
        assert looks[0] == (style.INK, "-")
        assert len(set(looks)) == 4

    def test_names_do_not_touch(self):
        axes = drawn("full", "curves-2")
        heights = sorted(text.get_position()[1] for text in axes.texts)
        assert all(b - a > 10 for a, b in itertools.pairwise(heights))

    @given(st.lists(st.floats(0, 100), max_size=8))
    def test_apart(self, heights):
        placed = apart(heights, 10, 100)
        order = sorted(range(len(heights)), key=lambda i: heights[i])
        assert sorted(range(len(heights)), key=lambda i: placed[i]) == order
        assert all(placed[b] - placed[a] >= 9.99 for a, b in itertools.pairwise(order))
        assert all(height <= 100.01 for height in placed)

    def test_what_is_apart_already_stays(self):
        assert apart([50.0, 10.0], 10, 100) == [50.0, 10.0]


@pytest.mark.parametrize("name", examples.ALL)
def test_every_panel_is_valid_svg_and_the_same_each_time(name):
    for panel in panels(name):
        text = standalone(panel)
        root = ET.fromstring(text)
        assert root.get("width") == "300pt"
        ids = [one.get("id") for one in root.iter() if one.get("id")]
        assert len(ids) == len(set(ids))
        from ablate.report.plots import svg

        svg._svg.cache_clear()
        assert standalone(panel) == text
        ET.fromstring(inline(panel))


def test_nothing_of_matplotlib_is_changed():
    before = dict(mpl.rcParams)
    drawn("full", "contrasts")
    assert dict(mpl.rcParams) == before


def test_the_users_own_style_does_not_matter():
    panel = panels("full")[0]
    from ablate.report.plots import svg

    text = standalone(panel)
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}):
        svg._svg.cache_clear()
        assert standalone(panel) == text


def test_user_text_is_text():
    texts = {
        text
        for panel in panels("hostile")
        for element in ET.fromstring(standalone(panel)).iter("{http://www.w3.org/2000/svg}text")
        for text in element.itertext()
    }
    assert any(text.startswith("<script>alert(1)</script>|*a*") for text in texts)
    assert NASTY not in texts
    for panel in panels("hostile"):
        assert "<script" not in standalone(panel)
        assert "<script" not in inline(panel)


def test_dollars_are_no_formula():
    panel = panels("full")[0]
    rows = (examples.replace(panel.rows[0], label="$x^2$ costs $5"), *panel.rows[1:])
    assert ">$x^2$ costs $5</text>" in standalone(examples.replace(panel, rows=rows))


def test_glyphs_that_matplotlib_lacks_are_left_to_the_reader():
    panel = panels("full")[0]
    rows = (examples.replace(panel.rows[0], label="漢字 🙂"), *panel.rows[1:])
    assert "漢字 🙂" in standalone(examples.replace(panel, rows=rows))


class TestInThePage:
    def test_colors_are_names_of_the_style_sheet(self):
        for panel in panels("full"):
            text = inline(panel)
            for color in (style.INK, style.MUTED, style.LINE, style.BAND, *style.SERIES):
                assert color not in text
            assert "currentColor" in text
            assert "var(--muted)" in text

    def test_only_tags_are_changed(self):
        panel = panels("full")[0]
        rows = (examples.replace(panel.rows[0], label=f'{style.INK} id="a" #b'), *panel.rows[1:])
        assert f'>{style.INK} id="a" #b</text>' in inline(examples.replace(panel, rows=rows))

    def test_it_is_as_wide_as_the_page_lets_it(self):
        start = inline(panels("full")[0]).partition(">")[0]
        assert "viewBox" in start
        assert "width=" not in start

    def test_ids_of_two_figures_differ(self):
        ids = [
            one.get("id")
            for panel in panels("full")
            for one in ET.fromstring(inline(panel)).iter()
            if one.get("id")
        ]
        assert ids
        assert len(ids) == len(set(ids))

    def test_every_reference_is_kept(self):
        for panel in panels("full"):
            root = ET.fromstring(inline(panel))
            ids = {one.get("id") for one in root.iter()}
            for one in root.iter():
                for value in one.attrib.values():
                    if value.startswith(("#", "url(#")):
                        assert value.removeprefix("url(").strip("#)") in ids


@pytest.mark.parametrize(
    ("text", "most", "short"), [("abc", 3, "abc"), ("abcdef", 4, "abc…"), ("ab cdef", 4, "ab…")]
)
def test_shorten(text, most, short):
    assert style.shorten(text, most) == short

"""What is really drawn: marks counted, words read, nothing compared pixel by pixel."""

import itertools
import math
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ablate.report import figures
from ablate.report.clean import clean
from ablate.report.figures import _style as style
from ablate.report.figures._lines import apart, line_styles
from ablate.report.figures._rows import Dot
from ablate.report.figures.curves import Curves
from ablate.report.figures.ladder import DOWN, UP
from ablate.report.figures.seeds import _limits
from ablate.report.figures.tradeoffs import Scatter, Spot
from tests.report import examples
from tests.report.examples import NASTY
from tests.report.figures.panels import called


def panels(name):
    return [
        panel for figure in figures.figures(clean(examples.ALL[name]())) for panel in figure.panels
    ]


def drawn(name, panel):
    """The axes of the panel of that name."""
    return called(panel, panels(name)).axes


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
        axes = examples.replace(panel, low=-1.0, high=1.0).axes
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

    def test_names_tell_lines_apart_whenever_labels_do(self):
        for name in ("full", "factors", "factorial_of_three", "large"):
            for panel in panels(name):
                if isinstance(panel, Curves):
                    labels = {line.label for line in panel.lines}
                    assert len({text.get_text() for text in drawn(name, panel.name).texts}) == len(
                        labels
                    )

    def test_lines_of_a_panel_never_look_alike(self):
        for panel in (one for one in panels("large") if isinstance(one, Curves)):
            found = line_styles(panel.lines)
            assert len(set(found)) == len(found)


class TestLadder:
    def test_each_step_leads_to_the_score_with_its_interval(self):
        axes = drawn("ladder", "ladder-1")
        cells = examples.ladder().cells
        assert [x for x, _ in marks(axes, "mean")[::2]] == [one.estimate.mean for one in cells]
        bars = [bar for bar in axes.collections if bar.get_gid() == "step"]
        assert len(bars) == 4
        widths = [float(bar.get_datalim(axes.transData).width) for bar in bars]
        assert widths == pytest.approx([abs(one.step.difference.mean) for one in cells[1:]])
        assert len(marks(axes, "interval")) == 2 * 4
        assert len(marks(axes, "runs")) == 5 * 5 - 1
        assert "+3.1 [+2.7, +3.4] → 95.7" in words(axes)

    def test_up_and_down_differ_in_color(self):
        axes = drawn("ladder", "ladder-1")
        bars = [bar for bar in axes.collections if bar.get_gid() == "step"]
        colors = [mpl.colors.to_hex(bar.get_facecolor()[0]) for bar in bars]
        assert colors == [UP, DOWN, DOWN, UP]

    def test_the_papers_steps_are_hollow_marks(self):
        axes = drawn("ladder", "ladder-1")
        start = examples.ladder().cells[0].estimate.mean
        assert next(x for x, _ in marks(axes, "paper")) == pytest.approx(start + 1.2)
        assert len(marks(axes, "paper")) == 2
        assert "paper" in words(axes)


class TestInteraction:
    def test_a_line_per_level_with_intervals(self):
        axes = drawn("factorial", "interactions-1")
        assert len(marks(axes, "mean")) == 4
        assert len(marks(axes, "interval")) == 2 * 4
        lines = [line for line in axes.lines if line.get_gid() == "line"]
        assert [line.get_color() for line in lines] == [style.INK, style.BLUE]
        assert [text.get_text() for text in axes.get_xticklabels()] == ["conv", "patch"]
        assert {"Position embedding:\nnone", "CvT-13"} <= set(words(axes))

    def test_intervals_do_not_hide_each_other(self):
        places = [x for x, _ in marks(drawn("factorial", "interactions-2"), "mean")]
        assert len(set(places)) == 4


class TestScatter:
    def test_every_cell_with_its_interval_and_name(self):
        axes = drawn("costs", "tradeoffs-1")
        assert len(marks(axes, "mean")) == 6
        assert len(marks(axes, "interval")) == 2 * 6
        assert axes.get_xscale() == "log"
        assert "CvT-13 · last stage" in words(axes)
        assert min(x for x, _ in marks(axes, "mean")) == pytest.approx(2.26)

    def test_the_front_is_a_step_line_through_its_cells(self):
        axes = drawn("costs", "tradeoffs-1")
        (line,) = [one for one in axes.lines if one.get_gid() == "front"]
        assert line.get_drawstyle() == "steps-post"
        assert set(marks(axes, "front")) <= set(marks(axes, "mean"))

    def test_of_many_cells_those_on_the_front_have_names(self):
        panel = called("tradeoffs-1", panels("large"))
        assert len(panel.spots) == 14
        assert {spot.label for spot in panel.spots if spot.label} >= {"12 (baseline)", "20"}
        assert sum(not spot.label for spot in panel.spots) > 5

    @pytest.mark.parametrize("name", ["costs", "large", "full", "factors"])
    def test_no_name_touches_another_a_dot_or_the_edge(self, name):
        for panel in panels(name):
            if isinstance(panel, Scatter):
                axes = drawn(name, panel.name)
                boxes = [box_of(text) for text in axes.texts if text.get_gid() == "name"]
                assert len(boxes) == sum(bool(spot.label) for spot in panel.spots)
                for one, other in itertools.combinations(boxes, 2):
                    assert not one.overlaps(other)
                frame = axes.get_window_extent()
                assert all(frame.x0 - 1 <= b.x0 and b.x1 <= frame.x1 + 1 for b in boxes)
                dots = [axes.transData.transform(dot) for dot in marks(axes, "mean")]
                assert not any(box.contains(*dot) for box in boxes for dot in dots)

    @given(
        st.lists(
            st.tuples(st.floats(1, 100), st.floats(50, 60)), min_size=2, max_size=10, unique=True
        )
    )
    @settings(max_examples=15, deadline=None)
    def test_wherever_cells_lie_their_names_find_a_place(self, cells):
        spots = tuple(
            Spot(label=f"Distillation: {n}", model=0, x=x, mean=y, low=y - 1, high=y + 1)
            for n, (x, y) in enumerate(cells)
        )
        front = ((spots[0].x, spots[0].mean),)
        panel = Scatter(
            name="a", title="", x_axis="", y_axis="", spots=spots, front=front, low=49, high=61
        )
        axes = panel.axes
        assert len([text for text in axes.texts if text.get_gid() == "name"]) == len(spots)


def box_of(text):
    """Where a text lies, in pixels."""
    return text.get_window_extent(FigureCanvasAgg(text.figure).get_renderer())


@pytest.mark.parametrize("name", examples.ALL)
def test_marks_on_axes_lie_inside_the_figure(name):
    for panel in panels(name):
        axes = drawn(name, panel.name)
        frame = axes.figure.bbox
        for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            box = box_of(text)
            assert frame.x0 <= box.x0
            assert box.x1 <= frame.x1
            assert frame.y0 <= box.y0
            assert box.y1 <= frame.y1


def test_a_mark_at_the_very_edge_is_shown_with_its_words():
    """`100` at the end of an axis was cut off once."""
    (panel,) = panels("plain")[1:2]
    rows = (examples.replace(panel.rows[0], dots=(Dot(score=99.6, paired=None),), high=100.0),)
    low, high = _limits(rows)
    axes = examples.replace(panel, rows=rows, low=low, high=high).axes
    assert "100" in [text.get_text() for text in axes.get_xticklabels()]


@pytest.mark.parametrize(
    ("low", "high", "marks_"),
    [
        (1.5, 130.0, [2, 5, 10, 20, 50, 100]),
        (0.9, 1.1e4, [1, 10, 100, 1000, 10000]),
        (180, 210, [180, 185, 190, 195, 200, 205, 210]),
    ],
)
def test_marks_of_a_logarithmic_axis(low, high, marks_):
    assert style.log_ticks(low, high) == pytest.approx(marks_)


@pytest.mark.parametrize("name", examples.ALL)
def test_every_panel_is_valid_svg_and_the_same_each_time(name):
    for panel in panels(name):
        text = panel.svg
        root = ET.fromstring(text)
        assert root.get("width") == "300pt"
        ids = [one.get("id") for one in root.iter() if one.get("id")]
        assert len(ids) == len(set(ids))
        assert examples.replace(panel).svg == text
        ET.fromstring(panel.inline_svg)


def test_nothing_of_matplotlib_is_changed():
    before = dict(mpl.rcParams)
    drawn("full", "contrasts")
    assert dict(mpl.rcParams) == before


def test_the_users_own_style_does_not_matter():
    panel = panels("full")[0]
    text = panel.svg
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}):
        assert examples.replace(panel).svg == text


def test_user_text_is_text():
    texts = {
        text
        for panel in panels("hostile")
        for element in ET.fromstring(panel.svg).iter("{http://www.w3.org/2000/svg}text")
        for text in element.itertext()
    }
    assert any(text.startswith("<script>alert(1)</script>|*a*") for text in texts)
    assert NASTY not in texts
    for panel in panels("hostile"):
        assert "<script" not in panel.svg
        assert "<script" not in panel.inline_svg


def test_dollars_are_no_formula():
    panel = panels("full")[0]
    rows = (examples.replace(panel.rows[0], label="$x^2$ costs $5"), *panel.rows[1:])
    assert ">$x^2$ costs $5</text>" in examples.replace(panel, rows=rows).svg


def test_glyphs_that_matplotlib_lacks_are_left_to_the_reader():
    panel = panels("full")[0]
    rows = (examples.replace(panel.rows[0], label="漢字 🙂"), *panel.rows[1:])
    assert "漢字 🙂" in examples.replace(panel, rows=rows).svg


class TestInThePage:
    def test_colors_are_names_of_the_style_sheet(self):
        for panel in panels("full"):
            text = panel.inline_svg
            for color in (style.INK, style.MUTED, style.LINE, style.BAND, *style.SERIES):
                assert color not in text
            assert "currentColor" in text
            assert "var(--muted)" in text

    def test_only_tags_are_changed(self):
        panel = panels("full")[0]
        rows = (examples.replace(panel.rows[0], label=f'{style.INK} id="a" #b'), *panel.rows[1:])
        assert f'>{style.INK} id="a" #b</text>' in examples.replace(panel, rows=rows).inline_svg

    def test_it_is_as_wide_as_the_page_lets_it(self):
        start = panels("full")[0].inline_svg.partition(">")[0]
        assert "viewBox" in start
        assert "width=" not in start

    def test_ids_of_two_figures_differ(self):
        ids = [
            one.get("id")
            for panel in panels("full")
            for one in ET.fromstring(panel.inline_svg).iter()
            if one.get("id")
        ]
        assert ids
        assert len(ids) == len(set(ids))

    def test_every_reference_is_kept(self):
        for panel in panels("full"):
            root = ET.fromstring(panel.inline_svg)
            ids = {one.get("id") for one in root.iter()}
            for one in root.iter():
                for value in one.attrib.values():
                    if value.startswith(("#", "url(#")):
                        assert value.removeprefix("url(").strip("#)") in ids

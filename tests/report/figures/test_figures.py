"""What the figures show, before anything is drawn."""

import re
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.report import figures
from ablate.report.figures._shared import file_name, possible
from ablate.report.figures.contrasts import Forest, _near, contrasts
from ablate.report.figures.seeds import Dots, seeds
from ablate.report.formats.figures import OURS
from ablate.study.metrics import METRICS
from tests.report import examples
from tests.report.examples import analysis_of, deit


def named(analysis):
    return {figure.name: figure for figure in figures.figures(analysis)}


def turned(point):
    """The point of a curve that falls where this one rises."""
    one = point.estimate
    ends = {"mean": 100 - one.mean, "low": 100 - one.high, "high": 100 - one.low}
    return replace(point, estimate=replace(one, **ends))


def test_a_study_has_these_figures_with_a_panel_per_model_or_cost():
    found = named(examples.full())
    panels = {name: [panel.name for panel in figure.panels] for name, figure in found.items()}
    assert panels == {
        "contrasts": ["contrasts", "contrasts-near"],
        "seeds": [file_name("seeds", model) for model in ("deit_s", "cvt_13")],
        "tradeoffs": ["tradeoffs-parameters"],
        "curves": [file_name("curves", model) for model in ("deit_s", "cvt_13")],
    }


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_a_panel_is_called_by_what_it_shows(one, other):
    first, second = file_name("seeds", *one), file_name("seeds", *other)
    assert (first == second) == (one == other)
    assert re.fullmatch(r"seeds-([A-Za-z0-9]+-)*[0-9a-f]{6}", first)
    assert OURS.fullmatch(first)


def test_a_model_that_is_added_renames_no_panel():
    found = named(examples.full())["seeds"].panels
    alone = replace(examples.full(), cells=found_cells(examples.full(), "cvt_13"))
    assert named(alone)["seeds"].panels[0].name == found[1].name


def found_cells(analysis, model):
    return tuple(cell for cell in analysis.cells if cell.model == model)


@pytest.mark.parametrize(
    ("name", "figures_"),
    [
        ("empty", []),
        ("single", ["seeds", "curves"]),
        ("losses", ["contrasts", "seeds"]),
        ("one_seed", ["contrasts", "seeds", "curves"]),
    ],
)
def test_what_cannot_be_shown_is_left_out(name, figures_):
    assert list(named(examples.ALL[name]())) == figures_


def test_file_names_hold_no_user_text():
    for figure in figures.figures(examples.hostile()):
        for panel in figure.panels:
            assert panel.name.replace("-", "").isalnum()
            assert panel.name.isascii()


class TestContrasts:
    def test_small_ones_get_a_panel_of_their_own(self):
        whole, near = named(examples.full())["contrasts"].panels
        assert whole.low < -21 < 1 < whole.high
        assert near.rows == whole.rows
        assert near.low == -near.high
        assert 1 < near.high < 2

    def test_contrasts_of_one_size_need_no_second_panel(self):
        (panel,) = named(examples.plain())["contrasts"].panels
        assert panel.title == ""
        assert panel.margin is None

    @pytest.mark.parametrize(
        ("reaches", "near"),
        [
            ([20.0, 1.5, 1.5, 1.6], 1.6),
            ([2.6, 3.5, 5.0, 20.0], 5.0),
            ([4.0, 5.0, 19.0], None),
            ([3.0], None),
            ([0.0, 0.0], None),
            ([0.0, 1.0, 30.0], 1.0),
        ],
    )
    def test_where_the_small_ones_end(self, reaches, near):
        assert _near(reaches) == near

    def test_the_margin_and_the_papers_value_are_on_the_axis(self):
        (panel,) = named(examples.undecided())["contrasts"].panels
        assert panel.low < -1 < 1 < panel.high
        whole = named(examples.full())["contrasts"].panels[0]
        assert whole.rows[0].published == pytest.approx(-1.8)

    def test_what_is_missing_is_said(self):
        rows = named(examples.holes())["contrasts"].panels[0].rows
        texts = [(row.text, row.mean is None, row.low is None) for row in rows]
        assert texts == [
            ("−20.5 [−21.9, −19.0]", False, False),
            ("0.0 (1 seed)", False, True),
            ("no score", True, True),
            ("0.0 [−0.4, +0.4]", False, False),
        ]
        assert named(examples.same_scores())["contrasts"].panels[0].rows[0].text == (
            "0.0 (no spread)"
        )

    def test_no_seed_in_common_is_not_the_same_as_no_score(self):
        wanted = (
            deit("learned", (98.0, None)),
            deit("none", (None, 78.0)),
            deit("sincos_2d", (97.0, None)),
        )
        rows = named(analysis_of(wanted))["contrasts"].panels[0].rows
        assert [row.text for row in rows] == ["no seed in common", "−1.0 (1 seed)"]

    def test_the_figure_is_told_in_words(self):
        figure = named(examples.full())["contrasts"]
        assert figure.alt.startswith("Forest plot. DeiT-S · none: −19.9 [−21.0, −18.9]; CvT-13")
        assert figure.caption == (
            "Position embedding: each level minus the model's baseline, with its 95 % interval"
            " over seeds. Shaded: the margin of ±1 point, within which the study calls"
            " differences irrelevant. Diamonds: the paper's differences."
        )


class TestSeeds:
    def test_every_run_is_there_with_its_partner(self):
        analysis = examples.holes()
        first, second = named(analysis)["seeds"].panels
        assert [len(row.dots) for row in first.rows] == [5, 3]
        assert [len(row.dots) for row in second.rows] == [5, 1, 0, 4]
        assert all(dot.paired is None for dot in first.rows[0].dots)
        start = {pair.seed: pair.score for pair in analysis.cells[0].scores}
        assert [dot.paired for dot in first.rows[1].dots] == [start[0], start[2], start[4]]

    def test_intervals_stay_within_what_is_possible(self):
        wanted = (deit("learned", (100.0, 99.7, 100.0)), deit("none", (0.0, 0.3, 0.0)))
        rows = named(analysis_of(wanted))["seeds"].panels[0].rows
        assert rows[0].high == 100.0
        assert rows[1].low == 0.0

    def test_one_model_is_not_said_to_have_its_own_axis(self):
        assert "own axis" not in named(examples.plain())["seeds"].caption
        assert "Thin lines" not in named(examples.single())["seeds"].caption


class TestCurves:
    def test_a_line_per_cell_that_has_one(self):
        first, second = named(examples.holes())["curves"].panels
        assert [line.label for line in first.lines] == ["learned (baseline)", "none"]
        labels = [line.label for line in second.lines]
        assert labels == ["none (baseline)", "every stage", "last stage"]
        assert [point.x for point in first.lines[0].points] == list(range(1, 21))

    def test_one_seed_has_a_line_and_no_band(self):
        lines = named(examples.one_seed())["curves"].panels[0].lines
        assert all(p.low is None and p.high is None for line in lines for p in line.points)

    def test_bands_are_cut_at_what_is_possible(self):
        for panel in named(examples.full())["curves"].panels:
            for line in panel.lines:
                assert all(0 <= p.low <= p.mean for p in line.points)
                assert all(p.high <= 100 for p in line.points)

    def test_the_axis_begins_after_the_steep_start(self):
        panel = named(examples.full())["curves"].panels[1]
        means = [point.mean for line in panel.lines for point in line.points]
        assert min(means) < panel.low < panel.high
        assert panel.high > max(means)
        assert panel.high > max(line.points[-1].high for line in panel.lines)

    def test_the_caption_says_so_only_where_it_does(self):
        assert "steep start" in named(examples.full())["curves"].caption
        flat = analysis_of((deit("learned", (24.0, 24.5)),))
        assert "steep start" not in named(flat)["curves"].caption

    def test_a_loss_starts_above_the_frame(self):
        rising = examples.full()
        cells = [replace(cell, curve=tuple(map(turned, cell.curve))) for cell in rising.cells]
        falling = replace(rising, metric=METRICS["loss"], cells=tuple(cells))
        caption = named(falling)["curves"].caption
        assert "The steep start lies above the frame." in caption
        assert "below the frame" not in caption

    def test_many_cells_have_panels_of_their_own_with_the_same_baseline_and_axis(self):
        first, second = named(examples.large())["curves"].panels
        name = file_name("curves", examples.large().cells[0].model)
        assert (first.name, second.name) == (f"{name}-1", f"{name}-2")
        assert (first.title, second.title) == ("PVT (1 of 2)", "PVT (2 of 2)")
        assert first.lines[0] == second.lines[0]
        assert [len(first.lines), len(second.lines)] == [8, 7]
        labels = {line.label for panel in (first, second) for line in panel.lines}
        assert len(labels) == 14
        assert (first.low, first.high) == (second.low, second.high)
        assert "several, with the same baseline" in named(examples.large())["curves"].caption
        assert "Each model" not in named(examples.large())["curves"].caption

    def test_of_very_many_cells_those_that_end_best_are_drawn(self):
        wanted = [deit("learned", (80.0, 80.2))]
        wanted += [deit(f"n{n}", (50.0 + n, 50.2 + n)) for n in range(40)]
        figure = named(analysis_of(wanted))["curves"]
        labels = {line.label for panel in figure.panels for line in panel.lines}
        assert labels == {"learned (baseline)", *(f"n{n}" for n in range(8, 40))}
        assert "Of a model's cells the 32 that end best are drawn" in figure.caption
        assert "that end best" not in named(examples.large())["curves"].caption


class TestLadder:
    def test_each_step_ends_at_the_score_of_its_row(self):
        (panel,) = named(examples.ladder())["ladder"].panels
        cells = examples.ladder().cells
        assert [row.mean for row in panel.rows] == [cell.estimate.mean for cell in cells]
        first, second, third, fourth, _ = panel.rows
        assert first.start is None
        assert first.text == "92.6"
        assert second.start == pytest.approx(first.mean)
        assert second.low < second.mean < second.high
        assert second.published == pytest.approx(first.mean + 81.0 - 79.8)
        assert third.text == "−0.1 [−0.6, +0.5] → 95.6"
        assert fourth.published is None
        assert len(fourth.dots) == 4

    def test_a_step_over_fewer_seeds_starts_where_they_do(self):
        third, fourth = named(examples.ladder())["ladder"].panels[0].rows[2:4]
        step = examples.ladder().cells[3].step.difference
        assert fourth.mean - fourth.start == pytest.approx(step.mean)
        assert fourth.start != pytest.approx(third.mean)

    def test_all_marks_are_on_the_axis(self):
        (panel,) = named(examples.ladder())["ladder"].panels
        marks = [
            m
            for row in panel.rows
            for m in (row.low, row.high, row.published, *(dot.score for dot in row.dots))
            if m
        ]
        assert panel.low < min(marks) < max(marks) < panel.high

    def test_it_is_told_in_words(self):
        figure = named(examples.ladder())["ladder"]
        assert figure.alt.startswith(
            "Ladder of changes, each with its step and the score after it."
        )
        assert "ViT + Stem: conv: +3.1 [+2.7, +3.4] → 95.7" in figure.alt
        assert "Diamonds" in figure.caption
        assert "own axis" not in figure.caption

    def test_other_designs_have_none(self):
        assert "ladder" not in named(examples.full())


class TestInteractions:
    def test_a_panel_per_model_and_a_line_per_level_of_the_second_factor(self):
        first, second = named(examples.factorial())["interactions"].panels
        assert (first.title, second.title) == ("CvT-13", "DeiT-S")
        assert first.x_axis == "Token embedding"
        assert first.levels == ("conv", "patch")
        assert [line.label for line in first.lines] == [
            "Position embedding: none",
            "Position embedding: every stage",
        ]
        assert [line.baseline for line in first.lines] == [True, False]
        means = [cell.estimate.mean for cell in examples.factorial().cells[:4]]
        points = [[point.mean for point in line.points] for line in first.lines]
        assert points == [[means[0], means[2]], [means[1], means[3]]]

    def test_of_many_pairs_those_that_interact_clearly_are_drawn(self):
        figure = named(examples.factorial_of_three())["interactions"]
        (panel,) = figure.panels
        assert panel.x_axis == "Stem"
        assert panel.lines[0].label == "Positions: learned"
        assert "Each mean is over the settings of the other factors." in figure.caption
        assert figure.caption.endswith("One of 3 pairs of factors interacts clearly (p ≤ 0.05).")

    def test_if_none_does_it_is_the_largest(self):
        found = examples.factorial_of_three()
        effects = tuple(replace(effect, p_adjusted=None, clear=False) for effect in found.effects)
        figure = named(replace(found, effects=effects))["interactions"]
        assert [panel.x_axis for panel in figure.panels] == ["Stem"]
        assert figure.caption.endswith(
            "Of 3 pairs of factors none interacts clearly; the largest is shown."
        )

    def test_no_more_than_a_few(self):
        found = examples.factorial_of_three()
        effects = tuple(replace(effect, p_adjusted=0.01, clear=True) for effect in found.effects)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(import_module("ablate.report.figures.interactions"), "MOST_PAIRS", 2)
            figure = named(replace(found, effects=effects))["interactions"]
        assert len(figure.panels) == 2
        assert "Shown are the 2 largest of 3 clear interactions." in figure.caption

    def test_nothing_run_is_nothing_drawn(self):
        found = examples.factorial()
        empty = tuple(replace(grid, points=()) for grid in found.grids)
        assert "interactions" not in named(replace(found, grids=empty))


class TestTradeoffs:
    def test_a_panel_per_cost_in_units_that_read_well(self):
        panels = named(examples.costs())["tradeoffs"].panels
        assert [panel.x_axis for panel in panels] == [
            "MACs (M)",
            "Parameters (k)",
        ]
        assert panels[0].spots[0].x == pytest.approx(3.48)
        assert {spot.model for spot in panels[0].spots} == {0, 1}
        large = named(examples.large())["tradeoffs"].panels
        assert [panel.x_axis for panel in large] == ["MACs (G)", "Parameters (M)"]

    def test_the_front_is_drawn_from_the_cheapest_to_the_best(self):
        for panel in named(examples.costs())["tradeoffs"].panels:
            costs, scores = zip(*panel.front, strict=True)
            assert list(scores) == sorted(scores)
            assert list(costs) == sorted(costs)

    def test_no_cost_no_figure(self):
        assert "tradeoffs" not in named(examples.plain())

    def test_it_is_told_in_words(self):
        figure = named(examples.costs())["tradeoffs"]
        assert "DeiT-S · none: 77.9, 3.47 M MACs, 202 k parameters" in figure.alt
        assert figure.caption.startswith("Top-1 against MACs and parameters, on logarithmic axes")
        assert "Named are" not in figure.caption
        assert "Named are" in named(examples.large())["tradeoffs"].caption


@pytest.mark.parametrize(
    ("low", "high", "metric", "cut"),
    [
        (-3.0, 103.0, "top1", (0.0, 100.0)),
        (-3.0, 103.0, "loss", (0.0, 103.0)),
        (None, None, "top1", (None, None)),
    ],
)
def test_possible(low, high, metric, cut):
    assert possible(low, high, METRICS[metric]) == cut


def test_of_very_many_cells_those_that_differ_most_are_drawn():
    wanted = [examples.deit("learned", (90.0, 91.0, 90.5))]
    for n in range(60):
        wanted.append(examples.deit(f"level_{n}", (90 + n / 10, 91.1 + n / 10, 90.5 + n / 10)))
    analysis = examples.analysis_of(wanted)
    forest, dots = contrasts(analysis), seeds(analysis)
    first, second = forest.panels[0], dots.panels[0]
    assert isinstance(first, Forest)
    assert isinstance(second, Dots)
    assert [row.label for row in first.rows] == [f"level {n}" for n in range(20, 60)]
    assert len(second.rows) == 41  # with the baseline
    for figure in (forest, dots):
        assert figure.caption.endswith("Of a model's cells the 40 that differ most are drawn.")
    assert "that differ most" not in contrasts(examples.full()).caption

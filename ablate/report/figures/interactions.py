"""Interactions of two factors: levels of one side by side, a line per level of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from ablate.analysis.findings import Effect, Grid
from ablate.analysis.model import Analysis
from ablate.analysis.verdicts import ALPHA
from ablate.report.blocks import Figure
from ablate.report.figures import _style
from ablate.report.figures._lines import ColoredStyle, Line, LineChart, line_styles, points_of
from ablate.report.figures._shared import ends, file_name, score_axis, with_air
from ablate.report.figures._style import Axes
from ablate.report.figures._truncate import distinct
from ablate.report.formatting import mean_score, share
from ablate.report.labels import factor_label, in_words, level_label, levels_label, model_label
from ablate.study.schema import Level

MOST_PAIRS = 3
"""As many pairs of factors are drawn at most."""
SIDEWAYS = 0.04
"""How far lines stand apart, in levels, so that intervals do not hide each other."""
MARGIN = 0.22
CHARACTERS = 34
"""Of all marks on the horizontal axis together."""
Pair = tuple[str, str]


def interactions(analysis: Analysis) -> Figure | None:
    """A panel per model and pair of factors; of many pairs those that interact."""
    pairs = list(dict.fromkeys(grid.factors for grid in analysis.grids))
    drawn = [
        grid
        for pair, grid in product(_most(pairs, analysis), analysis.grids)
        if grid.factors == pair and any(point.estimate.n for point in grid.points)
    ]
    if not drawn:
        return None
    return Figure(
        name="interactions",
        caption=_caption(pairs, drawn, analysis),
        alt=f"Interaction plot. {'; '.join(_told(grid, analysis) for grid in drawn)}.",
        panels=tuple(_panel(grid, analysis) for grid in drawn),
    )


def _most(pairs: Sequence[Pair], analysis: Analysis) -> list[Pair]:
    """The clear interactions, the largest first; if there is none, the largest."""
    ranked = sorted(pairs, key=lambda pair: -_size(pair, analysis))
    clear = [pair for pair in ranked if _is_clear(pair, analysis)]
    return clear[:MOST_PAIRS] or ranked[:1]


def _of(pair: Pair, analysis: Analysis) -> list[Effect]:
    return [effect for effect in analysis.effects if set(effect.changes) == set(pair)]


def _size(pair: Pair, analysis: Analysis) -> float:
    return max((abs(e.difference.mean or 0.0) for e in _of(pair, analysis)), default=0.0)


def _is_clear(pair: Pair, analysis: Analysis) -> bool:
    return any(effect.clear for effect in _of(pair, analysis))


def _caption(pairs: Sequence[Pair], drawn: Sequence[Grid], analysis: Analysis) -> str:
    parts = [
        f"Means with {share(analysis.confidence)} intervals over seeds. Where lines are parallel,"
        " what one factor does does not depend on the other."
    ]
    if any(grid.settings > 1 for grid in drawn):
        parts.append("Each mean is over the settings of the other factors.")
    if len(pairs) > 1:
        parts.append(_choice(pairs, {grid.factors for grid in drawn}, analysis))
    return " ".join(parts)


def _choice(pairs: Sequence[Pair], drawn: set[Pair], analysis: Analysis) -> str:
    """The choice of pairs that are drawn."""
    clear = sum(_is_clear(pair, analysis) for pair in pairs)
    if not clear:
        return f"Of {len(pairs)} pairs of factors none interacts clearly; the largest is shown."
    if len(drawn) < clear:
        return f"Shown are the {len(drawn)} largest of {clear} clear interactions."
    which = f"{in_words(clear)} of {len(pairs)} pairs of factors"
    return f"{which} {'interacts' if clear == 1 else 'interact'} clearly (p ≤ {ALPHA:g})."


def _panel(grid: Grid, analysis: Analysis) -> Interaction:
    first, second = grid.factors
    levels = list(dict.fromkeys(point.levels[first] for point in grid.points))
    marks = [mark for p in grid.points for mark in ends(p.estimate, analysis.metric)]
    low, high = with_air(marks)
    return Interaction(
        name=file_name("interactions", grid.model, *grid.factors),
        title=model_label(grid.model, analysis),
        x_axis=factor_label(first, analysis.labels),
        y_axis=score_axis(analysis),
        levels=tuple(level_label(first, level, analysis) for level in levels),
        lines=tuple(
            _line(grid, level, levels, analysis)
            for level in dict.fromkeys(point.levels[second] for point in grid.points)
        ),
        low=low,
        high=high,
    )


def _line(grid: Grid, level: Level, levels: Sequence[Level], analysis: Analysis) -> Line:
    """The points with one level of the second factor."""
    first, second = grid.factors
    found = (
        (levels.index(point.levels[first]), point.estimate)
        for point in grid.points
        if point.levels[second] == level
    )
    return Line(
        label=levels_label({second: level}, analysis),
        baseline=level == grid.points[0].levels[second],
        points=points_of(found, analysis.metric),
    )


def _told(grid: Grid, analysis: Analysis) -> str:
    means = (
        f"{levels_label(point.levels, analysis)} {mean_score(point.estimate, analysis.metric)}"
        for point in grid.points
    )
    return f"{model_label(grid.model, analysis)}: {'; '.join(means)}"


@dataclass(frozen=True, kw_only=True)
class Interaction(LineChart):
    """Scores by two factors. A point's `x` is the number of the level, from 0."""

    levels: tuple[str, ...]

    def draw(self) -> Axes:
        axes = self.frame((-MARGIN, len(self.levels) - 1 + MARGIN), bottom=32.0, pad=3)
        each = max(1, CHARACTERS // len(self.levels))
        words = distinct(self.levels, [each] * len(self.levels))
        _style.marks_across(axes, [float(x) for x in range(len(words))], words)
        for number, (line, style) in enumerate(
            zip(self.lines, line_styles(self.lines), strict=True)
        ):
            _draw_line(axes, line, style, SIDEWAYS * (number - (len(self.lines) - 1) / 2))
        return axes


def _draw_line(axes: Axes, line: Line, style: ColoredStyle, shift: float) -> None:
    color, dashes = style
    x, means = [point.x + shift for point in line.points], [point.mean for point in line.points]
    axes.plot(x, means, color=color, ls=dashes, lw=1.2, gid="line")
    for place, point in zip(x, line.points, strict=True):
        if point.low is not None and point.high is not None:
            ends = [point.low, point.high]
            axes.plot([place] * 2, ends, color=color, lw=1.0, alpha=0.8, gid="interval")
    axes.plot(x, means, "o", color=color, ms=4.5, mew=0, gid="mean")

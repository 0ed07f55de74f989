"""Means by two factors: against NumPy's over a table of all settings."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ablate.analysis.grids import grids
from ablate.stats import estimate
from ablate.study.schema import Factor, Model, Study
from tests.analysis.test_claims import cell
from tests.analysis.test_effects import SEEDS

SIZES = {"a": 2, "b": 3, "c": 2}


def made(sizes, **factors):
    """Cells of a full factorial whose baseline is 0 everywhere, with random scores."""
    ablate: dict[str, Any] = {name: tuple(range(1, size)) for name, size in sizes.items()}
    model = Model(
        architecture="vit", variant="deit-s", ablate=ablate, baseline=dict.fromkeys(sizes, 0)
    )
    rng = np.random.default_rng(1)
    study = Study(title="S", models={"m": model}, design="full_factorial", factors=factors)
    found = []
    for one in study.cells:
        scores = tuple(rng.uniform(60, 90, SEEDS).tolist())
        result = cell(one.name, scores, one.changes)
        result.levels.update(one.levels)
        found.append(result)
    return found


def test_every_pair_of_factors_has_the_means_over_the_others():
    cells = made(SIZES)
    table = np.empty((*SIZES.values(), SEEDS))
    for one in cells:
        table[tuple(one.levels.values())] = [score.score for score in one.scores]
    found = {grid.factors: grid for grid in grids(cells, "full_factorial", "abc", 0.95)}
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    for names, grid in found.items():
        (other,) = set("abc") - set(names)
        means = table.mean(axis="abc".index(other))
        assert grid.settings == SIZES[other]
        corners = itertools.product(*(range(SIZES[name]) for name in names))
        for point, corner in zip(grid.points, corners, strict=True):
            assert tuple(point.levels.values()) == corner
            ours, theirs = point.estimate, estimate(means[corner].tolist())
            assert ours.n == SEEDS
            assert ours.mean == pytest.approx(theirs.mean)
            assert ours.low == pytest.approx(theirs.low)


def test_of_two_factors_the_means_are_the_cells():
    cells = made({"a": 2, "b": 2})
    (grid,) = grids(cells, "full_factorial", "ab", 0.95)
    assert [p.estimate for p in grid.points] == [
        next(c.estimate for c in cells if c.levels == p.levels) for p in grid.points
    ]


def test_what_excludes_each_other_is_not_there_and_other_settings_are_whole():
    (pair,) = grids(
        made({"a": 2, "b": 2}, a=Factor(excludes={"b": (1,)})), "full_factorial", "ab", 0.95
    )
    assert [tuple(p.levels.values()) for p in pair.points] == [(0, 0), (0, 1), (1, 0)]
    found = grids(made(SIZES, a=Factor(excludes={"c": (1,)})), "full_factorial", "abc", 0.95)
    assert {grid.factors: grid.settings for grid in found}["a", "b"] == 1


def without(cells, *levels):
    """The same cells, those at these levels without a score."""
    return [
        replace(one, scores=(), estimate=estimate([])) if (*one.levels.values(),) in levels else one
        for one in cells
    ]


def test_a_cell_without_runs_costs_its_own_point():
    cells = made({"a": 2, "b": 2})
    (grid,) = grids(without(cells, (1, 1)), "full_factorial", "ab", 0.95)
    assert [(*p.levels.values(),) for p in grid.points] == [(0, 0), (0, 1), (1, 0)]
    assert [p.estimate for p in grid.points] == [one.estimate for one in cells[:3]]


def test_a_cell_without_runs_costs_its_setting_of_the_others():
    found = grids(without(made(SIZES), (1, 2, 1)), "full_factorial", "abc", 0.95)
    assert {grid.factors: grid.settings for grid in found} == {
        ("a", "b"): 1,
        ("a", "c"): 2,
        ("b", "c"): 1,
    }
    assert {point.estimate.n for grid in found for point in grid.points} == {SEEDS}


def test_with_gaps_in_every_setting_the_largest_complete_part_is_left():
    cells = without(made({"a": 2, "b": 2, "c": 2}), (0, 0, 0), (1, 1, 1))
    grid = grids(cells, "full_factorial", "abc", 0.95)[0]
    assert (grid.settings, len(grid.points)) in ((1, 3), (2, 2))


def test_other_designs_and_one_factor_have_none():
    assert grids(made(SIZES), "fractional", "abc", 0.95) == ()
    assert grids(made({"a": 3}), "full_factorial", "a", 0.95) == ()

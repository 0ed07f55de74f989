"""Means by two factors: against NumPy's over a table of all settings."""

import itertools
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


def test_other_designs_and_one_factor_have_none():
    assert grids(made(SIZES), "fractional", "abc", 0.95) == ()
    assert grids(made({"a": 3}), "full_factorial", "a", 0.95) == ()

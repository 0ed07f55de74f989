"""Main effects and interactions: against least squares, and with what cannot be told apart."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from ablate.analysis.effects import effects, together
from ablate.analysis.model import CellResult
from ablate.stats import holm
from ablate.study.schema import Factor, Model, Study
from tests.analysis.test_claims import cell

SEEDS = 4


def made(design: Any, truth, ablate: dict, **more) -> list[CellResult]:
    """The cells of a design; `truth` gives a cell's score from its changes."""
    model = Model(architecture="vit", variant="deit-s", ablate=ablate)
    rng = np.random.default_rng(0)
    luck = rng.normal(0, 3, SEEDS)
    return [
        cell(
            one.name,
            tuple((truth(one.changes) + luck + rng.normal(0, 0.2, SEEDS)).tolist()),
            one.changes,
        )
        for one in Study(title="S", models={"m": model}, design=design, **more).cells
    ]


def told(found) -> dict[tuple[str, ...], float]:
    return {
        tuple(f"{k}={v}" for k, v in effect.changes.items()): effect.difference.mean
        for effect in found
    }


def additive(changes) -> float:
    return 90 - 3 * ("a" in changes) - 5 * ("b" in changes) + 1 * ("c" in changes)


def clashing(changes) -> float:
    return additive(changes) + 4 * ("a" in changes and "b" in changes)


TWO = {"a": (1,), "b": (1,), "c": (1,)}


def test_a_full_factorial_gives_what_least_squares_give():
    cells = made("full_factorial", clashing, TWO)
    found = told(effects(cells, "full_factorial", "abcde"))
    names = ["a", "b", "c"]
    half = np.array([[(n in one.changes) - 0.5 for n in names] for one in cells])
    columns = [
        np.ones(8),
        *half.T,
        *(half[:, i] * half[:, j] for i, j in combinations(range(3), 2)),
    ]
    # The interaction of all three, which is in the runs' luck but not in our list.
    columns.append(half.prod(1))
    means = np.array([np.mean([s.score for s in one.scores]) for one in cells])
    theirs = np.linalg.solve(np.array(columns).T, means)
    assert list(found.values()) == pytest.approx(theirs[1:7].tolist())
    assert found["a=1",] == pytest.approx(-1, abs=0.3)
    assert found["a=1", "b=1"] == pytest.approx(4, abs=0.5)


def test_effects_have_intervals_over_seeds_and_p_values_for_all_of_them():
    cells = made("full_factorial", clashing, TWO)
    found = {tuple(e.changes): e for e in effects(cells, "full_factorial", "abc")}
    assert {e.difference.n for e in found.values()} == {SEEDS}
    assert found["a", "b"].p_adjusted < 0.01
    assert found["a", "c"].p_adjusted > 0.2
    assert found["a",].settings == 4
    assert found["a", "b"].settings == 2


def test_levels_beyond_two_and_settings_that_were_left_out():
    factors = {"c": Factor(excludes={"b": (2,)})}
    ablate = {"b": (1, 2), "c": (1,)}
    truth = lambda changes: {None: 0, 1: -2, 2: -7}[changes.get("b")] + 3 * ("c" in changes)  # noqa: E731
    cells = made("full_factorial", truth, ablate, factors=factors)
    assert len(cells) == 5
    found = {tuple(e.changes.items()): e for e in effects(cells, "full_factorial", "abcde")}
    assert set(found) == {
        (("b", 1),),
        (("b", 2),),
        (("c", 1),),
        (("b", 1), ("c", 1)),
    }
    assert found[("b", 2),].settings == 1
    assert found[("b", 2),].difference.mean == pytest.approx(-7, abs=0.4)
    assert found[("c", 1),].settings == 2


@pytest.mark.parametrize(("truth", "more"), [(additive, 0.0), (clashing, 4.0)])
def test_all_changes_at_once_against_their_sum(truth, more):
    (effect,) = together(made("full_factorial", truth, TWO), "full_factorial")
    assert effect.difference.mean == pytest.approx(more, abs=0.6)
    assert set(effect.changes) == {"a", "b", "c"}


def test_a_fraction_of_high_resolution_finds_every_pair():
    ablate = dict.fromkeys("abcde", (1,))
    cells = made("fractional", clashing, ablate, resolution=5)
    assert len(cells) == 16
    found = effects(cells, "fractional", "abcde")
    assert len(found) == 5 + 10
    assert not any(effect.aliases for effect in found)
    by_name = {tuple(e.changes): e.difference.mean for e in found}
    assert by_name["a", "b"] == pytest.approx(4, abs=0.5)
    assert by_name["a",] == pytest.approx(-1, abs=0.3)
    assert by_name["d",] == pytest.approx(0, abs=0.3)


def test_a_fraction_of_low_resolution_names_what_it_cannot_tell_apart():
    cells = made("fractional", clashing, TWO, resolution=3)
    assert len(cells) == 4
    found = {tuple(e.changes): e for e in effects(cells, "fractional", "abcde")}
    assert set(found) == {("a",), ("b",), ("c",)}
    assert found["c",].aliases == ({"a": 1, "b": 1},)


def test_a_seed_that_a_cell_lacks_is_left_out_of_what_needs_the_cell():
    cells = made("full_factorial", additive, {"a": (1,), "b": (1,)})
    short = cells[-1]
    cells[-1] = cell(short.name, tuple(s.score for s in short.scores)[:-1], short.changes)
    assert {e.difference.n for e in effects(cells, "full_factorial", "abcde")} == {SEEDS - 1}


def without_runs(cells, *changes):
    """The same cells, those with exactly these factors changed without a score."""
    return [
        cell(one.name, (), one.changes) if tuple(one.changes) in changes else one for one in cells
    ]


def test_a_cell_without_runs_costs_the_settings_that_need_it():
    whole = made("full_factorial", clashing, TWO)
    cells = without_runs(whole, ("a", "b", "c"))
    found = {tuple(e.changes): e for e in effects(cells, "full_factorial", "abc")}
    assert {e.difference.n for e in found.values()} == {SEEDS}
    assert {(e.settings, e.planned_settings) for e in found.values() if len(e.changes) == 1} == {
        (3, 4)
    }
    assert {(e.settings, e.planned_settings) for e in found.values() if len(e.changes) == 2} == {
        (1, 2)
    }
    # With b only where c is off.
    by_name = {tuple(one.changes): one.by_seed for one in cells}
    interaction = [
        by_name["a", "b"][s] - by_name["a",][s] - by_name["b",][s] + by_name[()][s]
        for s in range(SEEDS)
    ]
    assert found["a", "b"].difference.mean == pytest.approx(np.mean(interaction))
    (at_once,) = together(whole, "full_factorial")
    assert at_once.difference.n == SEEDS
    assert together(cells, "full_factorial") == ()


def test_a_cell_with_one_seed_costs_others_no_seed():
    cells = made("full_factorial", additive, TWO)
    short = cells[-1]
    cells[-1] = cell(short.name, (short.scores[0].score,), short.changes)
    found = effects(cells, "full_factorial", "abc")
    assert {(e.difference.n, e.settings < e.planned_settings) for e in found} == {(SEEDS, True)}


def test_an_effect_that_cannot_be_had_costs_no_other():
    cells = without_runs(made("full_factorial", additive, {"a": (1,), "b": (1,)}), ("a", "b"))
    found = {tuple(e.changes): e for e in effects(cells, "full_factorial", "ab")}
    assert found["a", "b"].difference.mean is None
    assert found["a", "b"].p_adjusted is None
    assert found["a",].settings == found["b",].settings == 1
    known = [found["a",], found["b",]]
    assert [e.difference.n for e in known] == [SEEDS, SEEDS]
    assert tuple(e.p_adjusted for e in known) == holm([e.difference.p for e in known])


@pytest.mark.parametrize("design", ["one_factor", "listed", "cumulative"])
def test_other_designs_have_none(design):
    cells = made("full_factorial", additive, TWO)
    assert effects(cells, design, "abc") == together(cells, design) == ()


def test_without_any_effect_one_is_found_in_five_of_a_hundred_studies():
    rng = np.random.default_rng(1)
    corners = [dict(zip("ab", on, strict=True)) for on in product((0, 1), repeat=2)]
    changes = [{k: 1 for k, v in corner.items() if v} for corner in corners]
    found = 0
    for table in rng.normal(70, 1, (400, 4, 5)):
        cells = [
            cell("m" if not c else f"m{c}", tuple(row), c)
            for c, row in zip(changes, table.tolist(), strict=True)
        ]
        found += any(
            (e.difference.p or 1) <= 0.05 / 3 for e in effects(cells, "full_factorial", "abcde")
        )
    # Bonferroni's bound, by hand; Holm's is as strict for the first. Five standard errors.
    assert found / 400 <= 0.05 + 0.055

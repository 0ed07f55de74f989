"""Our contrasts beside the paper's: signs, sizes, orders, and what luck may do there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.findings import Agreement, Size
from ablate.analysis.paper import against_paper, agreement, size
from ablate.stats import paired_difference
from tests.analysis.test_claims import cell

START = (70.0, 71.0, 69.5, 70.6, 70.2)


def study(rows):
    """A baseline published as 80, and cells with an effect here and one in the paper."""
    rng = np.random.default_rng(0)
    cells = [replace(cell("m", START, changes={}), published=80.0)]
    for level, (here, there) in enumerate(rows, start=1):
        scores = tuple(s + here + e for s, e in zip(START, rng.normal(0, 0.1, 5), strict=True))
        one = cell(f"m[a={level}]", scores, {"a": level})
        cells.append(replace(one, published=None if there is None else 80.0 + there))
    return with_contrasts(cells)


def test_signs_and_orders_of_what_both_have():
    found = against_paper(study([(-5, -1), (5, -2), (0, -3), (-9, None)]), None)
    assert [one.agreement for one in found.contrasts] == [
        Agreement.SAME,
        Agreement.OPPOSITE,
        Agreement.OPEN,
    ]
    # The paper: first above second above third. Here: second, third, first.
    assert (found.same_order, found.opposite_order, found.open_order) == (1, 2, 0)


def test_what_the_paper_does_not_order_is_not_counted():
    found = against_paper(study([(-5, -1), (5, -1)]), None)
    assert (found.same_order, found.opposite_order, found.open_order) == (0, 0, 0)


def test_nothing_published_is_nothing_to_compare():
    assert against_paper(study([(-5, None)]), 0.2) is None


@pytest.mark.parametrize(("sd", "luck"), [(None, [None, None]), (0.2, [True, False])])
def test_two_runs_of_the_paper_may_differ_by_luck(sd, luck):
    found = against_paper(study([(-5, -0.5), (5, 0.6)]), sd)
    assert [one.luck for one in found.contrasts] == luck


@pytest.mark.parametrize(
    ("published", "found"),
    [(-0.5, Size.LARGER), (-5.0, Size.ALIKE), (-9.0, Size.SMALLER), (3.0, Size.SMALLER)],
)
def test_size_is_seen_in_the_direction_of_the_paper(published, found):
    treated = tuple(s - 5 + e for s, e in zip(START, (0.2, -0.2, 0.1, 0, 0), strict=True))
    d = paired_difference(treated, START)
    assert size(d, published) is found


def test_without_an_interval_size_and_sign_are_open():
    d = paired_difference((70.0,), (75.0,))
    assert size(d, -1.0) is Size.OPEN
    assert agreement(d, False, -1.0) is Agreement.OPEN


def test_a_clear_difference_where_the_paper_has_none_is_opposite():
    d = paired_difference(START, [s + 5 + e for s, e in zip(START, (0.1, 0, 0, 0, 0), strict=True)])
    assert agreement(d, True, 0.0) is Agreement.OPPOSITE


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-4, 4)), min_size=1, max_size=4))
def test_turning_everything_round_agrees_as_much(rows):
    ours = against_paper(study(rows), 0.2)
    cells = study(rows)
    turned = [
        replace(
            one,
            scores=tuple(replace(p, score=200 - p.score) for p in one.scores),
            published=160 - one.published,
        )
        for one in cells
    ]
    theirs = against_paper(with_contrasts(turned), 0.2)
    assert [(c.agreement, c.luck) for c in theirs.contrasts] == [
        (c.agreement, c.luck) for c in ours.contrasts
    ]
    assert (theirs.same_order, theirs.opposite_order) == (ours.same_order, ours.opposite_order)

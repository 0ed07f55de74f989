"""Our contrasts beside the paper's: signs, sizes, orders, and what luck may do there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.findings import Agreement, Size
from ablate.analysis.make import analyze
from ablate.analysis.paper import against_paper
from ablate.plan.make import make_plan
from ablate.results.store import read_store
from ablate.store.store import Store
from ablate.study.metrics import METRICS, Metric
from ablate.study.schema import Model, Paper, PaperMetric, Study
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


def only(here, there, **metrics):
    """What is found of one contrast of some 0.1 standard deviation, and the paper's."""
    (found,) = against_paper(study([(here, there)]), None, **metrics).contrasts
    return found


@pytest.mark.parametrize(
    ("here", "published", "found"),
    [
        (-5, -0.5, Size.LARGER),
        (-5, -5.02, Size.ALIKE),
        (-5, -9.0, Size.SMALLER),
        (-5, 3.0, Size.APART),
        (-5, 0.0, Size.LARGER),
        (0, 0.0, Size.ALIKE),
        (0, -3.0, Size.SMALLER),
    ],
)
def test_size_is_seen_in_the_direction_of_the_paper(here, published, found):
    assert only(here, published).size is found


def test_sizes_are_told_apart_after_all_comparisons():
    cells = study([(-5, -4.95)] * 4)
    alone = [against_paper(with_contrasts([cells[0], one]), None) for one in cells[1:]]
    assert Size.LARGER in [found.contrasts[0].size for found in alone]
    together = against_paper(cells, None)
    assert {one.size for one in together.contrasts} == {Size.ALIKE}


def test_without_an_interval_size_and_sign_are_open():
    cells = [replace(one, scores=one.scores[:1]) for one in study([(-5, -1)])]
    (found,) = against_paper(with_contrasts(cells), None).contrasts
    assert (found.agreement, found.size) == (Agreement.OPEN, Size.OPEN)


@pytest.mark.parametrize("here", [-5, 0, 5])
def test_where_the_paper_has_no_difference_there_is_no_sign_and_no_luck(here):
    found = against_paper(study([(here, 0.0)]), 0.2)
    assert [(one.agreement, one.luck) for one in found.contrasts] == [(Agreement.NO_SIGN, None)]
    assert found.disagrees is bool(here)


def test_differences_that_are_the_same_in_the_paper_are_no_order():
    # 80.4 − 80 and 60.4 − 60 are not the same in binary fractions.
    cells = study([(-5, 0.4)])
    other = [replace(one, name=one.name.replace("m", "n"), model="n") for one in cells]
    other = [replace(one, published=round(one.published - 20, 1)) for one in other]
    assert cells[1].published - 80 != other[1].published - 60
    found = against_paper(with_contrasts([*cells, *other]), None)
    assert (found.same_order, found.opposite_order, found.open_order) == (0, 0, 0)


ERROR = Metric(name="error", label="Error", unit="%", direction="lower")


def test_of_another_metric_signs_compare_in_the_better_direction_and_sizes_do_not():
    found = only(-5, 1.8, metric=METRICS["top1"], theirs=ERROR)
    assert (found.published, found.agreement, found.size) == (1.8, Agreement.SAME, Size.APART)
    turned = only(-5, -1.8, metric=METRICS["top1"], theirs=ERROR)
    assert turned.agreement is Agreement.OPPOSITE


@pytest.mark.parametrize(
    ("metric", "own", "expected"),
    [
        ("top1", None, ("top1", [79.8, 78.0])),
        ("loss", None, ("loss", [0.9, None])),
        ("loss", "error", ("loss", [0.9, None])),
        ("top1", "error", ("top1", [79.8, 78.0])),
    ],
)
def test_the_studys_metric_says_which_published_column_stands_beside_ours(
    tmp_path, metric, own, expected
):
    columns = {"m": {"top1": 79.8, "loss": 0.9}, "m[pos_embed=none]": {"top1": 78.0}}
    found = nothing_run(tmp_path, metric, columns, own)
    assert (found.published_metric.name, [one.published for one in found.cells]) == expected


def test_the_papers_own_metric_stands_beside_ours_where_ours_is_not_published(tmp_path):
    columns = {"m": {"fewshot5": 64.2}, "m[pos_embed=none]": {"fewshot5": 61.4}}
    found = nothing_run(tmp_path, "top1", columns, "fewshot5")
    assert found.papers_metric == found.published_metric
    assert found.papers_metric.label == "Its own"
    assert [one.published for one in found.cells] == [64.2, 61.4]
    assert nothing_run(tmp_path, "top1", {}, "fewshot5").published_metric is None


def nothing_run(folder, metric, published, own):
    """The analysis of a study of two cells before any run."""
    asked = Study(
        title="S",
        paper=Paper(title="P", metric=own and PaperMetric(name=own, label="Its own")),
        models={"m": Model(architecture="vit", variant="deit-s", ablate={"pos_embed": ("none",)})},
        metric=metric,
        published=published,
    )
    return analyze(asked, read_store(Store(folder), make_plan(asked)))


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

"""Claims that could hardly come out one way, told before anything is spent."""

from __future__ import annotations

import pytest

from ablate.budget.claims import limited
from ablate.budget.model import Spread
from ablate.cli.budget import claim_lines
from ablate.study.metrics import METRICS
from tests.budget.examples import finish, plan, store_in

SPREAD = Spread(sd=0.5, contrasts=1, runs=6, studies=("s",))
GAINS = {"says": "nothing gained", "contrast": "m[pos_embed=none]", "expect": "not_higher"}


def told(tmp_path, claim, spread=None, base=None, margin=1.5, seeds=5):
    asked, store = plan(seeds, (claim,), margin), store_in(tmp_path)
    for trial in asked.trials:
        if base is not None and trial.cell == "m":
            finish(store, trial, score=base)
    return list(claim_lines(limited(asked, spread, store), METRICS["top1"]))


def test_beside_the_best_score_nothing_gained_cannot_be_refuted(tmp_path):
    (line,) = told(tmp_path, GAINS, SPREAD, base=98.8)
    assert line == (
        "“nothing gained” could hardly be refuted: that takes a rise of 2.3 points, and scores "
        "leave room for 1.2 points"
    )


def test_with_room_nothing_is_said(tmp_path):
    assert told(tmp_path, GAINS, SPREAD, base=80.0) == []


def test_before_any_run_it_is_said_where_there_will_be_no_room(tmp_path):
    assert told(tmp_path, GAINS) == [
        "“nothing gained” can be refuted only beside a score below 98.5 %"
    ]


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        (
            "equivalent",
            "“nothing gained” could hardly be supported: that takes a margin of 0.8 points with "
            "these seeds",
        ),
        ("lower", None),
    ],
)
def test_seeds_that_scatter_show_no_equivalence(tmp_path, expect, line):
    found = told(tmp_path, GAINS | {"expect": expect}, SPREAD, base=80.0, margin=0.5)
    assert found == ([line] if line else [])

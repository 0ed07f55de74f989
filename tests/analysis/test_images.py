"""Verdicts that hold over seeds, and whether they would on other test images."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ablate.analysis.claims import judge
from ablate.analysis.model import Verdict
from ablate.report.sections.verdicts import reason
from ablate.study.metrics import METRICS
from ablate.study.schema import Claim
from tests.analysis.test_claims import cell
from tests.report import examples

SEEDS = 5


def studied(wrong: int, images: int, claim: dict[str, Any], margin: float = 1.0):
    """A claim on a cell that has as many images more wrong than its baseline in each seed."""
    right = {"m": images - 2, "m[a=1]": images - 2 - wrong}

    def answers(name: str, seed: int) -> np.ndarray:
        return np.arange(images) < right[name] - seed % 2 * (name != "m")

    cells = [
        cell(name, tuple(100 * float(answers(name, s).mean()) for s in range(SEEDS)), changes)
        for name, changes in (("m", {}), ("m[a=1]", {"a": 1}))
    ]
    asked = Claim(says="so", **claim)
    return judge([asked], cells, margin, metric=METRICS["top1"], answers=answers)[0]


LOWER: dict[str, Any] = {"contrast": "m[a=1]", "expect": "lower"}


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (LOWER, Verdict.SUPPORTED),
        ({"contrast": "m", "against": "m[a=1]", "expect": "lower"}, Verdict.REFUTED),
        ({"order": "m > m[a=1]"}, Verdict.SUPPORTED),
        ({"order": "m[a=1] > m"}, Verdict.REFUTED),
    ],
)
def test_two_images_of_a_hundred_may_be_luck(claim, verdict):
    result = studied(2, 100, claim)
    assert (result.verdict, result.on_this_test_set) == (verdict, True)
    many = studied(40, 100, claim)
    assert (many.verdict, many.on_this_test_set) == (verdict, False)


def test_small_on_a_hundred_images_is_not_small_on_others():
    result = studied(0, 100, LOWER | {"expect": "equivalent"}, margin=1.5)
    assert (result.verdict, result.on_this_test_set) == (Verdict.SUPPORTED, False)
    result = studied(1, 100, LOWER | {"expect": "equivalent"}, margin=2.5)
    assert (result.verdict, result.on_this_test_set) == (Verdict.SUPPORTED, True)


def test_without_answers_nothing_is_said():
    cells = [cell("m", (0.0,) * 5, {}), cell("m[a=1]", (-3.0, -3.1, -2.9, -3.2, -3.0))]
    found = judge([Claim(says="so", **LOWER)], cells, 1.0, metric=METRICS["top1"])[0]
    assert (found.verdict, found.on_this_test_set) == (Verdict.SUPPORTED, False)


def test_the_verdict_says_that_it_is_of_this_test_set():
    analysis = examples.full()
    told = reason(replace(analysis.claims[0], on_this_test_set=True), analysis)
    assert told.endswith(
        "On this test set: with other images as well as other seeds it may not hold."
    )

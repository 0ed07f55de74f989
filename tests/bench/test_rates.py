"""The error rates that the documentation states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench.lost_rates import LOST
from tests.bench.rates import INTERVALS, STUDIES, TESTS, rates

DOCS = Path(__file__).parents[2] / "docs/statistics.md"
SOME = 1000
ERROR = (5 * 95 / STUDIES) ** 0.5
"""The standard error of 5 %, in per cent."""


def documented() -> dict[tuple[str, str], float]:
    """What is simulated and with how many seeds → per cent."""
    found: dict[tuple[str, str], float] = {}
    seeds: list[str] = []
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        what, *cells = [part.strip() for part in line.strip("|").split("|")]
        if all(cell.endswith(" seeds") for cell in cells) and cells:
            seeds = [cell.removesuffix(" seeds") for cell in cells]
        for n, cell in zip(seeds, cells, strict=False):
            if number := re.fullmatch(r"([\d.]+) %", cell):
                found[what, n] = float(number[1])
    return found


def test_every_simulation_is_documented_and_errs_in_five_of_a_hundred_at_most():
    told = documented()
    for simulations, right in ((INTERVALS, 100.0), (TESTS, 0.0), (LOST, 0.0)):
        for what, (_, numbers) in simulations.items():
            for n in numbers:
                wrong = abs(told.pop((what, str(n))) - right)
                assert wrong <= 5.0 + 3 * ERROR, what
    assert told == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "simulations", [INTERVALS, TESTS, LOST], ids=["intervals", "tests", "lost"]
)
def test_the_documented_rates_are_those_of_a_simulation(simulations):
    told = documented()
    for rate in rates(simulations, SOME):
        percent = told[rate.what, rate.seeds]
        likely = min(max(percent, 0.5), 99.5)
        error = (likely * (100 - likely) * (1 / SOME + 1 / STUDIES)) ** 0.5
        assert rate.percent == pytest.approx(percent, abs=4 * error), rate.what

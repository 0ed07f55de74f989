"""How often intervals miss and tests err, by simulation: the table of `docs/statistics.md`.

    python -m tests.bench.rates        prints it

Scores are drawn from normal distributions whose truth is known: seeds share their luck between
cells (three points), and what is left over is one point. Each number is the share of 4,000
simulated studies, so that its standard error at 5 % is 0.3 points.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ablate.analysis.claims import judge
from ablate.analysis.model import Verdict
from ablate.analysis.pairs import Pair
from ablate.analysis.verdicts import pvalues, verdict
from ablate.stats import (
    crossed,
    dunnett,
    estimate,
    holm,
    paired_difference,
    sign_flip,
    unpaired_difference,
)
from ablate.study.schema import Adaptive, Claim
from tests.analysis.test_claims import SCALE, cell

STUDIES = 4000
CELLS = 6
LUCK, REST = 3.0, 1.0
Rng = np.random.Generator


@dataclass(frozen=True)
class Rate:
    """What was simulated, and how often it happened, in per cent."""

    what: str
    seeds: str
    percent: float


def scores(rng: Rng, seeds: int, cells: int = 1) -> tuple[list[float], list[list[float]]]:
    """A baseline and cells without any effect."""
    luck = rng.normal(70, LUCK, seeds)
    rows = luck + rng.normal(0, REST, (cells + 1, seeds))
    return rows[0].tolist(), rows[1:].tolist()


def covers(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low <= 0 <= high


def mean_interval(rng: Rng, n: int) -> bool:
    found = estimate(rng.normal(0, 1, n).tolist())
    return covers(found.low, found.high)


def paired_interval(rng: Rng, n: int) -> bool:
    base, (treated,) = scores(rng, n)
    found = paired_difference(treated, base)
    return covers(found.low, found.high)


def welch_interval(rng: Rng, n: int) -> bool:
    """One side scatters three times as much."""
    found = unpaired_difference(rng.normal(0, 3, n).tolist(), rng.normal(0, 1, n).tolist())
    return covers(found.low, found.high)


def answers(rng: Rng, n: int) -> np.ndarray:
    """Differences of seeds × 100 images, with a part of each alone and of both."""
    parts = rng.normal(0, 1, (n, 1)) + rng.normal(0, 4, (1, 100)) + rng.normal(0, 4, (n, 100))
    return np.asarray(parts)


def images_interval(rng: Rng, n: int) -> bool:
    """The networks are given: only the images are drawn anew."""
    table = rng.normal(0, 4, (1, 100)) + rng.normal(0, 4, (n, 100))
    found = crossed(table, np.zeros_like(table)).over_images
    return found is not None and covers(*found)


def both_interval(rng: Rng, n: int) -> bool:
    table = answers(rng, n)
    found = crossed(table, np.zeros_like(table)).over_both
    return found is not None and covers(*found)


def paired_test(rng: Rng, n: int) -> bool:
    base, (treated,) = scores(rng, n)
    return (paired_difference(treated, base).p or 1) <= 0.05


def welch_test(rng: Rng, n: int) -> bool:
    found = unpaired_difference(rng.normal(0, 3, n).tolist(), rng.normal(0, 1, n).tolist())
    return (found.p or 1) <= 0.05


def exact_test(rng: Rng, n: int) -> bool:
    return (sign_flip(rng.normal(0, 1, n).tolist()) or 1) <= 0.05


def holm_family(rng: Rng, n: int) -> bool:
    base, rows = scores(rng, n, CELLS)
    adjusted = holm([paired_difference(row, base).p for row in rows])
    return min(p for p in adjusted if p is not None) <= 0.05


def dunnett_family(rng: Rng, n: int) -> bool:
    base, rows = scores(rng, n, CELLS)
    return min(p for p in dunnett(rows, base) if p is not None) <= 0.05


def verdict_on(expect: str, truth: float, false: Verdict) -> Callable[[Rng, int], bool]:
    """Whether a claim with a margin of one point gets the verdict that is false there."""
    claim = Claim(says="so", contrast="m[a=1]", expect=expect)  # type: ignore[arg-type]

    def happens(rng: Rng, n: int) -> bool:
        base, (treated,) = scores(rng, n)
        moved = dict(enumerate(score + truth for score in treated))
        pair = Pair(treated=moved, base=dict(enumerate(base)))
        return verdict(pvalues(claim, [pair], 1.0)) is false

    return happens


def adaptive_verdicts(claims: int) -> Callable[[Rng, int], bool]:
    """Whether any of so many claims about nothing is ever decided."""
    rule = Adaptive(min=3, max=8)
    ways = ("lower", "higher")

    def happens(rng: Rng, n: int) -> bool:
        base, rows = scores(rng, n, claims)
        cells = [cell("m", tuple(base), {})]
        cells += [cell(f"m[a={i}]", tuple(row), {"a": i}) for i, row in enumerate(rows)]
        stated = [
            Claim(says="so", contrast=f"m[a={i}]", expect=ways[i % 2])  # type: ignore[arg-type]
            for i in range(claims)
        ]
        judged = judge(stated, cells, None, rule, metric=SCALE)
        return any(one.verdict is not Verdict.UNDECIDED for one in judged)

    return happens


SUPPORTED, REFUTED = Verdict.SUPPORTED, Verdict.REFUTED
INTERVALS = {
    "mean over seeds, t-interval": (mean_interval, (3, 5, 10)),
    "difference over seeds, paired t-interval": (paired_interval, (3, 5, 10)),
    "difference over other seeds, Welch's interval": (welch_interval, (3, 5, 10)),
    "difference over test images": (images_interval, (3, 5, 10)),
    "difference over seeds and test images": (both_interval, (3, 5, 10)),
}
TESTS = {
    "paired t-test, two-sided": (paired_test, (3, 5, 10)),
    "Welch's t-test, two-sided": (welch_test, (3, 5, 10)),
    "exact sign-flip test": (exact_test, (6, 10)),
    "any of six contrasts, Holm": (holm_family, (3, 5, 10)),
    "any of six contrasts, Dunnett": (dunnett_family, (3, 5, 10)),
    "`lower` supported, truth 0": (verdict_on("lower", 0.0, SUPPORTED), (3, 5, 10)),
    "`lower` refuted, truth −margin": (verdict_on("lower", -1.0, REFUTED), (3, 5, 10)),
    "`not_lower` supported, truth −margin": (verdict_on("not_lower", -1.0, SUPPORTED), (3, 5, 10)),
    "`equivalent` supported, truth at the margin": (
        verdict_on("equivalent", 1.0, SUPPORTED),
        (3, 5, 10),
    ),
    "adaptive seeds, 3 to 8: any verdict on one claim about nothing": (adaptive_verdicts(1), (8,)),
    "the same, on any of three claims": (adaptive_verdicts(3), (8,)),
}


def rates(simulations: dict, studies: int = STUDIES) -> Iterator[Rate]:
    """Each simulation at each number of seeds, from a random stream of its own."""
    for row, (what, (happens, numbers)) in enumerate(simulations.items()):
        for n in numbers:
            rng = np.random.default_rng((row, n))
            times = sum(happens(rng, n) for _ in range(studies))
            yield Rate(what, str(n), 100 * times / studies)


def table(title: str, simulations: dict) -> str:
    """A Markdown table: a row for each simulation, a column for each number of seeds."""
    numbers = sorted({n for _, seeds in simulations.values() for n in seeds})
    found = {(rate.what, rate.seeds): rate.percent for rate in rates(simulations)}
    lines = [
        f"| {title} | {' | '.join(f'{n} seeds' for n in numbers)} |",
        f"| :-- |{' --: |' * len(numbers)}",
    ]
    for what in simulations:
        shown = (found.get((what, str(n))) for n in numbers)
        cells = " | ".join("" if value is None else f"{value:.1f} %" for value in shown)
        lines.append(f"| {what} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    tables: dict[str, dict] = {
        "95 % intervals: the truth is inside": INTERVALS,
        "tests at 5 %: they err": TESTS,
    }
    sys.stdout.write("\n\n".join(table(*one) for one in tables.items()) + "\n")

"""How often intervals miss and tests err, by simulation: the table of `docs/statistics.md`.

    python -m tests.bench.rates        prints it

Scores are drawn from normal distributions whose truth is known: seeds share their luck between
cells (three points), and what is left over is one point. Each number is the share of 4,000
simulated studies, so that its standard error at 5 % is 0.3 points.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.looks import looked
from ablate.analysis.model import CellResult, Verdict
from ablate.analysis.pairs import Pair
from ablate.analysis.repeated import with_repeated
from ablate.analysis.verdicts import adjusted, pvalues, verdict
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
from tests.analysis.test_claims import cell

STUDIES = 4000
CELLS = 6
LUCK, REST = 3.0, 1.0
Rng = np.random.Generator
Simulation = Callable[[Rng, int], bool]
Simulations = Mapping[str, tuple[Simulation, tuple[int, ...]]]
"""What is simulated, and with how many seeds."""


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


def pair(treated: Sequence[float], base: Sequence[float], truth: float = 0.0) -> Pair:
    """Two rows, the first moved by its true effect."""
    moved = {seed: score + truth for seed, score in enumerate(treated)}
    return Pair(treated=moved, base=dict(enumerate(base)))


def verdict_on(expect: Any, truth: float, *false: Verdict) -> Simulation:
    """Whether a claim with a margin of one point gets a verdict that is false there."""
    claim = Claim(says="so", contrast="m[a=1]", expect=expect)

    def happens(rng: Rng, n: int) -> bool:
        base, (treated,) = scores(rng, n)
        return verdict(pvalues(claim, [pair(treated, base, truth)], 1.0)) in false

    return happens


def family(expects: Sequence[Any], truth: float, *false: Verdict) -> Simulation:
    """Whether any of so many claims that share a baseline gets a verdict that is false there."""
    claims = [
        Claim(says="so", contrast=f"m[a={i}]", expect=expect) for i, expect in enumerate(expects)
    ]

    def happens(rng: Rng, n: int) -> bool:
        base, rows = scores(rng, n, len(claims))
        pairs = [pair(row, base, truth) for row in rows]
        tests = [pvalues(claim, [one], 1.0) for claim, one in zip(claims, pairs, strict=True)]
        return any(verdict(one) in false for one in adjusted(claims, tests))

    return happens


def without_its_worst(rng: Rng, n: int) -> bool:
    """Whether a cell is called higher that lost the run in which it was lowest, to itself.

    The metric has no bounds: what was lost could have been anything seen in the study.
    """
    base, (treated,) = scores(rng, n)
    worst = min(range(n), key=lambda seed: treated[seed] - base[seed])
    left = {seed: score for seed, score in enumerate(treated) if seed != worst}
    seen = [*base, *left.values()]
    gone = {worst: (min(seen), max(seen))}
    rows = Pair(treated=left, base=dict(enumerate(base)), treated_lost=gone)
    claim = Claim(says="so", contrast="m[a=1]", expect="higher")
    return verdict(pvalues(claim, [rows], 1.0)) is SUPPORTED


RULE = Adaptive(min=3, max=8)


def cells_of(rng: Rng, effects: Sequence[float]) -> list[CellResult]:
    """A baseline and a cell for each effect, with all the seeds that there may be."""
    base, rows = scores(rng, RULE.max, len(effects))
    moved = [[s + effect for s in row] for row, effect in zip(rows, effects, strict=True)]
    return [
        cell("m", tuple(base), {}),
        *(cell(f"m[a={i}]", tuple(row), {"a": i}) for i, row in enumerate(moved)),
    ]


def adaptive_verdicts(claims: int, truth: float, *false: Verdict) -> Simulation:
    """Whether any of so many claims, with a margin of one point, is ever decided falsely."""
    ways: tuple[Any, ...] = ("lower", "higher")
    stated = [Claim(says="so", contrast=f"m[a={i}]", expect=ways[i % 2]) for i in range(claims)]

    def happens(rng: Rng, n: int) -> bool:
        cells = cells_of(rng, [truth] * claims)
        judged = [looked(claim, cells, 1.0, RULE, stated) for claim in stated]
        return any(verdict(one.tests) in false for one in judged)

    return happens


def ended(rng: Rng, truth: float) -> list[CellResult]:
    """A baseline and a cell as they are when adding seeds for a claim about them has ended."""
    claim = Claim(says="so", contrast="m[a=0]", expect="lower")
    cells = cells_of(rng, [truth])
    look = looked(claim, cells, 0.0, RULE, [claim]).look
    assert look is not None
    left = [cell(one.name, tuple(one.by_seed.values())[: look.seeds], one.changes) for one in cells]
    return list(with_repeated(with_contrasts(left), RULE, [claim]))


def bold_after_looks(rng: Rng, n: int) -> bool:
    contrast = ended(rng, 0.0)[1].contrast
    return contrast is not None and contrast.clear


def interval_after_looks(truth: float) -> Simulation:
    """Whether the interval of a table holds the truth at the look where adding seeds ended."""

    def happens(rng: Rng, n: int) -> bool:
        contrast = ended(rng, truth)[1].contrast
        if contrast is None or contrast.difference.low is None:
            return False
        return contrast.difference.low <= truth <= (contrast.difference.high or truth)

    return happens


SUPPORTED, REFUTED, NEGLIGIBLE = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NEGLIGIBLE
FEW = (3, 5, 10)
INTERVALS: Simulations = {
    "mean over seeds, t-interval": (mean_interval, FEW),
    "difference over seeds, paired t-interval": (paired_interval, FEW),
    "difference over other seeds, Welch's interval": (welch_interval, FEW),
    "difference over test images": (images_interval, FEW),
    "difference over seeds and test images": (both_interval, FEW),
    "adaptive seeds, 3 to 8: repeated interval, no effect": (interval_after_looks(0.0), (8,)),
    "the same, an effect of 1.5 points, most stop early": (interval_after_looks(-1.5), (8,)),
    "the same, an effect of 4 points, nearly all stop early": (interval_after_looks(-4.0), (8,)),
}
TESTS: Simulations = {
    "paired t-test, two-sided": (paired_test, FEW),
    "Welch's t-test, two-sided": (welch_test, FEW),
    "exact sign-flip test": (exact_test, (6, 10)),
    "any of six contrasts, Holm": (holm_family, FEW),
    "any of six contrasts, Dunnett": (dunnett_family, FEW),
    "`lower` supported or refuted, truth 0": (verdict_on("lower", 0.0, SUPPORTED, REFUTED), FEW),
    "`lower` refuted, truth −margin / 4": (verdict_on("lower", -0.25, REFUTED), FEW),
    "`lower` refuted, truth −margin": (verdict_on("lower", -1.0, REFUTED), FEW),
    "`lower` called negligible, truth −margin": (verdict_on("lower", -1.0, NEGLIGIBLE), FEW),
    "`not_lower` supported or refuted, truth −margin": (
        verdict_on("not_lower", -1.0, SUPPORTED, REFUTED),
        FEW,
    ),
    "`equivalent` supported, truth at the margin": (verdict_on("equivalent", 1.0, SUPPORTED), FEW),
    "`equivalent` refuted, truth 0.9 of the margin": (verdict_on("equivalent", 0.9, REFUTED), FEW),
    "any direction of seven claims about nothing": (
        family(("lower", "higher") * 3 + ("lower",), 0.0, SUPPORTED, REFUTED),
        FEW,
    ),
    "any of seven `equivalent` supported, truth at the margin": (
        family(("equivalent",) * 7, 1.0, SUPPORTED),
        FEW,
    ),
    "adaptive seeds, 3 to 8: any direction of one claim about nothing": (
        adaptive_verdicts(1, 0.0, SUPPORTED, REFUTED),
        (8,),
    ),
    "the same, of any of three claims": (adaptive_verdicts(3, 0.0, SUPPORTED, REFUTED), (8,)),
    "the same, one claim called negligible, truth at the margin": (
        adaptive_verdicts(1, 1.0, NEGLIGIBLE),
        (8,),
    ),
    "the same, bold in the table, no effect": (bold_after_looks, (8,)),
    "`higher` supported after the cell lost its worst run, truth 0": (without_its_worst, FEW),
}


def rates(simulations: Simulations, studies: int = STUDIES) -> Iterator[Rate]:
    """Each simulation at each number of seeds, from a random stream of its own."""
    for row, (what, (happens, numbers)) in enumerate(simulations.items()):
        for n in numbers:
            rng = np.random.default_rng((row, n))
            times = sum(happens(rng, n) for _ in range(studies))
            yield Rate(what, str(n), 100 * times / studies)


def table(title: str, simulations: Simulations) -> str:
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
    tables = {
        "95 % intervals: the truth is inside": INTERVALS,
        "tests at 5 %: they err": TESTS,
    }
    sys.stdout.write("\n\n".join(table(*one) for one in tables.items()) + "\n")

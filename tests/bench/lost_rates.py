"""How often tests err where runs are lost, by simulation: the last table of `docs/statistics.md`.

python -m tests.bench.lost_rates        prints it
"""

from __future__ import annotations

import sys
from dataclasses import replace

from ablate.analysis.claims import judge
from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.lost import with_lost
from ablate.analysis.model import CellResult, Verdict
from ablate.study.metrics import METRICS, Metric
from ablate.study.schema import Claim
from tests.analysis.test_claims import cell
from tests.analysis.test_lost import gappy
from tests.bench.rates import CELLS, LUCK, REST, Rng, Simulation, Simulations, scores, table


def lossy(rng: Rng, n: int, metric: Metric, luck: float) -> tuple[CellResult, ...]:
    """A baseline and a cell without any effect that fails where it would have scored worse.

    That is said of both directions of the metric: the better scores are those that survive.
    """
    worse = -1 if metric.direction == "higher" else 1
    base = rng.normal(70, luck, n) + rng.normal(0, REST, n)
    own = base + rng.normal(0, REST, n)
    kept = [x if worse * (x - b) <= 0 else None for x, b in zip(own, base, strict=True)]
    cells = [gappy("m", base.tolist(), {}), gappy("m[a=1]", kept, {"a": 1})]
    return with_contrasts(with_lost(cells, metric))


def lost_verdict(metric: Metric, luck: float) -> Simulation:
    """Whether a cell that loses its bad seeds is called better, worse, or is in bold."""
    claims = [Claim(says="so", contrast="m[a=1]", expect=way) for way in ("lower", "higher")]

    def happens(rng: Rng, n: int) -> bool:
        cells = lossy(rng, n, metric, luck)
        judged = judge(claims, cells, None, metric=metric)
        is_bold = cells[1].contrast is not None and cells[1].contrast.clear
        return is_bold or any(one.verdict is not Verdict.UNDECIDED for one in judged)

    return happens


def completion(rng: Rng, n: int) -> bool:
    """Whether six cells that fail as often as their baseline seem to fail more or less often."""
    rows = [[None if lost else 90.0 for lost in row] for row in rng.random((CELLS + 1, n)) < 0.3]
    cells = [gappy("m", rows[0], {})]
    cells += [gappy(f"m[a={i}]", row, {"a": i}) for i, row in enumerate(rows[1:], 1)]
    told = [one.completion for one in with_lost(cells, METRICS["top1"])]
    return any(one is not None and one.clear for one in told)


def dunnett_with_gaps(rng: Rng, n: int) -> bool:
    """Whether any of six contrasts is clear, though two cells never had one of the seeds."""
    base, rows = scores(rng, n, CELLS)
    cells = [cell("m", tuple(base), {})]
    rows = [rows[0][:-1], rows[1][1:], *rows[2:]]
    cells += [cell(f"m[a={i}]", tuple(row), {"a": i}) for i, row in enumerate(rows)]
    cells[2] = replace(cells[2], scores=tuple(replace(s, seed=s.seed + 1) for s in cells[2].scores))
    found = with_contrasts(cells, "dunnett")
    return any(one.contrast is not None and one.contrast.clear for one in found)


LOST: Simulations = {
    "verdict or bold, scores from 0 to 100": (lost_verdict(METRICS["top1"], LUCK), (5, 10)),
    "verdict or bold, scores without an upper bound": (
        lost_verdict(METRICS["loss"], LUCK),
        (5, 10),
    ),
    "the same, seeds share no luck": (lost_verdict(METRICS["loss"], 0.0), (5, 10)),
    "completion, any of six cells": (completion, (5, 10)),
    "any of six contrasts, Dunnett, two cells lack a seed": (dunnett_with_gaps, (5, 10)),
}

if __name__ == "__main__":
    title = "a cell without an effect loses its bad runs: it errs"
    sys.stdout.write(table(title, LOST) + "\n")

"""What adaptive seeds save: how many are run, and how often a claim is decided, beside fixed ones.

`lower` without a margin, on simulated studies whose effect is known in standard deviations of the
differences by seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ablate.analysis.claims import judge
from ablate.analysis.model import Verdict
from ablate.study.schema import Adaptive, Claim
from tests.analysis.test_claims import SCALE, cell

RULE = Adaptive(min=3, max=12)
CLAIM = Claim(says="it loses", contrast="m[a=1]", expect="lower")
EFFECTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
STUDIES = 500


@dataclass(frozen=True)
class Saving:
    """Of studies with an effect of so many standard deviations."""

    effect: float
    seeds: float
    """Run on average, of `RULE.max`."""
    decided: float
    """The share of studies with a verdict."""
    decided_by_all: float
    """The same with all seeds from the beginning, as strict."""


def savings(studies: int = STUDIES) -> Iterator[Saving]:
    """One for each effect."""
    for effect in EFFECTS:
        rng = np.random.default_rng(1)
        samples = rng.normal(-effect, 1.0, (studies, RULE.max))
        found = [(_judged(row, RULE), _judged(row, None)) for row in samples.tolist()]
        yield Saving(
            effect=effect,
            seeds=float(np.mean([ours.look.seeds for ours, _ in found])),
            decided=float(np.mean([ours.verdict is not Verdict.UNDECIDED for ours, _ in found])),
            decided_by_all=float(
                np.mean([fixed.verdict is not Verdict.UNDECIDED for _, fixed in found])
            ),
        )


def _judged(differences, rule):
    cells = [cell("m", (0.0,) * RULE.max, {}), cell("m[a=1]", tuple(differences))]
    return judge([CLAIM], cells, None, rule, metric=SCALE)[0]

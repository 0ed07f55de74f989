"""Arithmetic of small samples: a few scores in, frozen results out.

Everything here is a pure function of numbers. It does not know what a study is, reads and writes
nothing, and draws no random numbers. Scores of different seeds are a sequence of floats; missing
scores are left out by the caller, so NaN and infinity are errors. Too few seeds are no error: what
they cannot show is None, and every result says its n.
"""

from ablate.stats.bands import band
from ablate.stats.estimate import Estimate, estimate
from ablate.stats.multiple import holm
from ablate.stats.paired import (
    Difference,
    p_above,
    p_below,
    paired_difference,
    seed_differences,
)
from ablate.stats.power import detectable, seeds_needed

__all__ = [
    "Difference",
    "Estimate",
    "band",
    "detectable",
    "estimate",
    "holm",
    "p_above",
    "p_below",
    "paired_difference",
    "seed_differences",
    "seeds_needed",
]

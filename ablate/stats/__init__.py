"""Arithmetic of small samples: a few scores in, frozen results out.

Everything here is a pure function of numbers. It does not know what a study is, reads and writes
nothing, and draws random numbers only to compute a table, from a fixed seed. Scores of different
seeds are a sequence of floats; the caller leaves missing scores out, so NaN and infinity are
errors. Too few seeds are not an error: what they cannot show is None, and every result states its
n.
"""

from ablate.stats.bands import band
from ablate.stats.completion import completion_p
from ablate.stats.crossed import Crossed, crossed
from ablate.stats.dunnett import dunnett
from ablate.stats.estimate import Estimate, estimate
from ablate.stats.exact import sign_flip
from ablate.stats.lost import largest_p_above, largest_p_below
from ablate.stats.multiple import holm
from ablate.stats.paired import (
    Difference,
    p_above,
    p_below,
    paired_difference,
    seed_differences,
)
from ablate.stats.power import detectable, seeds_needed
from ablate.stats.sequential import repeated, thresholds
from ablate.stats.unpaired import unpaired_difference, unpaired_p_above, unpaired_p_below

__all__ = [
    "Crossed",
    "Difference",
    "Estimate",
    "band",
    "completion_p",
    "crossed",
    "detectable",
    "dunnett",
    "estimate",
    "holm",
    "largest_p_above",
    "largest_p_below",
    "p_above",
    "p_below",
    "paired_difference",
    "repeated",
    "seed_differences",
    "seeds_needed",
    "sign_flip",
    "thresholds",
    "unpaired_difference",
    "unpaired_p_above",
    "unpaired_p_below",
]

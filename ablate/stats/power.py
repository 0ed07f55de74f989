"""Power: the difference that n seeds detect, and the seeds that a difference needs.

All answers are for the paired t-test; sd is the standard deviation of the seed-wise differences.
Detected means rejected in the direction of the truth: the wrong sign does not count.
"""

import math
from bisect import bisect_left
from typing import Literal

from ablate.stats._student import shifted_t_above, t_quantile
from ablate.stats._values import finite_number, fraction

Sides = Literal[1, 2]
# SciPy (1.17) is asked only where it answers: its noncentral t fails or stalls at huge shifts.
CERTAIN = 10.0  # critical values; a truth farther from H0 is always detected
REACH = 1e4  # the largest critical value: two seeds at alpha = 0.00003


def detectable(
    n: int, *, sd: float = 1.0, alpha: float = 0.05, power: float = 0.8, sides: Sides = 2
) -> float | None:
    """The smallest true difference that n seeds detect with that power, in the unit of sd.

    None below two seeds and at sd = 0, where there is no test, and where it is out of reach.
    """
    _check(sd, alpha, power, sides)
    if n < 2 or sd == 0:
        return None
    critical = _critical(n, alpha, sides)
    return None if critical > REACH else _shift(n, critical, power) * sd / math.sqrt(n)


def seeds_needed(
    difference: float,
    sd: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: Sides = 1,
    at_most: int = 1000,
) -> int | None:
    """The smallest number of seeds that detects a true difference of this size, whatever its sign.

    None if that is more than `at_most`, if the difference is 0, and at sd = 0.
    """
    _check(sd, alpha, power, sides)
    if finite_number(difference, "difference") == 0 or sd == 0:
        return None

    def enough(n: int) -> bool:
        critical = _critical(n, alpha, sides)
        shift = abs(difference) / sd * math.sqrt(n)
        return critical <= REACH and _power(n, critical, shift) >= power

    n = bisect_left(range(at_most + 1), True, lo=2, key=enough)
    return n if n <= at_most else None


def _check(sd: float, alpha: float, power: float, sides: Sides) -> None:
    if finite_number(sd, "sd") < 0:
        raise ValueError(f"sd is {sd}, expected 0 or more")
    if fraction(alpha, "alpha") > 0.5:
        raise ValueError(f"alpha is {alpha}, expected at most 0.5")
    if fraction(power, "power") <= alpha:
        raise ValueError(f"power is {power}, expected more than alpha, which is {alpha}")
    if sides not in (1, 2):
        raise ValueError(f"sides is {sides}, expected 1 or 2")


def _critical(n: int, alpha: float, sides: Sides) -> float:
    """The critical value of t for n seeds."""
    return -t_quantile(alpha / sides, df=n - 1)


def _power(n: int, critical: float, shift: float) -> float:
    """The probability that n seeds reject when the truth lies `shift` standard errors from H0."""
    return shifted_t_above(critical, n - 1, min(shift, _certain(critical)))


def _shift(n: int, critical: float, power: float) -> float:
    """The shift at which n seeds reject with exactly that probability."""
    from scipy.optimize import brentq

    return float(brentq(lambda s: _power(n, critical, s) - power, 0.0, _certain(critical)))


def _certain(critical: float) -> float:
    return CERTAIN * (critical + 1)

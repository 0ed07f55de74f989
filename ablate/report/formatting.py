"""All rounding of all reports: numbers in, text out.

The digits of a number follow its uncertainty: the half width of the interval, or the standard
deviation where that is what stands behind the ±. In per cent one decimal, as papers print, is kept
as long as it shows one or two digits of the uncertainty. Elsewhere the rule is that of the Particle
Data Group: two digits of it where they are 10 … 35, else one.
"""

import math
from collections.abc import Iterable

from ablate.analysis.verdicts import ALPHA
from ablate.stats import Difference, Estimate
from ablate.study.labels import number
from ablate.study.metrics import Metric

MINUS = "−"
MISSING = "–"
MOST_DECIMALS = 6
EXACT = 1e-9
"""Scores that differ by less are the same score."""


def fixed(value: float, decimals: int) -> str:
    """`−21.4`: a true minus sign, and none before a zero."""
    text = f"{abs(value):.{decimals}f}"
    return MINUS + text if value < 0 and float(text) else text


def signed(value: float, decimals: int) -> str:
    """`+0.4`, `−21.4`, `0.0`."""
    text = fixed(value, decimals)
    return text if text.startswith(MINUS) or not float(text) else f"+{text}"


def count(n: int, noun: str) -> str:
    """`1 seed`, `5 seeds`, `1,797 images`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def share(fraction: float) -> str:
    """`95 %`."""
    return f"{number(100 * fraction)} %"


def half_width(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else (high - low) / 2


def decimals(uncertainty: float | None, value: float, metric: Metric) -> int:
    """The decimals that an uncertainty justifies; without one, those usual for the unit."""
    if metric.unit == "%":
        return 1 if not uncertainty or 0.095 <= uncertainty < 9.95 else _places(uncertainty, 1)
    if uncertainty:
        return _places(uncertainty, digits=2 if _leading(uncertainty) <= 3.5 else 1)
    return _places(value, digits=3) if value else 0


def _leading(value: float) -> float:
    """`0.031` → `3.1`."""
    return value / 10.0 ** math.floor(math.log10(value))


def _places(value: float, digits: int) -> int:
    """Decimals that show `digits` significant digits of the value."""
    return min(MOST_DECIMALS, max(0, digits - 1 - math.floor(math.log10(abs(value)))))


def score(value: float, places: int, metric: Metric) -> str:
    """A score. In per cent, 0 and 100 are shown only where they are exact."""
    text = fixed(value, places)
    if metric.unit != "%":
        return text
    step = 10.0**-places
    if float(text.replace(MINUS, "-")) == 100 and abs(value - 100) > EXACT:
        return fixed(100 - step if value < 100 else 100 + step, places)
    if float(text.replace(MINUS, "-")) == 0 and abs(value) > EXACT:
        return fixed(math.copysign(step, value), places)
    return text


def score_of_run(value: float | None, metric: Metric) -> str:
    """A single score in full: two decimals of a per cent tell one image of ten thousand."""
    if value is None:
        return MISSING
    return score(value, 2 if metric.unit == "%" else decimals(None, value, metric), metric)


def score_of_cell(estimate: Estimate, planned: int, metric: Metric) -> str:
    """`97.9 ± 0.4 (5)`; `(4/5)` where a seed is missing, `98.3 (1)` where there is no spread."""
    if estimate.mean is None:
        return MISSING
    seeds = f"{estimate.n}" if estimate.n == planned else f"{estimate.n}/{planned}"
    spread = "" if estimate.sd is None else f" ± {deviation(estimate, metric)}"
    return f"{mean_score(estimate, metric)}{spread} ({seeds})"


def deviation(estimate: Estimate, metric: Metric) -> str:
    """`0.4`; `0` where all scores are the same."""
    if not estimate.sd:
        return MISSING if estimate.sd is None else "0"
    return fixed(estimate.sd, decimals(estimate.sd, estimate.mean or 0.0, metric))


def mean_score(estimate: Estimate, metric: Metric) -> str:
    """`97.9`, with the digits that it has beside its spread."""
    if estimate.mean is None:
        return MISSING
    return score(estimate.mean, decimals(estimate.sd, estimate.mean, metric), metric)


def difference_decimals(d: Difference, metric: Metric) -> int:
    return decimals(half_width(d.low, d.high), d.mean or 0.0, metric)


def difference(d: Difference, metric: Metric, unit: str = "") -> str:
    """`−21.4 points [−24.0, −18.8]`, without the unit where none is given."""
    bounds = interval(d.low, d.high, difference_decimals(d, metric))
    return f"{mean_of(d, metric, unit)} {bounds}".rstrip()


def mean_of(d: Difference, metric: Metric, unit: str = "") -> str:
    """`−21.4`, with the decimals that its interval justifies."""
    if d.mean is None:
        return MISSING
    return signed(d.mean, difference_decimals(d, metric)) + (f" {unit}" if unit else "")


def mean_difference(d: Difference, metric: Metric) -> str:
    """`−21.4 points`."""
    return mean_of(d, metric, units(metric))


def interval(low: float | None, high: float | None, places: int) -> str:
    """`[−24.0, −18.8]`, or nothing."""
    if low is None or high is None:
        return ""
    return f"[{signed(low, places)}, {signed(high, places)}]"


def units(metric: Metric) -> str:
    """The unit of differences."""
    return "points" if metric.unit == "%" else metric.unit


def amount(value: float, metric: Metric) -> str:
    """A chosen size: `1 point`, `0.5 points`, `0.02 nats`."""
    unit = "point" if metric.unit == "%" and value == 1 else units(metric)
    return f"{number(value)} {unit}"


def published(value: float | None, metric: Metric, sign: bool = False) -> str:
    """A value of a paper with the paper's decimals; in per cent at least one."""
    if value is None:
        return MISSING
    exact = f"{value:.{MOST_DECIMALS}f}".rstrip("0")
    places = max(len(exact.partition(".")[2]), 1 if metric.unit == "%" else 0)
    return (signed if sign else fixed)(value, places)


def tick(value: float, step: float, sign: bool = False) -> str:
    """A mark on an axis whose marks are `step` apart."""
    return (signed if sign else fixed)(value, _places(step, 1))


def p_value(p: float | None) -> str:
    """`p < 0.001`, `p = 0.012`."""
    if p is None:
        return MISSING
    text = p_text(p)
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def p_text(p: float | None) -> str:
    """`< 0.001`, `0.004`, `0.012`, `0.31`, `> 0.99`: never 0, never 1."""
    if p is None:
        return MISSING
    if p < 0.001:
        return "< 0.001"
    if p > 0.99:
        return "> 0.99"
    return _p_decimals(p, 3 if p < 0.1 else 2)


def _p_decimals(p: float, places: int) -> str:
    """More decimals where fewer would hide on which side of α the value lies."""
    text = f"{p:.{places}f}"
    if p != ALPHA and float(text) == ALPHA and places < MOST_DECIMALS:
        return _p_decimals(p, places + 1)
    return text


def parameters(n: int | None) -> str:
    """Three digits, which tell a position table from none: `201 k`, `22.1 M`, `632 M`, `512`."""
    if n is None:
        return MISSING
    if n < 1_000:
        return str(n)
    size, unit = (1e3, "k") if n < 999_500 else (1e6, "M")
    return f"{three_digits(n / size)} {unit}"


def macs(n: int | None) -> str:
    """Spelled like parameters, but for the largest: `4.57 G`, `2.72 M`."""
    if n is None or n < 999_500_000:
        return parameters(n)
    return f"{three_digits(n / 1e9)} G"


def throughput(speed: Estimate | None) -> str:
    """Images per second with three digits: `1,230 ± 40 (3)`, `45.6 (1)`."""
    if speed is None or speed.mean is None:
        return MISSING
    spread = "" if speed.sd is None else f" ± {_three(speed.sd)}"
    return f"{_three(speed.mean)}{spread} ({speed.n})"


def _three(value: float) -> str:
    return three_digits(float(f"{value:.3g}"))


def three_digits(value: float) -> str:
    """Three digits, two of them decimals at most: `4.57`, `22.1`, `632`."""
    return f"{value:,.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


def scale(values: Iterable[float]) -> tuple[float, str]:
    """The unit for large numbers: `(1e6, "M")`."""
    largest = max(values)
    return next(
        (size, unit)
        for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
        if largest >= size or size == 1
    )


def seconds(value: float | None) -> str:
    """`8.2 s`, `74 s`, `3.4 min`, `2.1 h`."""
    if value is None:
        return MISSING
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 119.5:
        return f"{value:.0f} s"
    return f"{value / 60:.1f} min" if value < 7_170 else f"{value / 3600:.1f} h"


def pixels(value: float) -> str:
    """`3.9`, `57`: how far on an image."""
    return fixed(value, 1 if value < 9.95 else 0)

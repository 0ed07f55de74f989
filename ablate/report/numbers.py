"""Entries whose numbers have names, so that prose can print the same ones and not drift from them.

A name is there whether there is a number or not: what is missing is printed as missing.
"""

from ablate.analysis.model import Analysis, ClaimResult
from ablate.report.blocks import TableCell
from ablate.report.formatting import (
    MISSING,
    amount,
    difference,
    difference_decimals,
    fixed,
    interval,
    mean_of,
    p_text,
    p_value,
)
from ablate.stats import Difference
from ablate.study.metrics import Metric


def named_cell(text: str, name: str) -> TableCell:
    """A single number, if there is one."""
    return TableCell(text=text, numbers={name: text} if text else {})


def difference_cell(
    d: Difference | None, metric: Metric, *, clear: bool = False, which: str = ""
) -> TableCell:
    """`−21.4 [−24.0, −18.8]`, strong where it is clear."""
    text = difference(d, metric) if d else MISSING
    return TableCell(text=text, strong=clear, numbers=difference_numbers(d, metric, which))


def difference_numbers(d: Difference | None, metric: Metric, which: str) -> dict[str, str]:
    """The mean, its interval, and over how many seeds."""
    bounds = interval(d.low, d.high, difference_decimals(d, metric)) if d else ""
    return {
        f"{which}difference": mean_of(d, metric) if d else MISSING,
        f"{which}interval": bounds or MISSING,
        f"{which}pairs": str(d.n if d else 0),
    }


def p_cell(p: float | None) -> TableCell:
    """`0.012`, which is `p = 0.012` in a sentence."""
    return TableCell(text=p_text(p), numbers={"p": p_text(p), "test": p_value(p)})


def claim_key(claim: ClaimResult) -> str:
    """`claim deit_s[pos_embed=none] lower by 1`: its place among the others may change."""
    kind = "" if claim.kind == "contrast" else claim.kind
    against = f"against {claim.against}" if claim.against else ""
    below = (f"over {step.lower}" for step in claim.steps)
    by = "" if claim.at_least is None else f"by {claim.at_least:g}"
    parts = ("claim", claim.cell, kind, *below, against, claim.expect or "", by)
    return " ".join(part for part in parts if part)


def claim_numbers(claim: ClaimResult, analysis: Analysis) -> dict[str, str]:
    """The verdict and the numbers behind it."""
    d, metric = claim.difference, analysis.metric
    exploratory = ", exploratory" if claim.exploratory else ""
    numbers: dict[str, str] = {"verdict": claim.verdict + exploratory}
    for position, step in enumerate(claim.steps, start=1):
        numbers |= difference_numbers(step.difference, metric, f"step {position} ")
    if not claim.steps:
        numbers |= difference_numbers(d, metric, "")
    numbers |= {"test for": p_value(claim.p_support), "test against": p_value(claim.p_refute)}
    chosen = {"margin": analysis.margin, "at least": claim.at_least}
    numbers |= {name: amount(v, metric) for name, v in chosen.items() if v is not None}
    detectable, needed = MISSING, claim.seeds_needed
    if d is not None and claim.detectable is not None:
        detectable = fixed(claim.detectable, difference_decimals(d, metric))
    return numbers | {
        "detectable": detectable,
        "seeds needed": MISSING if needed is None else f"{needed:,}",
    }

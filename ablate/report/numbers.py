"""Entries whose numbers have names, so that prose can print the same ones and not drift from them.

A name is there whether there is a number or not: what is missing is printed as missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ablate.analysis.model import Analysis, ClaimResult
from ablate.report.blocks import Number, TableCell
from ablate.report.formatting import (
    MISSING,
    amount,
    deviation,
    difference,
    difference_decimals,
    fixed,
    interval,
    mean_score,
    p_text,
    p_value,
    score_of_cell,
    signed,
)
from ablate.stats import Difference, Estimate
from ablate.study.metrics import Metric


def named_cell(text: str, name: str) -> TableCell:
    """A single number, if there is one."""
    return TableCell(text=text, numbers=(Number(name=name, text=text),) if text else ())


def score_cell(estimate: Estimate, planned: int, metric: Metric) -> TableCell:
    """`97.9 ± 0.4 (5)`."""
    numbers = (
        Number(name="score", text=mean_score(estimate, metric)),
        Number(name="sd", text=deviation(estimate, metric)),
        Number(name="n", text=str(estimate.n)),
    )
    return TableCell(text=score_of_cell(estimate, planned, metric), numbers=numbers)


def difference_cell(
    d: Difference | None, metric: Metric, *, clear: bool = False, which: str = ""
) -> TableCell:
    """`−21.4 [−24.0, −18.8]`, strong where it is clear."""
    text = difference(d, metric) if d else MISSING
    return TableCell(text=text, strong=clear, numbers=difference_numbers(d, metric, which))


def difference_numbers(d: Difference | None, metric: Metric, which: str) -> tuple[Number, ...]:
    """The mean, its interval, and over how many seeds."""
    mean, bounds = MISSING, ""
    if d is not None and d.mean is not None:
        places = difference_decimals(d, metric)
        mean, bounds = signed(d.mean, places), interval(d.low, d.high, places)
    return (
        Number(name=f"{which}difference", text=mean),
        Number(name=f"{which}interval", text=bounds or MISSING),
        Number(name=f"{which}pairs", text=str(d.n if d else 0)),
    )


def p_cell(p: float | None) -> TableCell:
    """`0.012`, which is `p = 0.012` in a sentence."""
    text = p_text(p)
    numbers = (Number(name="p", text=text), Number(name="test", text=p_value(p)))
    return TableCell(text=text, numbers=numbers)


def claim_key(claim: ClaimResult) -> str:
    """`claim deit_s[pos_embed=none] lower`: its place among the others may change."""
    kind = "" if claim.kind == "contrast" else claim.kind
    against = f"against {claim.against}" if claim.against else ""
    below = (f"over {step.lower}" for step in claim.steps)
    parts = ("claim", claim.cell, kind, *below, against, claim.expect or "")
    return " ".join(part for part in parts if part)


def claim_numbers(claim: ClaimResult, analysis: Analysis) -> Iterator[Number]:
    """The verdict and the numbers behind it."""
    d, metric = claim.difference, analysis.metric
    yield Number(name="verdict", text=claim.verdict)
    for position, step in enumerate(claim.steps, start=1):
        yield from difference_numbers(step.difference, metric, f"step {position} ")
    if not claim.steps:
        yield from difference_numbers(d, metric, "")
    yield Number(name="test for", text=p_value(claim.p_support))
    yield Number(name="test against", text=p_value(claim.p_refute))
    for name, value in (("margin", analysis.margin), ("at least", claim.at_least)):
        if value is not None:
            yield Number(name=name, text=amount(value, metric))
    detectable = MISSING
    if d is not None and claim.detectable is not None:
        detectable = fixed(claim.detectable, difference_decimals(d, metric))
    yield Number(name="detectable", text=detectable)
    needed = claim.seeds_needed
    yield Number(name="seeds needed", text=MISSING if needed is None else f"{needed:,}")

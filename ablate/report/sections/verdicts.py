"""The verdict on each claim, and why: the numbers that decided, or what is lacking."""

from collections.abc import Iterator

from ablate.analysis.model import Analysis, CellResult, ClaimResult, Contrast, Step, Verdict
from ablate.report.blocks import Block, ClaimVerdict, Heading, Paragraph, Verdicts
from ablate.report.formatting import (
    amount,
    count,
    difference,
    p_value,
    score_of_cell,
    units,
)
from ablate.report.labels import full_label, seeds_label
from ablate.report.numbers import claim_key, claim_numbers
from ablate.report.sections._lost import lost_runs
from ablate.report.sections._reasons import Case, reason_of


def verdicts(analysis: Analysis) -> Iterator[Block]:
    """The section, if the study makes claims."""
    if not analysis.claims:
        return
    yield Heading(text="Verdicts")
    yield Verdicts(
        items=tuple(
            ClaimVerdict(
                verdict=claim.verdict,
                claim=claim.says,
                reason=reason(claim, analysis),
                exploratory=claim.exploratory,
                key=claim_key(claim),
                numbers=claim_numbers(claim, analysis),
            )
            for claim in analysis.claims
        )
    )
    yield Paragraph(text=_tests(analysis))


def _tests(analysis: Analysis) -> str:
    """The tests by which claims are judged: of directions, and of being smaller than the margin."""
    sided = sum(claim.expect != "equivalent" for claim in analysis.claims)
    if analysis.adaptive is not None:
        spread = "over all looks, claims and directions at most 5 % of studies err"
        how = f"paired t-tests after every seed, strict enough that {spread}"
    else:
        how = f"two-sided paired t-tests at 5 %{_adjusted(sided)}"
    directions = f"Claims are judged by {how}." if sided else ""
    return f"{directions} {_margin(analysis)}".strip()


def _margin(analysis: Analysis) -> str:
    if analysis.margin is None:
        return ""
    size = amount(analysis.margin, analysis.metric)
    told = f"The study sets its margin at {size}: smaller differences do not matter."
    small = sum(c.expect == "equivalent" or c.p_within is not None for c in analysis.claims)
    if not small:
        return told
    family = "" if analysis.adaptive else f" at 5 %{_adjusted(small)}"
    return f"{told} To show that one is smaller takes two one-sided tests{family}."


def _adjusted(claims: int) -> str:
    return f", adjusted for {claims} claims (Holm)" if claims > 1 else ""


def reason(claim: ClaimResult, analysis: Analysis) -> str:
    """The reason for the verdict, in a sentence or two."""
    if claim.awaited:
        return f"Not judged before its planned seeds have ended: {seeds_label(claim.awaited)}."
    lost = lost_runs(analysis, claim.lost)
    here = claim.on_this_test_set
    is_tested = claim.difference is None or claim.difference.n > 1
    worst = "; p is the largest that they could have led to" if is_tested else ""
    return (
        _reason(claim, analysis)
        + (" On this test set: with other images as well as other seeds it may not hold." * here)
        + (f" {lost}{worst}." if lost and claim.p_support else "")
    )


def _reason(claim: ClaimResult, analysis: Analysis) -> str:
    if claim.steps:
        return _order(claim, analysis)
    d = claim.difference
    if d is None or d.mean is None:
        return _nothing_to_compare(claim, analysis)
    return reason_of(
        Case(
            claim=claim,
            d=d,
            mean=d.mean,
            rival=_rival(claim, analysis),
            planned=claim.look.seeds if claim.look else len(analysis.seeds),
            margin=analysis.margin,
            metric=analysis.metric,
            contrast=_contrast(claim, analysis),
            comparisons=sum(cell.contrast is not None for cell in analysis.cells),
        )
    )


def _contrast(claim: ClaimResult, analysis: Analysis) -> Contrast | None:
    """The table's own comparison of the cell, if it is the claim's."""
    if claim.kind != "contrast" or claim.against:
        return None
    return next(cell.contrast for cell in analysis.cells if cell.name == claim.cell)


def _rival(claim: ClaimResult, analysis: Analysis) -> str:
    if claim.kind == "interaction":
        return "what its changes add up to"
    return _called(claim.against, analysis) if claim.against else "the baseline"


def _called(name: str, analysis: Analysis) -> str:
    """The label that tables have for the cell of that name."""
    return full_label(next(cell for cell in analysis.cells if cell.name == name), analysis)


def _order(claim: ClaimResult, analysis: Analysis) -> str:
    """Every step of an order, and whether all go down."""
    steps = "; ".join(_step(step, analysis) for step in claim.steps)
    if claim.verdict is Verdict.SUPPORTED:
        return f"Every step goes down: {steps}; {p_value(claim.p_support)}."
    if claim.verdict is Verdict.REFUTED:
        return f"Not every step goes down: {steps}; {p_value(claim.p_refute)}."
    order = f"neither the order ({p_value(claim.p_support)}) nor its opposite anywhere"
    return f"{steps}: {order} ({p_value(claim.p_refute)}) is shown."


def _step(step: Step, analysis: Analysis) -> str:
    """`DeiT-S · baseline above CvT-13 · baseline by +1.2 points [+0.8, +1.6] over 5 seeds`."""
    d = step.difference
    pair = f"{_called(step.higher, analysis)} above {_called(step.lower, analysis)} by"
    if d is None:
        return f"{pair}: no seed has both"
    size = difference(d, analysis.metric, units(analysis.metric))
    return f"{pair} {size} over {count(d.n, 'seed')}"


def _nothing_to_compare(claim: ClaimResult, analysis: Analysis) -> str:
    if claim.kind == "interaction":
        return "No seed has the cell, its baseline and each of its changes alone."
    cell = next(cell for cell in analysis.cells if cell.name == claim.cell)
    rival = next(
        one
        for one in analysis.cells
        if one.name == claim.against
        or (not claim.against and one.model == cell.model and one.is_baseline)
    )
    called = _called(claim.against, analysis) if claim.against else "its baseline"
    have = [_finished("the cell", cell, analysis), _finished(called, rival, analysis)]
    return f"No seed has both the cell and {called}: {' and '.join(have)}."


def _finished(what: str, cell: CellResult, analysis: Analysis) -> str:
    if not cell.scores:
        return f"{what} has no score"
    scores = score_of_cell(cell.estimate, cell.planned, analysis.metric)
    return f"{what} has {scores} from {seeds_label(pair.seed for pair in cell.scores)}"

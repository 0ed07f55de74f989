"""The verdict on each claim, and why: the numbers that decided, or what is lacking."""

from collections.abc import Iterator
from dataclasses import dataclass

from ablate.analysis.model import Analysis, CellResult, ClaimResult, Step, Verdict
from ablate.report.blocks import Block, ClaimVerdict, Heading, Paragraph, Verdicts
from ablate.report.formatting import (
    amount,
    count,
    difference,
    difference_decimals,
    fixed,
    mean_difference,
    p_value,
    score_of_cell,
    units,
)
from ablate.report.labels import full_label, in_words, seeds_label
from ablate.report.numbers import claim_key, claim_numbers
from ablate.stats import Difference
from ablate.study.metrics import Metric


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
                key=claim_key(claim),
                numbers=claim_numbers(claim, analysis),
            )
            for claim in analysis.claims
        )
    )
    yield Paragraph(text=_tests(analysis))


def _tests(analysis: Analysis) -> str:
    """The tests by which claims are judged."""
    n = len(analysis.claims)
    holm = f", adjusted for {n} claims (Holm)" if n > 1 else ""
    kind = f"one-sided paired t-tests at 5 %{holm}"
    if analysis.adaptive is not None:
        kind = (
            "one-sided paired t-tests after every seed, strict enough that over all looks "
            f"{'and claims ' if n > 1 else ''}at most 5 % of studies err"
        )
    margin = ""
    if analysis.margin is not None:
        size = amount(analysis.margin, analysis.metric)
        margin = f" The study sets its margin at {size}: smaller differences do not matter."
    return f"Claims are judged by {kind}.{margin}"


@dataclass(frozen=True, slots=True)
class Case:
    """A claim whose cell has been compared with something on at least one seed."""

    claim: ClaimResult
    d: Difference
    mean: float
    rival: str
    """The cell or sum it is compared with, in words."""
    planned: int
    margin: float | None
    metric: Metric

    @property
    def numbers(self) -> str:
        """`−21.4 points [−24.0, −18.8] over 5 seeds`."""
        return f"{difference(self.d, self.metric, units(self.metric))} over {self.seeds}"

    @property
    def seeds(self) -> str:
        """`5 seeds`, `4 of 5 seeds`, `5 of at most 8`, `3 seeds against 2 others, unpaired`."""
        n = self.d.n
        if self.claim.look is not None:
            return f"{n} of at most {count(self.claim.look.most, 'seed')}"
        if self.d.others is not None:
            return f"{count(n, 'seed')} against {count(self.d.others, 'other')}, unpaired"
        return count(n, "seed") if n == self.planned else f"{n} of {self.planned} seeds"

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval; of no width where there is none."""
        low, high = self.d.low, self.d.high
        return (self.mean if low is None else low, self.mean if high is None else high)

    @property
    def of_drop(self) -> bool:
        """Whether the claim is about being lower, not higher."""
        return self.claim.expect in ("lower", "not_lower")

    @property
    def the_margin(self) -> str:
        """`the margin of 1 point`."""
        return f"the margin of {amount(self.margin or 0.0, self.metric)}"


def reason(claim: ClaimResult, analysis: Analysis) -> str:
    """The reason for the verdict, in a sentence or two."""
    if claim.steps:
        return _order(claim, analysis)
    d = claim.difference
    if d is None or d.mean is None:
        return _nothing_to_compare(claim, analysis)
    planned = claim.look.seeds if claim.look else len(analysis.seeds)
    rival = _rival(claim, analysis)
    case = Case(claim, d, d.mean, rival, planned, analysis.margin, analysis.metric)
    return _undecided(case) if claim.verdict is Verdict.UNDECIDED else _decided(case)


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


def _decided(case: Case) -> str:
    claim, is_supported = case.claim, case.claim.verdict is Verdict.SUPPORTED
    p = p_value(claim.p_support if is_supported else claim.p_refute)
    if claim.at_least is not None:
        by = f"{amount(claim.at_least, case.metric)} {claim.expect}"
        return f"{case.numbers}: {'more than' if is_supported else 'not'} {by}, {p}."
    if claim.expect == "equivalent" and not is_supported:
        return f"{case.numbers}: beyond {case.the_margin}, {p}."
    is_directed = claim.expect in ("lower", "higher")
    return _shown(case, p) if is_directed == is_supported else _excluded(case, p)


def _shown(case: Case, p: str) -> str:
    """A difference on one side of the baseline, and how it compares with the margin."""
    low, high = case.bounds
    if low <= 0 <= high:
        size = "The test is one-sided and the interval two-sided, so the interval can reach 0."
    elif case.margin is None or min(abs(low), abs(high)) >= case.margin:
        size = ""
    elif max(abs(low), abs(high)) < case.margin:
        size = f"The difference is real, but smaller than {case.the_margin}."
    else:
        size = f"Whether it exceeds {case.the_margin} is open."
    return f"{case.numbers}, {p}. {size}".rstrip()


def _excluded(case: Case, p: str) -> str:
    """No difference as large as the margin on the claim's side, and what there is instead."""
    if case.margin is None:
        bound = f"{'higher' if case.of_drop else 'lower'} than {case.rival}"
    elif case.claim.expect == "equivalent":
        bound = f"within {case.the_margin} either way"
    else:
        bound = f"any {'drop' if case.of_drop else 'rise'} is below {case.the_margin}"
    return f"{case.numbers}: {bound}, {p}. {_nevertheless(case)}".rstrip()


def _nevertheless(case: Case) -> str:
    """A difference that does not matter, or goes the other way, and is there all the same."""
    low, high = case.bounds
    if case.margin is None or low <= 0 <= high:
        return ""
    if case.claim.expect == "equivalent" or case.of_drop == (high < 0):
        return f"There is a {'drop' if high < 0 else 'rise'}, but a smaller one."
    return f"It is even {'higher' if low > 0 else 'lower'} than {case.rival}."


def _undecided(case: Case) -> str:
    if case.d.n == 1:
        return f"{case.numbers}: one seed has no spread, so nothing can be tested."
    if case.d.p is None:
        return _no_spread(case)
    claim = f"neither the claim ({p_value(case.claim.p_support)})"
    opposite = f"nor its opposite ({p_value(case.claim.p_refute)})"
    return f"{case.numbers}: {claim} {opposite} is shown. {_power(case)}".rstrip()


def _no_spread(case: Case) -> str:
    """Differences that are the same in every seed have no test, and are suspect."""
    seeds = count(case.d.n, "seed")
    if case.mean:
        size = mean_difference(case.d, case.metric)
        return f"{size} in every one of {seeds}: there is no spread, so nothing can be tested."
    plain = case.rival == "the baseline"
    whose = "the baseline's score" if plain else f"the score of {case.rival}"
    doubt = " Is the factor used at all?" if plain else ""
    return f"Exactly {whose} in all {seeds}: there is no spread, so nothing can be tested.{doubt}"


def _power(case: Case) -> str:
    """The difference that these seeds could have found, and how many would decide."""
    detectable, needed = case.claim.detectable, case.claim.seeds_needed
    if detectable is None:
        return ""
    size = f"{fixed(detectable, difference_decimals(case.d, case.metric))} {units(case.metric)}"
    found = (
        f"{in_words(case.d.n)} seeds would detect a true difference of {size} in 80 % of studies"
    )
    if needed is not None and needed <= case.d.n:
        return f"{found}; by itself the claim would be decided; adjusted for the others, it is not."
    most = "even 1,000 seeds would seldom decide"
    decides = most if needed is None else f"{count(needed, 'seed')} would decide as often"
    return f"{found}; if the true difference is the observed one, {decides}."

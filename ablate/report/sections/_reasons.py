"""The reason for a verdict on a contrast or an interaction, in a sentence or two."""

from dataclasses import dataclass

from ablate.analysis.findings import OutOfReach
from ablate.analysis.model import ClaimResult, Contrast, Verdict
from ablate.report.formatting import (
    amount,
    count,
    difference,
    difference_decimals,
    fixed,
    mean_difference,
    p_value,
    units,
)
from ablate.report.labels import in_words
from ablate.stats import Difference
from ablate.study.metrics import Metric


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
    contrast: Contrast | None
    """The same difference as the table has it; None where the table does not."""
    comparisons: int
    """That the table adjusts for."""

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
    def is_supported(self) -> bool:
        return self.claim.verdict is Verdict.SUPPORTED

    @property
    def p(self) -> str:
        """`p = 0.012`, of the test that decided."""
        return p_value(self.claim.p_support if self.is_supported else self.claim.p_refute)

    @property
    def other_way(self) -> str:
        """`higher` of a claim about being lower."""
        return "higher" if self.of_drop else "lower"

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


def reason_of(case: Case) -> str:
    """The numbers that decided, or what is lacking, and what the table says of the same."""
    return " ".join(filter(None, (_verdict(case), _in_table(case), _one_way(case))))


def _verdict(case: Case) -> str:
    match case.claim.verdict:
        case Verdict.UNDECIDED:
            return _undecided(case)
        case Verdict.NEGLIGIBLE:
            return _negligible(case)
        case _ if case.claim.at_least is not None:
            return _size(case)
        case _ if case.claim.expect in ("lower", "higher"):
            return _directed(case)
        case _:
            return _against_margin(case)


def _in_table(case: Case) -> str:
    """The table, where it shows what the verdict does not, or the other way about.

    They differ where they are adjusted for different families, and where their bounds differ.
    """
    if case.contrast is None or case.contrast.p_adjusted is None or case.claim.at_least is not None:
        return ""
    clear, decided = case.contrast.clear, case.claim.verdict in (Verdict.SUPPORTED, Verdict.REFUTED)
    p = p_value(case.contrast.p_adjusted)
    where = f"Among the {case.comparisons} comparisons of the table"
    where = where if case.comparisons > 1 else "In the table"
    if case.claim.expect not in ("lower", "higher"):
        news = clear and case.claim.verdict is not Verdict.REFUTED
        way = "higher" if case.mean > 0 else "lower"
        return f"{where} it is clearly {way} than {case.rival} ({p})." if news else ""
    if clear == decided:
        return ""
    return f"{where} the difference is {'clear' if clear else 'not clear'} ({p})."


def _one_way(case: Case) -> str:
    """Whether the claim could hardly have come out otherwise."""
    claim, told = case.claim, []
    if claim.unsupportable and claim.verdict is not Verdict.SUPPORTED:
        told.append(f"supported: {_takes(claim.unsupportable, case)}")
    if claim.unrefutable and claim.verdict is not Verdict.REFUTED:
        told.append(f"refuted: {_takes(claim.unrefutable, case)}")
    return " ".join(f"It could hardly have been {one}." for one in told)


def _takes(why: OutOfReach, case: Case) -> str:
    """`that takes a rise of 2.1 points, and scores leave room for 1.2`."""
    places = difference_decimals(case.d, case.metric)
    if fixed(abs(why.needs), places) == fixed(abs(why.room), places):
        places += 1
    needs, room = (fixed(abs(size), places) for size in (why.needs, why.room))
    if case.claim.expect == "equivalent" and why is case.claim.unsupportable:
        return f"that takes a margin of {needs} {units(case.metric)} with these seeds"
    way = "difference" if case.claim.expect == "equivalent" else "rise" if why.needs > 0 else "drop"
    return f"that takes a {way} of {needs} {units(case.metric)}, and scores leave room for {room}"


def _directed(case: Case) -> str:
    """A direction that is shown, the claim's or the other, and how it compares with the margin."""
    other = "" if case.is_supported else f": {case.other_way} than {case.rival}"
    return f"{case.numbers}{other}, {case.p}. {_beside_margin(case)}".rstrip()


def _beside_margin(case: Case) -> str:
    low, high = case.bounds
    if case.claim.within_margin:
        return f"The difference is real, but smaller than {case.the_margin}{_small(case)}."
    if case.margin is None or min(abs(low), abs(high)) >= case.margin:
        return ""
    return f"Whether it exceeds {case.the_margin} is open."


def _size(case: Case) -> str:
    by = f"{amount(case.claim.at_least or 0.0, case.metric)} {case.claim.expect}"
    return f"{case.numbers}: {'more than' if case.is_supported else 'not'} {by}, {case.p}."


def _against_margin(case: Case) -> str:
    """`not_lower`, `not_higher` and `equivalent`, whose bound is the margin."""
    change = "drop" if case.of_drop else "rise"
    if case.claim.expect == "equivalent":
        told = f"within {case.the_margin} either way", f"beyond {case.the_margin}"
    else:
        told = f"any {change} is below {case.the_margin}", f"a {change} beyond {case.the_margin}"
    shown = told[0] if case.is_supported else told[1]
    return f"{case.numbers}: {shown}, {case.p}."


def _negligible(case: Case) -> str:
    neither = f"neither lower nor higher is shown ({_nearest(case.claim)})"
    return f"{case.numbers}: smaller than {case.the_margin}{_small(case)}; {neither}."


def _small(case: Case) -> str:
    return f" ({p_value(case.claim.p_within)})"


def _undecided(case: Case) -> str:
    if case.d.n == 1:
        return f"{case.numbers}: one seed has no spread, so nothing can be tested."
    if case.d.p is None:
        return _no_spread(case)
    neither = f"neither the claim nor its opposite is shown ({_nearest(case.claim)})"
    if case.claim.expect == "equivalent":
        support, refute = p_value(case.claim.p_support), p_value(case.claim.p_refute)
        neither = f"neither the claim ({support}) nor its opposite ({refute}) is shown"
    if case.claim.p_within is not None:
        neither += f", nor that the difference is smaller than {case.the_margin}{_small(case)}"
    return f"{case.numbers}: {neither}. {_power(case)}".rstrip()


def _nearest(claim: ClaimResult) -> str:
    """The p-value of a two-sided test, which is that of its nearer side."""
    return p_value(
        min((p for p in (claim.p_support, claim.p_refute) if p is not None), default=None)
    )


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
        return f"{found}."
    most = "even 1,000 seeds would seldom decide"
    decides = most if needed is None else f"{count(needed, 'seed')} would decide as often"
    return f"{found}; if the true difference is the observed one, {decides}."

"""The claims of a plan that could hardly come out one way, as far as is known before its runs."""

from collections.abc import Iterator
from statistics import fmean

from ablate.analysis.pairs import compared
from ablate.analysis.reach import Terms, found_beyond, levels, unrefutable, unsupportable
from ablate.budget.model import Limited, Spread
from ablate.plan.make import Plan
from ablate.run.adaptive import rows
from ablate.store.store import Store
from ablate.study.metrics import METRICS, Metric
from ablate.study.schema import Claim


def limited(plan: Plan, spread: Spread | None, store: Store) -> Iterator[Limited]:
    """Each claim about differences that there is no room for, or that the seeds do not show."""
    metric, runs, rule = METRICS[plan.study.metric], store.runs(plan), plan.adaptive
    cells = rows(plan, {trial.signature: runs.get(trial.signature) for trial in plan.trials})
    m, claims = plan.margin or 0.0, plan.study.claims
    for claim in claims:
        base = list(next(compared(claim, cells)).base.values())
        terms = Terms(
            n=rule.max if rule else len(plan.seeds),
            sd=spread.sd if spread else None,
            base=fmean(base) if base else None,
            m=m,
            **levels(claim, claims, m, rule),
        )
        yield from _limits(claim, terms, metric)


def _limits(claim: Claim, terms: Terms, metric: Metric) -> Iterator[Limited]:
    says, expect = claim.says, claim.expect
    if why := unsupportable(claim, terms, metric):
        yield Limited(says=says, expect=expect, way="supported", needs=why.needs, room=why.room)
    if why := unrefutable(claim, terms, metric):
        yield Limited(says=says, expect=expect, way="refuted", needs=why.needs, room=why.room)
    elif terms.base is None and expect == _nothing_better(metric):
        needs = found_beyond(claim, terms, below=expect == "not_lower")
        worse = metric.bounds[metric.direction == "higher"] - needs
        yield Limited(says=says, expect=expect, way="refuted", needs=needs, worse_than=worse)


def _nothing_better(metric: Metric) -> str:
    """The claim that near the best possible score nothing can refute."""
    return "not_higher" if metric.direction == "higher" else "not_lower"

"""The power of a plan's seeds, and how far seeds spread in the runs that there are."""

import math
from collections.abc import Iterator
from statistics import variance

from ablate.analysis.looks import limit
from ablate.analysis.verdicts import ALPHA, family_sizes
from ablate.budget.model import Power, Spread
from ablate.errors import AblateError
from ablate.plan.make import Plan, make_plan
from ablate.stats import detectable, seed_differences, seeds_needed
from ablate.store.store import Store
from ablate.study.load import find_study, load_study, study_names
from ablate.study.schema import Adaptive

Differences = tuple[float, ...]
"""Cell minus baseline, by seed."""


def power_of(plan: Plan, spread: Spread | None) -> Power:
    """The differences that the seeds of a plan detect if they spread as given."""
    n, rule = len(plan.seeds), plan.adaptive
    claims, _ = family_sizes(plan.study.claims, plan.margin or 0.0)
    alone = detectable(n, alpha=ALPHA)
    holm = claims > 1 and rule is None
    first = detectable(n, alpha=ALPHA / claims) if holm else None
    sd = spread.sd if spread else None
    return Power(
        seeds=n,
        claims=claims,
        found_sd=alone,
        found_first_sd=first,
        most_seeds=rule.max if rule else None,
        found_by_most_sd=_by_most(rule, claims) if rule else None,
        exact_p=2 / 2**n if n > 1 and 2 / 2**n > ALPHA else None,
        spread=spread,
        found=alone * sd if alone and sd else None,
        found_first=first * sd if first and sd else None,
        margin=plan.margin,
        seeds_for_margin=_for_margin(plan.margin, sd, claims) if plan.margin and sd else None,
    )


def _for_margin(margin: float, sd: float, claims: int) -> int | None:
    return seeds_needed(margin, sd, alpha=ALPHA / max(1, claims), sides=2)


def _by_most(rule: Adaptive, claims: int) -> float | None:
    """The difference that all seeds detect at the p-value that the last look asks for."""
    at = limit(rule.max, rule, ALPHA / (2 * max(1, claims)))
    return detectable(rule.max, alpha=at, sides=1)


def known_spread(plan: Plan, store: Store) -> Spread | None:
    """The spread in this study's own runs, else in those of other studies at its setting."""
    if own := _pooled((plan,), plan.study.metric, store):
        return own
    if store.is_empty:
        return None
    return _pooled(tuple(_neighbors(plan)), plan.study.metric, store)


def _neighbors(plan: Plan) -> Iterator[Plan]:
    """The other studies of ./studies at the setting of a plan, as far as they can be planned."""
    for name in study_names():
        try:
            study = load_study(find_study(name))
            if name != plan.study.name:
                yield make_plan(study, plan.setting_name)
        except AblateError:
            continue


def _pooled(plans: tuple[Plan, ...], metric: str, store: Store) -> Spread | None:
    """The spread over all contrasts of the plans that have two seeds or more."""
    squares, freedom, contrasts, runs, studies = 0.0, 0, 0, 0, []
    for plan in plans:
        found, behind = _differences(plan, metric, store)
        squares += sum((len(one) - 1) * variance(one) for one in found)
        freedom += sum(len(one) - 1 for one in found)
        contrasts += len(found)
        runs += behind
        studies += [plan.study.name] if found else []
    if not squares:
        return None
    sd = math.sqrt(squares / freedom)
    return Spread(sd=sd, contrasts=contrasts, runs=runs, studies=tuple(studies))


def _differences(plan: Plan, metric: str, store: Store) -> tuple[list[Differences], int]:
    """The differences of each contrast with two seeds or more, and how many runs they are from."""
    scores: dict[str, dict[int, float]] = {}
    for run in store.runs(plan).values():
        if run.finished and metric in run.record.scores:
            scores.setdefault(run.trial.cell, {})[run.trial.seed] = run.record.scores[metric]
    found: list[Differences] = []
    behind: set[tuple[str, int]] = set()
    for cell in plan.cells:
        ours, theirs = scores.get(cell.name, {}), scores.get(cell.model, {})
        seeds = [seed for seed in ours if seed in theirs]
        if not cell.is_baseline and len(seeds) > 1:
            found.append(seed_differences([ours[s] for s in seeds], [theirs[s] for s in seeds]))
            behind |= {(name, seed) for name in (cell.name, cell.model) for seed in seeds}
    return found, len(behind)

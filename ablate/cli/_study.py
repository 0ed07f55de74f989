"""The plan that the arguments of `add_study` ask for, and where in its file a mistake stands."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from ablate.errors import Mistake, PlanError, Problem, StudyError
from ablate.plan.make import Plan, make_plan
from ablate.store.store import Store
from ablate.study.load import find_study, load_study
from ablate.study.schema import Study


def asked_plan(options: argparse.Namespace) -> Plan:
    """The plan of the study with the seeds that it begins with. Raises `AblateError`."""
    study = load_study(find_study(options.study))
    try:
        asked = options.seeds
        seeds = study.seeds_called(asked) if isinstance(asked, str) else asked
        return make_plan(study, options.setting, seeds)
    except PlanError as error:
        raise StudyError(located(study, error.mistakes)) from error


def grown_plan(options: argparse.Namespace, store: Store) -> Plan:
    """The plan with the seeds that have been added to it so far."""
    plan = asked_plan(options)
    if plan.adaptive is None:
        return plan  # without the import of what judges claims
    from ablate.run.adaptive import grown

    return grown(plan, store)


def located(study: Study, mistakes: Iterable[Mistake]) -> tuple[Problem, ...]:
    """The mistakes with the lines of the study's file where they stand."""
    return tuple(study.source.problem(*mistake) for mistake in mistakes)

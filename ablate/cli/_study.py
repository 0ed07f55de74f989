"""The plan that the arguments of `add_study` ask for."""

import argparse

from ablate.api import chosen_seeds
from ablate.plan.make import Plan, make_plan
from ablate.store.store import Store
from ablate.study.load import find_study, load_study


def asked_plan(options: argparse.Namespace) -> Plan:
    """The plan of the study with the seeds that it begins with. Raises `AblateError`."""
    study = load_study(find_study(options.study))
    return make_plan(study, options.setting, chosen_seeds(options.seeds, study))


def grown_plan(options: argparse.Namespace, store: Store) -> Plan:
    """The plan with the seeds that have been added to it so far."""
    plan = asked_plan(options)
    if plan.adaptive is None:
        return plan  # without the import of what judges claims
    from ablate.run.adaptive import grown

    return grown(plan, store)

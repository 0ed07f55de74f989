"""The plan that the arguments of `add_study` ask for."""

import argparse
from collections.abc import Iterator

from ablate.api import chosen_seeds
from ablate.plan.make import Plan, make_plan
from ablate.report.labels import seeds_label
from ablate.store.claims import history
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


def exploratory(plan: Plan, store: Store) -> Iterator[str]:
    """A line, if the seeds were planned after scores could be seen."""
    first = history(plan, store).extended_from
    if first is not None:
        yield (
            f"exploratory: planned with {seeds_label(first)}, and with {seeds_label(plan.seeds)} "
            "after scores could be seen"
        )

"""Where an analysis' numbers come from: the distinct environments of its runs, and the recipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ablate.analysis.model import Provenance
from ablate.plan.make import Plan
from ablate.store.store import Run


def provenance(plan: Plan, runs: Sequence[Run]) -> Provenance:
    """What all runs of the plan have in common, and every value where they differ."""
    found = [environment for run in runs if (environment := run.folder.environment())]
    return Provenance(
        command=command(plan),
        commits=_distinct(e.commit for e in found if e.commit),
        packages=_distinct(f"{k} {v}" for e in found for k, v in e.packages.items()),
        pythons=_distinct(e.python for e in found),
        platforms=_distinct(e.platform for e in found),
        devices=_distinct(e.device for e in found),
        threads=tuple(sorted({e.threads for e in found})),
        recipe=plan.setting.recipe.model_dump(exclude_defaults=True),
        fingerprint={
            name: _distinct(e.fingerprint[name] for e in found if name in e.fingerprint)
            for name in _distinct(name for e in found for name in e.fingerprint)
        },
    )


def command(plan: Plan) -> str:
    """What to type to get these numbers."""
    words = ["ablate", "run", plan.study.name, "--setting", plan.setting_name]
    if plan.adaptive is None and plan.seeds != plan.study.seed_list:
        words += ["--seeds", seeds_name(plan) or ",".join(str(seed) for seed in plan.seeds)]
    return " ".join(words)


def seeds_name(plan: Plan) -> str | None:
    """What the study calls the seeds of the plan."""
    groups = plan.study.seed_groups.items()
    return next((name for name, seeds in groups if seeds == plan.seeds), None)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))

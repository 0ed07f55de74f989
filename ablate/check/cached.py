"""The audit of a plan, made once for its cells and the code that builds them. Light until then.

runs/checks/<digest>.json
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ablate.check.model import FORMAT, Audit
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import Plan, trial_of
from ablate.plan.trial import canonical
from ablate.store.files import read_json, write_json
from ablate.store.store import Store

FOLDER = "checks"


def audited(plan: Plan, store: Store) -> Audit:
    """The audit of a plan; one without findings is kept in the store."""
    if audit := cached_audit(plan, store):
        return audit
    from ablate.check.make import check

    audit = check(plan)
    if not audit.findings:
        store.prepare()
        with store.writing():
            cache_audit(audit, plan, store)
    return audit


def cached_audit(plan: Plan, store: Store) -> Audit | None:
    """The audit of today's cells by today's code; None if there is none."""
    return read_json(_file(plan, store), Audit)


def cache_audit(audit: Audit, plan: Plan, store: Store) -> None:
    """Write an audit where `cached_audit` finds it."""
    path = _file(plan, store)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, audit)


def _file(plan: Plan, store: Store) -> Path:
    trials = [trial_of(plan, cell, 0) for cell in plan.cells]
    asked = [[trial.cell, trial.signature, fingerprint(trial)] for trial in trials]
    late = {name: rules.reason for name, rules in plan.study.factors.items() if rules.acts}
    digest = hashlib.sha256(canonical([FORMAT, asked, late]).encode()).hexdigest()
    return store.root / FOLDER / f"{digest[:16]}.json"

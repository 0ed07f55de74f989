"""A small study, its runs and its dry runs, made up."""

from __future__ import annotations

from pathlib import Path

from ablate.budget.model import Machine
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import Plan, make_plan
from ablate.plan.trial import Trial
from ablate.store.dry_runs import DryRun
from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Environment, Execution, Record, State
from ablate.store.store import Store
from ablate.study.schema import Study

MACHINE = Machine(device="CPU", workers=2, threads=1)
DRY_RUN = DryRun(
    timed_steps=8,
    start_s=1.0,
    epoch_s=0.5,
    step_s=0.25,
    evaluation_s=0.125,
    epochs=20,
    steps=17,
    validation_batches=6,
    test_batches=8,
    memory_gb=0.5,
    parameters=200_000,
)
EXECUTION = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
FIRST = {"says": "worse without", "contrast": "m[pos_embed=none]", "expect": "lower"}
OTHER = {"says": "fewer layers do", "contrast": "m[depth=2]", "expect": "not_lower"}


def plan(seeds: int = 2, claims: tuple[dict, ...] = (), margin: float | None = None) -> Plan:
    """Three cells: m, m[pos_embed=none], m[depth=2]."""
    ablate = {"pos_embed": ["none"], "depth": [2]}
    model = {"architecture": "vit", "variant": "deit-s", "ablate": ablate}
    parts = {"name": "s", "title": "S", "models": {"m": model}, "seeds": seeds, "margin": margin}
    return make_plan(Study.model_validate({**parts, "claims": claims}))


def store_in(folder: Path) -> Store:
    store = Store(folder / "runs")
    store.prepare()
    return store


def finish(
    store: Store,
    trial: Trial,
    *,
    score: float = 90.0,
    train_s: float | None = 10.0,
    memory_gb: float | None = 0.5,
    stale: bool = False,
    device: str = "CPU",
    threads: int = 1,
) -> RunFolder:
    """A run of the trial that ended well."""
    folder = store.start(trial, EXECUTION)
    now = fingerprint(trial)
    environment = Environment(
        fingerprint=now | ({"models/vit.py": "old"} if stale else {}),
        packages={},
        python="3",
        platform="p",
        device=device,
        threads=threads,
        commit=None,
        started="2026-01-01",
    )
    write_json(folder.environment_file, environment)
    scores = {"top1": score, "loss": 0.5}
    folder.close(Record(state=State.FINISHED, scores=scores, train_s=train_s, memory_gb=memory_gb))
    return folder

"""From a plan and the records of a store to its results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from ablate.check.cached import cached_audit
from ablate.interpret.model import Interpretation
from ablate.models.catalog import describe
from ablate.plan.make import Plan, asked_variant
from ablate.plan.trial import Trial
from ablate.results.frame import Results, make_frame, score_column
from ablate.store.claims import history
from ablate.store.store import Run, Store
from ablate.study.cells import Cell
from ablate.study.designs import DATA, RECIPE, VARIANT
from ablate.study.schema import Levels

if TYPE_CHECKING:
    import numpy as np

Row = dict[str, Any]


def read_store(store: Store, plan: Plan) -> Results:
    """A row for every trial of `plan`, with what its record says where it has one."""
    runs = store.runs(plan)
    noted = history(plan, store)
    audit = cached_audit(plan, store)
    return Results(
        frame=make_frame(_rows(plan, runs, store), (plan.study.metric, *plan.study.more_metrics)),
        setting=plan.setting_name,
        setting_title=plan.setting.title,
        recipe=plan.setting.recipe.model_dump(exclude_defaults=True),
        teachers={asked: name for asked, name in plan.setting.variants.items() if ":" in asked},
        margin=plan.margin,
        adaptive=plan.adaptive,
        claims_seen=noted.seen,
        withdrawn=noted.withdrawn,
        extended_from=noted.extended_from,
        confounds={one.cell: one.confounds for one in audit.cells} if audit else {},
        later={one.cell: one.later for one in audit.cells} if audit else {},
        interpretations=_interpretations(plan, runs),
        history=lambda signature: runs[signature].folder.history(),
        answers=_answers(runs),
    )


def _rows(plan: Plan, runs: Mapping[str, Run], store: Store) -> Iterator[Row]:
    cells = {cell.name: cell for cell in plan.cells}
    varied = {factor for cell in plan.cells for factor in cell.changes}
    shared = {name: _of_cell(plan, cell, varied) for name, cell in cells.items()}
    teachers = {trial.signature for trial in plan.teachers}
    for trial in plan.trials:
        yield {
            "cell": trial.cell,
            "seed": trial.seed,
            "architecture": trial.architecture,
            "variant": trial.variant,
            "teaches": trial.signature in teachers,
            "signature": trial.signature,
            **shared.get(trial.cell, {}),
            **_of_run(trial, runs.get(trial.signature), store),
        }


def _of_cell(plan: Plan, cell: Cell, varied: set[str]) -> Row:
    """The columns that all trials of a cell share."""
    return {
        "model": cell.model,
        "changes": cell.changes,
        "levels": _levels(plan, cell, plan.of_cell(cell)[0], varied),
        "title": cell.title or None,
        "asked_variant": asked_variant(cell, plan.study.models[cell.model]),
    }


def _levels(plan: Plan, cell: Cell, trial: Trial, varied: set[str]) -> Levels:
    """The cell's level of every factor of the study that its model has."""
    defaults = describe(trial.architecture).defaults(trial.variant)
    # A cell without a teacher has no level of it, whatever others have.
    idle = trial.recipe.idle
    recipe = {RECIPE + name: value for name, value in plan.setting.recipe if name not in idle}
    images = {"image_size": trial.image_shape[1], "train_share": trial.images.train_share}
    data = {DATA + name: value for name, value in images.items()}
    asked = asked_variant(cell, plan.study.models[cell.model])
    known = {**defaults, **recipe, **data, VARIANT: asked, **cell.levels}
    return {factor: level for factor, level in known.items() if factor in varied}


def _of_run(trial: Trial, run: Run | None, store: Store) -> Row:
    """The columns of a trial's run; without a score, whether some process is running it."""
    if not (run and run.finished) and store.is_running(trial):
        return {"state": "running"}
    if run is None:
        return {"state": "not run"}
    record, speed = run.record, run.folder.speed()
    return {
        "state": run.state,
        "cause": run.cause,
        "stale": run.stale,
        "best_epoch": None if record.best_epoch is None else record.best_epoch + 1,
        "parameters": record.parameters,
        "macs": record.macs,
        "images_per_s": speed and speed.images_per_s,
        "train_s": record.train_s,
        "environment": asdict(run.environment) if run.environment else None,
        **{score_column(metric): score for metric, score in record.scores.items()},
    }


def _interpretations(
    plan: Plan, runs: Mapping[str, Run]
) -> dict[str, list[tuple[int, Interpretation]]]:
    """Of the finished runs that were interpreted, cell by cell."""
    found: dict[str, list[tuple[int, Interpretation]]] = {}
    for trial in plan.trials:
        run = runs.get(trial.signature)
        if run and run.finished and (seen := run.folder.interpretation()):
            found.setdefault(trial.cell, []).append((trial.seed, seen))
    return found


def _answers(runs: Mapping[str, Run]) -> Any:
    @cache
    def answers(signature: str) -> np.ndarray | None:
        return runs[signature].folder.correct()

    return answers

"""From a study, its plan and its records to one Analysis. Gaps are named, never filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from statistics import fmean, median
from typing import TYPE_CHECKING

from ablate.analysis.claims import judge
from ablate.analysis.contrasts import CONFIDENCE, nothing_kept, with_contrasts
from ablate.analysis.effects import effects, together
from ablate.analysis.grids import grids
from ablate.analysis.interpretation import interpretations, not_interpreted, seen
from ablate.analysis.ladder import with_steps
from ablate.analysis.model import (
    Analysis,
    CellResult,
    CurvePoint,
    Missing,
    RunRow,
    SeedScore,
)
from ablate.analysis.more_metrics import more_metrics
from ablate.analysis.paper import against_paper
from ablate.analysis.provenance import provenance
from ablate.analysis.tradeoffs import tradeoffs
from ablate.check.cached import cached_audit
from ablate.check.model import Audit
from ablate.interpret.cached import chosen
from ablate.models.catalog import describe
from ablate.plan.make import Plan, asked_variant
from ablate.plan.trial import Trial
from ablate.stats import band, estimate
from ablate.store.claims import Stated, claim_hash, stated
from ablate.store.store import Run, Store
from ablate.study.cells import Cell, same_cell
from ablate.study.defaults import DATA, RECIPE, VARIANT
from ablate.study.metrics import METRICS
from ablate.study.schema import Level, Levels

if TYPE_CHECKING:
    import numpy as np

    from ablate.analysis.contrasts import Answers


def analyze(plan: Plan, store: Store) -> Analysis:
    """Every number that a report on `plan` will print, from the records in `store`."""
    runs = store.runs(plan)
    audit = cached_audit(plan, store)
    study = plan.study
    cells = with_contrasts(
        [_cell(plan, cell, runs, store, audit) for cell in plan.cells],
        study.adjust,
        _answers(plan, runs),
    )
    cells = with_steps(cells, study.design)
    known, gone = stated(plan, store)
    claims = judge(study.claims, cells, plan.margin, plan.adaptive)
    rows = {trial.signature: _row(trial, runs, store) for trial in plan.trials}
    found = seen(chosen(plan, store), store)
    return Analysis(
        study=study.name,
        title=study.title,
        question=study.question,
        paper=study.paper,
        setting=plan.setting_name,
        setting_title=plan.setting.title,
        metric=METRICS[study.metric],
        margin=plan.margin,
        confidence=CONFIDENCE,
        adjustment=study.adjust,
        seeds=plan.seeds,
        adaptive=plan.adaptive,
        factors=factors(plan),
        labels=study.all_labels,
        cells=cells,
        claims=tuple(
            replace(result, seen=_seen(known.get(claim_hash(claim, plan))))
            for result, claim in zip(claims, study.claims, strict=True)
        ),
        withdrawn=gone,
        effects=effects(cells, study.design, factors(plan)),
        sums=together(cells, study.design),
        grids=grids(cells, study.design, factors(plan), CONFIDENCE),
        tradeoffs=tradeoffs(cells, METRICS[study.metric]),
        more=tuple(more_metrics(plan, runs)),
        against_paper=against_paper(cells, study.paper.sd if study.paper else None),
        interpretations=tuple(interpretations(found)),
        not_interpreted=not_interpreted(found),
        runs=tuple(rows.values()),
        teachers=tuple(rows[teacher.signature] for teacher in plan.teachers),
        provenance=provenance(plan, list(runs.values())),
    )


def _answers(plan: Plan, runs: Mapping[str, Run]) -> Answers:
    """What each run kept of its answers to the test images, where they make up the metric."""
    if plan.study.metric != "top1":
        return nothing_kept
    folders = {
        (trial.cell, trial.seed): runs[trial.signature].folder
        for trial in plan.trials
        if _finished(runs.get(trial.signature))
    }

    @cache
    def kept(cell: str, seed: int) -> np.ndarray | None:
        return folders[cell, seed].correct()

    return kept


def _seen(one: Stated | None) -> int | None:
    return one.seen if one else None


def factors(plan: Plan) -> tuple[str, ...]:
    """All factors that some cell changes, in the order in which the study names them."""
    changed = {factor for cell in plan.cells for factor in cell.changes}
    named: list[str] = []
    for model in plan.study.models.values():
        named += [*model.ablate, *(name for cell in model.cells for name in cell), *model.baseline]
    return tuple(dict.fromkeys(factor for factor in named if factor in changed))


def _cell(
    plan: Plan, cell: Cell, runs: Mapping[str, Run], store: Store, audit: Audit | None
) -> CellResult:
    """A row of the table, still without its contrast."""
    trials = plan.of_cell(cell)
    model = plan.study.models[cell.model]
    finished = [runs[t.signature] for t in trials if _finished(runs.get(t.signature))]
    scores = tuple(_score(run, plan.study.metric) for run in finished)
    times = [run.record.train_s for run in finished if run.record.train_s is not None]
    speeds = [r for run in finished if (r := run.record.images_per_s) is not None]
    return CellResult(
        name=cell.name,
        model=cell.model,
        model_label=model.label or cell.model,
        architecture=model.architecture,
        is_baseline=cell.is_baseline,
        levels=_levels(plan, cell, trials[0]),
        changes=cell.changes,
        title=cell.title,
        confounds=audit.confounds_of(cell.name) if audit else (),
        asked_variant=asked_variant(cell, model),
        trained_variant=trials[0].variant,
        parameters=next((run.record.parameters for run in finished), None),
        macs=next((run.record.macs for run in finished), None),
        images_per_s=median(speeds) if speeds else None,
        estimate=estimate([point.score for point in scores], CONFIDENCE),
        scores=scores,
        missing=tuple(
            _missing(trial, runs.get(trial.signature), store)
            for trial in trials
            if not _finished(runs.get(trial.signature))
        ),
        contrast=None,
        published=_published(plan, cell.name),
        train_s=fmean(times) if times else None,
        curve=_curve(finished, f"val/{plan.study.metric}"),
    )


def _finished(run: Run | None) -> bool:
    return run is not None and run.finished


def _score(run: Run, metric: str) -> SeedScore:
    return SeedScore(seed=run.trial.seed, score=run.record.scores[metric])


def _levels(plan: Plan, cell: Cell, trial: Trial) -> Levels:
    """The cell's level of every factor of the study that its model has."""
    defaults = describe(trial.architecture).defaults(trial.variant)
    recipe = {RECIPE + name: value for name, value in plan.setting.recipe}
    images = {"image_size": trial.image_shape[1], "train_share": trial.images.train_share}
    data = {DATA + name: value for name, value in images.items()}
    asked = asked_variant(cell, plan.study.models[cell.model])
    known: dict[str, Level] = {**defaults, **recipe, **data, VARIANT: asked, **cell.levels}  # type: ignore[dict-item]
    return {factor: known[factor] for factor in factors(plan) if factor in known}


def _missing(trial: Trial, run: Run | None, store: Store) -> Missing:
    if store.is_running(trial):
        return Missing(seed=trial.seed, state="running", cause=None)
    if run is None:
        return Missing(seed=trial.seed, state="not run", cause=None)
    return Missing(seed=trial.seed, state=run.state, cause=run.cause)


def _published(plan: Plan, name: str) -> float | None:
    for reference, scores in plan.study.published.items():
        if same_cell(reference, name):
            return scores.get(plan.study.metric)
    return None


def _curve(runs: Sequence[Run], name: str) -> tuple[CurvePoint, ...]:
    """The validation score per epoch over the seeds."""
    rows = [[float(row[name]) for row in run.folder.history()] for run in runs]
    points = band(rows, CONFIDENCE) if rows else ()
    return tuple(CurvePoint(epoch=i, estimate=e) for i, e in enumerate(points, start=1))


def _row(trial: Trial, runs: Mapping[str, Run], store: Store) -> RunRow:
    run = runs.get(trial.signature)
    state = run.state if run else ("running" if store.is_running(trial) else "not run")
    record = run.record if run else None
    return RunRow(
        cell=trial.cell,
        seed=trial.seed,
        signature=trial.signature,
        state=state,
        score=record.scores.get(trial.metric) if record else None,
        best_epoch=record.best_epoch + 1 if record and record.best_epoch is not None else None,
        train_s=record.train_s if record else None,
        cause=run.cause if run else None,
        stale=run.stale if run else (),
    )

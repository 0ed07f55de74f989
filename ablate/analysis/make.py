"""From a study and its results to one Analysis. Gaps are named, never filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING, Any

from ablate.analysis.claims import judge
from ablate.analysis.contrasts import CONFIDENCE, no_answers, with_contrasts
from ablate.analysis.effects import effects, together
from ablate.analysis.grids import grids
from ablate.analysis.interpretation import interpretations, not_interpreted
from ablate.analysis.ladder import with_steps
from ablate.analysis.lost import with_lost
from ablate.analysis.model import Analysis, CellResult, CurvePoint, Missing, RunRow, SeedScore
from ablate.analysis.more_metrics import more_metrics
from ablate.analysis.paper import against_paper, published_metric
from ablate.analysis.provenance import provenance
from ablate.analysis.repeated import repeated_effects, repeated_metric, with_repeated
from ablate.analysis.tradeoffs import tradeoffs
from ablate.results.frame import FINISHED, Results, score_column
from ablate.stats import band, estimate
from ablate.study.labels import factor_labels, level_labels, model_labels
from ablate.study.levels import level_text
from ablate.study.metrics import METRICS
from ablate.study.references import Reference, read_reference
from ablate.study.schema import Study

if TYPE_CHECKING:
    import numpy as np

    from ablate.analysis.contrasts import Answers

Row = Mapping[str, Any]
TEACHER = "recipe.teacher"
"""The factor whose levels may have a stand-in."""


def analyze(study: Study, results: Results) -> Analysis:
    """Every number that a report on `study` will print, and every decision it will state."""
    rows = results.rows()
    by_cell = _by_cell(rows)
    factors = _factors(study, by_cell)
    metric, published_in = METRICS[study.metric], published_metric(study)
    answers = _answers(study, rows, results)
    cells = with_contrasts(
        with_lost([_cell(study, own, factors, results) for own in by_cell.values()], metric),
        study.adjust,
        answers,
    )
    rule = results.adaptive
    cells = with_repeated(with_steps(cells, study.design), rule, study.claims)
    claims = judge(study.claims, cells, results.margin, rule, metric=metric, answers=answers)
    return Analysis(
        study=study.name,
        title=study.title,
        question=study.question,
        paper=study.paper,
        notes=study.notes,
        setting=results.setting,
        setting_title=results.setting_title,
        metric=metric,
        margin=results.margin,
        confidence=CONFIDENCE,
        adjustment=study.adjust,
        seeds=_seeds(by_cell),
        adaptive=rule,
        factors=factors,
        labels=factor_labels(study),
        level_labels=_level_labels(study, results),
        cells=cells,
        claims=tuple(
            replace(claim, seen=seen, exploratory=bool(seen))
            for claim, seen in zip(claims, results.claims_seen, strict=True)
        ),
        withdrawn=tuple(results.withdrawn),
        extended_from=results.extended_from,
        effects=repeated_effects(effects(cells, study.design, factors), rule),
        sums=repeated_effects(together(cells, study.design), rule),
        grids=grids(cells, study.design, factors, CONFIDENCE),
        tradeoffs=tuple(tradeoffs(cells, metric)),
        more=tuple(repeated_metric(one, rule) for one in more_metrics(study.more_metrics, by_cell)),
        published_metric=published_in,
        against_paper=against_paper(
            cells, study.paper.sd if study.paper else None, metric, published_in
        ),
        interpretations=tuple(interpretations(results.interpretations)),
        not_interpreted=not_interpreted(results.interpretations),
        runs=tuple(_run(row, study.metric) for row in rows),
        teachers=tuple(_run(row, study.metric) for row in rows if row["teaches"]),
        provenance=provenance(study, results, _seeds(by_cell), rows),
    )


def _by_cell(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Cell → its rows; teachers that are of no cell are left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row["model"] is not None:
            found.setdefault(row["cell"], []).append(row)
    return found


def _level_labels(study: Study, results: Results) -> dict[str, dict[str, str]]:
    """The study's; and of a teacher the one that taught: `convmixer:convmixer-8px, for timm:…`."""
    found = level_labels(study)
    teachers = found.setdefault(TEACHER, {})
    for asked, taught in results.teachers.items():
        if teachers.get(level_text(asked), asked) == asked:
            teachers[level_text(asked)] = f"{taught}, for {asked}"
    return found


def _seeds(by_cell: Mapping[str, Sequence[Row]]) -> tuple[int, ...]:
    """The seeds of the cells that have the most."""
    return tuple(dict.fromkeys(row["seed"] for rows in by_cell.values() for row in rows))


def _factors(study: Study, by_cell: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """All factors that some cell changes, in the order in which the study names them."""
    changed = {factor for rows in by_cell.values() for factor in rows[0]["changes"]}
    named: list[str] = []
    for model in study.models.values():
        named += [*model.ablate, *(name for cell in model.cells for name in cell), *model.baseline]
    return tuple(dict.fromkeys(factor for factor in named if factor in changed))


def _answers(study: Study, rows: Sequence[Row], results: Results) -> Answers:
    """Correct or not, per run and test image, where the metric is made of that."""
    if study.metric != "top1":
        return no_answers
    signatures = {(row["cell"], row["seed"]): row["signature"] for row in rows}

    def answers(cell: str, seed: int) -> np.ndarray | None:
        return results.answers(signatures[cell, seed])

    return answers


def _cell(
    study: Study, rows: Sequence[Row], factors: Sequence[str], results: Results
) -> CellResult:
    """A row of the table, still without its contrast."""
    first = rows[0]
    finished = [row for row in rows if row["state"] == FINISHED]
    score = score_column(study.metric)
    scores = tuple(SeedScore(seed=row["seed"], score=row[score]) for row in finished)
    times = _known(finished, "train_s")
    speeds = _known(finished, "images_per_s")
    return CellResult(
        name=first["cell"],
        model=first["model"],
        model_label=model_labels(study)[first["model"]],
        architecture=first["architecture"],
        is_baseline=not first["changes"],
        levels={name: first["levels"][name] for name in factors if name in first["levels"]},
        changes=first["changes"],
        title=first["title"] or "",
        confounds=tuple(results.confounds.get(first["cell"], ())),
        later=dict(results.later.get(first["cell"], {})),
        asked_variant=first["asked_variant"],
        trained_variant=first["variant"],
        parameters=finished[0]["parameters"] if finished else None,
        macs=finished[0]["macs"] if finished else None,
        speed=estimate(speeds, CONFIDENCE) if speeds else None,
        estimate=estimate([point.score for point in scores], CONFIDENCE),
        scores=scores,
        missing=tuple(
            Missing(seed=row["seed"], state=row["state"], cause=row["cause"])
            for row in rows
            if row["state"] != FINISHED
        ),
        contrast=None,
        published=_published(study, Reference(first["model"], first["changes"])),
        train_s=fmean(times) if times else None,
        curve=_curve([results.history(row["signature"]) for row in finished], study.metric),
    )


def _known(rows: Sequence[Row], column: str) -> list[float]:
    return [row[column] for row in rows if row[column] is not None]


def _published(study: Study, cell: Reference) -> float | None:
    metric = published_metric(study)
    for text, scores in study.published.items():
        if metric and read_reference(text).means(cell):
            return scores.get(metric.name)
    return None


def _curve(histories: Sequence[Sequence[Row]], metric: str) -> tuple[CurvePoint, ...]:
    """The validation score per epoch over the seeds."""
    curves = [[float(row[f"val/{metric}"]) for row in history] for history in histories]
    points = band(curves, CONFIDENCE) if curves else ()
    return tuple(CurvePoint(epoch=i, estimate=e) for i, e in enumerate(points, start=1))


def _run(row: Row, metric: str) -> RunRow:
    return RunRow(
        cell=row["cell"],
        seed=row["seed"],
        signature=row["signature"],
        state=row["state"],
        score=row[score_column(metric)],
        best_epoch=row["best_epoch"],
        train_s=row["train_s"],
        cause=row["cause"],
        stale=row["stale"] or (),
        threads=row["environment"]["threads"] if row["environment"] else None,
    )

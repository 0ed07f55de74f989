"""Metrics beside the study's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ablate.analysis.make import analyze
from ablate.plan.make import make_plan
from ablate.report.sections.robustness import robustness
from ablate.results.store import read_store
from ablate.stats import holm, paired_difference
from ablate.store.record import Record, State
from ablate.store.store import Store
from ablate.study.schema import Model, Study
from tests.analysis.test_analysis import leave

LOSSES = {
    "m": (0.30, 0.32, 0.29),
    "m[pos_embed=none]": (0.81, 0.79, 0.84),
    "m[pos_embed=relative]": (0.31, None, 0.28),
}
STUDY = Study(
    name="s",
    title="S",
    models={
        "m": Model(architecture="vit", variant="deit-s", ablate={"pos_embed": ("none", "relative")})
    },
    seeds=3,
    more_metrics=("loss",),
)


@pytest.fixture
def analysis(tmp_path):
    plan, store = make_plan(STUDY), Store(tmp_path)
    for trial in plan.trials:
        loss = LOSSES[trial.cell][trial.seed]
        scores = {"top1": 90.0 + trial.seed, **({} if loss is None else {"loss": loss})}
        leave(store, trial, Record(state=State.FINISHED, scores=scores))
    return analyze(plan.study, read_store(store, plan))


def test_each_has_its_own_estimates_contrasts_and_family(analysis):
    (more,) = analysis.more
    base, *others = more.scores
    assert (more.metric.name, base.difference, base.estimate.n) == ("loss", None, 3)
    expected = [
        paired_difference(LOSSES["m[pos_embed=none]"], LOSSES["m"]),
        paired_difference((0.31, 0.28), (0.30, 0.29)),
    ]
    assert [one.difference for one in others] == expected
    assert [one.p_adjusted for one in others] == list(holm([d.p for d in expected]))


def test_the_table_has_two_columns_for_each(analysis):
    (table,) = robustness(analysis)
    assert [column.title for column in table.columns] == [
        "Change",
        "Cross-entropy (nats)",
        "Difference",
    ]
    rows = [[cell.text for cell in row.cells] for row in table.groups[0].rows]
    assert rows[0] == ["learned", "0.303 ± 0.015 (3)", "baseline"]
    assert rows[2][1] == "0.295 ± 0.021 (2/3)"
    assert table.caption.startswith(
        "Further metrics, which decide no claim: Cross-entropy in nats on the test split, where "
        "lower is better; all at the epoch that was best on validation by Top-1. Mean"
    )


def test_one_metric_needs_no_table(analysis):
    assert list(robustness(replace(analysis, more=()))) == []

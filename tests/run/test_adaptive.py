"""Adaptive seeds: how often the whole procedure errs, what it saves, and which trials it adds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ablate.analysis import looks
from ablate.analysis.claims import judge
from ablate.analysis.make import analyze
from ablate.analysis.model import Verdict
from ablate.analysis.verdicts import verdict
from ablate.plan.make import Plan, make_plan
from ablate.report.build import build_report
from ablate.report.sections.answer import trust
from ablate.report.sections.verdicts import reason
from ablate.results.store import read_store
from ablate.run.adaptive import grown
from ablate.run.executors.inline import InlineExecutor
from ablate.run.scheduler import Options, execute
from ablate.stats import thresholds
from ablate.store.record import Record, State
from ablate.store.store import Store
from ablate.study.schema import Adaptive, Claim, Model, Study
from tests.analysis.test_analysis import leave
from tests.analysis.test_claims import SCALE, cell
from tests.run.test_scheduler import Notes
from tests.targets import pretend

RULE = Adaptive(min=3, max=8)
CLAIMS = (
    Claim(says="one", contrast="m[a=1]", expect="lower"),
    Claim(says="two", contrast="m[a=2]", expect="higher"),
)


def simulated(rng, effects=(0.0, 0.0), seeds=8):
    """Three cells whose seeds share their luck; what is left over is a point."""
    luck = rng.normal(70, 3, seeds)
    rows = [luck + effect + rng.normal(0, 1, seeds) for effect in (0.0, *effects)]
    names = [("m", {}), ("m[a=1]", {"a": 1}), ("m[a=2]", {"a": 2})]
    return [
        cell(name, tuple(row.tolist()), changes)
        for (name, changes), row in zip(names, rows, strict=True)
    ]


def share_with_a_verdict(times: int) -> float:
    """How many of the studies without any effect give a verdict all the same."""
    rng, given = np.random.default_rng(11), 0
    for _ in range(times):
        cells = simulated(rng)
        judged = [looks.looked(claim, cells, 0.0, RULE, CLAIMS) for claim in CLAIMS]
        given += any(verdict(one.tests) is not Verdict.UNDECIDED for one in judged)
    return given / times


def test_without_an_effect_verdicts_are_given_in_at_most_five_of_a_hundred_studies():
    times = 1200
    wrong = share_with_a_verdict(times)
    assert wrong <= 0.05 + 3 * (0.05 * 0.95 / times) ** 0.5
    assert wrong > 0.02  # it does give verdicts: four tests share the 5 %


def test_looking_as_often_without_being_stricter_would_err_more(monkeypatch):
    monkeypatch.setattr(looks, "thresholds", lambda numbers, alpha: (alpha,) * len(numbers))
    assert share_with_a_verdict(400) > 0.08


def test_a_clear_effect_is_decided_early():
    rng = np.random.default_rng(12)
    found = [
        judge(CLAIMS, simulated(rng, (-6.0, 6.0)), None, RULE, metric=SCALE) for _ in range(200)
    ]
    decided = [one for two in found for one in two if one.verdict is Verdict.SUPPORTED]
    assert len(decided) / 400 > 0.95
    assert np.mean([one.look.seeds for one in decided]) < 5.5


def test_a_decision_is_final_whatever_comes_after():
    rng = np.random.default_rng(13)
    cells = simulated(rng, (-6.0, 0.0))
    first = judge(CLAIMS, cells, None, RULE, metric=SCALE)[0]
    assert first.verdict is Verdict.SUPPORTED
    other = simulated(rng, (9.0, 9.0))
    n = first.look.seeds
    mixed = [
        cell(
            one.name,
            tuple(p.score for p in one.scores[:n]) + tuple(p.score for p in two.scores[n:]),
            one.changes,
        )
        for one, two in zip(cells, other, strict=True)
    ]
    assert judge(CLAIMS, mixed, None, RULE, metric=SCALE)[0] == first


def test_the_look_and_its_limit_are_told():
    rng = np.random.default_rng(14)
    open_ = judge(CLAIMS, simulated(rng), None, RULE, metric=SCALE)[0]
    assert (open_.look.seeds, open_.look.most) == (8, 8)
    assert open_.look.limit == thresholds(tuple(range(3, 9)), 0.05 / 4)[-1]


STUDY = Study(
    name="s",
    title="S",
    models={
        "m": Model(architecture="vit", variant="deit-s", ablate={"pos_embed": ("none", "relative")})
    },
    seeds=RULE,
    claims=(
        Claim(says="positions help", contrast="m[pos_embed=none]", expect="lower"),
        Claim(says="relative do better", contrast="m[pos_embed=relative]", expect="higher"),
    ),
)
NOISE = (0.1, -0.2, 0.15, -0.1, 0.05, 0.2, -0.15, 0.0)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "runs")
    made.prepare()
    return made


def counts(plan: Plan) -> dict[str, int]:
    return {one.name: len(plan.of_cell(one)) for one in plan.cells}


def test_seeds_are_added_only_where_they_still_decide(store):
    """Without positions 20 points are lost, which three or four seeds show; relative ones tie."""
    effects = {"m": 0.0, "m[pos_embed=none]": -20.0, "m[pos_embed=relative]": 0.0}
    shift = {"m": 0, "m[pos_embed=none]": 3, "m[pos_embed=relative]": 5}
    plan = make_plan(STUDY)
    assert set(counts(plan).values()) == {3}
    assert grown(plan, store).trials == plan.trials
    for _ in range(20):
        for trial in plan.trials:
            if store.run(trial) is None:
                noise = NOISE[(trial.seed + shift[trial.cell]) % 8]
                score = 80.0 + effects[trial.cell] + noise
                record = Record(state=State.FINISHED, scores={"top1": score}, train_s=1.0)
                leave(store, trial, record)
        plan = grown(make_plan(STUDY), store)
    found = counts(plan)
    assert (found["m"], found["m[pos_embed=relative]"]) == (8, 8)
    assert 3 <= found["m[pos_embed=none]"] <= 4
    analysis = analyze(plan.study, read_store(store, plan))
    first, second = analysis.claims
    assert (first.verdict, second.verdict) == (Verdict.SUPPORTED, Verdict.UNDECIDED)
    assert first.look.seeds == found["m[pos_embed=none]"]
    assert "started with 3, and seeds were added, up to 8," in trust(analysis)
    assert f"over {first.look.seeds} of at most 8 seeds" in reason(first, analysis)
    text = str(build_report(analysis).blocks)
    assert "after every seed, strict enough that over all looks, claims and directions" in text


def test_the_scheduler_goes_on_until_no_claim_asks_for_more(store):
    def grow(plan: Plan) -> Plan:
        return grown(plan, store)

    notes = Notes()
    execute(make_plan(STUDY), InlineExecutor(pretend), store, Options(), notes, grow)
    # `pretend` gives all seeds of a cell the same differences: nothing can ever be decided.
    assert counts(grown(make_plan(STUDY), store)) == dict.fromkeys(counts(make_plan(STUDY)), 8)
    assert len(notes.started) == 24
    again = Notes()
    plan = grown(make_plan(STUDY), store)
    execute(plan, InlineExecutor(pretend), store, Options(), again, grow)
    assert again.started == []


def test_what_fails_is_not_tried_for_ever(store):
    lines = [f"m[pos_embed=none]/s{seed} fail" for seed in range(9)]
    (store.root / "misbehave").write_text("\n".join(lines))
    notes = Notes()
    execute(
        make_plan(STUDY),
        InlineExecutor(pretend),
        store,
        Options(),
        notes,
        lambda p: grown(p, store),
    )
    assert len(notes.started) == len(set(notes.started)) == 24


def test_numbered_seeds_on_the_command_line_are_not_adaptive(store):
    plan = make_plan(STUDY, seeds=(0, 1))
    assert plan.adaptive is None
    assert grown(plan, store) is plan

"""What seeds can show: the sentences, and where a spread is known from."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from statistics import variance

import pytest

from ablate.budget.model import Spread
from ablate.budget.power import known_spread, power_of
from ablate.cli.budget import power_lines
from ablate.plan.make import Plan, make_plan
from ablate.stats import detectable, seeds_needed, thresholds
from ablate.store.store import Store
from ablate.study.load import find_study, load_study
from ablate.study.metrics import METRICS
from ablate.study.schema import Adaptive
from tests.budget.examples import FIRST, OTHER, finish, plan, store_in

MEANING = (
    "detect: with 80 % power, two-sided at 5 %, each contrast on its own; "
    "SD: of the differences by seed"
)
SPREAD = Spread(sd=0.66, contrasts=4, runs=30, studies=("pos_embedding",))


def lines(asked: Plan, spread: Spread | None = None) -> list[str]:
    return list(power_lines(power_of(asked, spread), METRICS["top1"]))


@pytest.mark.parametrize(
    ("seeds", "size", "exact"), [(2, "11.5", "0.5"), (3, "3.3", "0.25"), (5, "1.7", "0.0625")]
)
def test_few_seeds_find_large_differences_and_no_exact_test(seeds, size, exact):
    assert lines(plan(seeds)) == [
        f"{seeds} seeds detect differences of {size} SD",
        MEANING,
        f"with {seeds} seeds no exact paired test can reach p < {exact}",
    ]


def test_six_seeds_are_enough_for_an_exact_test():
    assert lines(plan(6)) == ["6 seeds detect differences of 1.4 SD", MEANING]


def test_one_seed_shows_nothing():
    assert lines(plan(1, (FIRST, OTHER), 1.5), SPREAD) == [
        "1 seed shows nothing: without a spread there is nothing to test with"
    ]


def test_with_a_known_spread_it_is_said_in_points():
    assert lines(plan(5, (FIRST, OTHER), 1.5), SPREAD) == [
        "5 seeds detect differences of 1.7 SD, here 1.1 points",
        MEANING,
        "1 SD is 0.66 points, pooled over 4 contrasts (30 runs) of pos_embedding",
        "a difference as large as the margin, 1.5 points, takes 5 seeds, as one of 2 claims",
        "2 claims are adjusted for each other (Holm): the first direction to be shown takes "
        "2.1 SD, here 1.4 points",
        "with 5 seeds no exact paired test can reach p < 0.0625",
    ]


def test_the_numbers_are_those_of_the_statistics():
    power = power_of(plan(5, (FIRST, OTHER), 1.5), SPREAD)
    assert power.found_sd == detectable(5)
    assert power.found == pytest.approx(detectable(5, sd=0.66))
    assert power.found_first == pytest.approx(detectable(5, sd=0.66, alpha=0.025))
    assert power.seeds_for_margin == seeds_needed(1.5, 0.66, alpha=0.025, sides=2)


def test_a_margin_that_seeds_will_hardly_find():
    assert "a difference as large as the margin, 0.01 points, takes more than 1,000 seeds" in lines(
        plan(5, margin=0.01), SPREAD
    )


def test_many_studies_are_not_all_named():
    spread = Spread(sd=1.0, contrasts=40, runs=90, studies=("a", "b", "c", "d", "e"))
    said = "1 SD is 1 points, pooled over 40 contrasts (90 runs) of a, b, c and 2 more"
    assert said in lines(plan(5), spread)


SCORES = {"m": (90.0, 91.0, 92.0), "m[pos_embed=none]": (80.0, 82.0, 81.0), "m[depth=2]": (88.0,)}


def fill(store: Store, asked: Plan) -> None:
    for trial in asked.trials:
        scores = SCORES[trial.cell]
        if trial.seed < len(scores):
            finish(store, trial, score=scores[trial.seed])


def test_the_spread_is_that_of_the_studys_own_contrasts(tmp_path):
    asked, store = plan(5), store_in(tmp_path)
    assert known_spread(asked, store) is None
    fill(store, asked)
    found = known_spread(asked, store)
    # One cell has a single seed: it has no spread, and its run is not counted.
    assert found.sd == pytest.approx(sqrt(variance([-10.0, -9.0, -11.0])))
    assert (found.contrasts, found.runs, found.studies) == (1, 6, ("s",))


def test_contrasts_are_pooled_by_their_degrees_of_freedom(tmp_path):
    asked, store = plan(3), store_in(tmp_path)
    fill(store, asked)
    finish(store, next(t for t in asked.trials if t.name == "m[depth=2]/s1"), score=93.0)
    found = known_spread(asked, store)
    pooled = (2 * variance([-10.0, -9.0, -11.0]) + 1 * variance([-2.0, 2.0])) / 3
    assert found.sd == pytest.approx(sqrt(pooled))
    assert (found.contrasts, found.runs) == (2, 8)


def test_without_runs_of_its_own_another_study_tells_the_spread(tmp_path, monkeypatch):
    (tmp_path / "studies").mkdir()
    text = "title: T\nmodels: {m: {architecture: vit, variant: deit-s, ablate: {depth: [3]}}}\n"
    (tmp_path / "studies/other.yaml").write_text(text + "seeds: 3\n", encoding="utf-8")
    (tmp_path / "studies/broken.yaml").write_text("title: [", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    store = store_in(tmp_path)
    from ablate.plan.make import make_plan
    from ablate.study.load import load_study

    other = make_plan(load_study(Path("studies/other.yaml")))
    for trial in other.trials:
        finish(store, trial, score=90.0 + trial.seed**2 * ("depth" in trial.cell))
    found = known_spread(plan(), store)
    assert found.studies == ("other",)
    assert (found.contrasts, found.runs) == (1, 6)
    assert found.sd == pytest.approx(sqrt(variance([0.0, 1.0, 4.0])))


def test_differences_without_spread_tell_none(tmp_path):
    asked, store = plan(2), store_in(tmp_path)
    for trial in asked.trials:
        finish(store, trial, score=90.0)
    assert known_spread(asked, store) is None


def test_with_adaptive_seeds_it_tells_what_all_of_them_find():
    study = load_study(find_study("pos_embedding"))
    plan = make_plan(study.model_copy(update={"seeds": Adaptive(min=3, max=8)}))
    power = power_of(plan, None)
    limit = thresholds((3, 4, 5, 6, 7, 8), 0.05 / 4)[-1]
    assert power.found_by_most_sd == detectable(8, alpha=limit, sides=1)
    assert power.found_first_sd is None
    lines = list(power_lines(power, METRICS["top1"]))
    assert (
        lines[2] == "seeds are added up to 8 while a claim is undecided: all of them detect 1.7 SD"
    )

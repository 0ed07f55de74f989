"""Costs and the Pareto front: against its definition."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.analysis.model import Missing
from ablate.analysis.tradeoffs import front, tradeoffs
from ablate.stats import estimate
from ablate.study.metrics import METRICS
from tests.analysis.test_claims import cell

TOP1, LOSS = METRICS["top1"], METRICS["loss"]
PAID = st.lists(
    st.tuples(st.integers(1, 6).map(float), st.integers(1, 6).map(float)), min_size=1, max_size=12
)


@given(PAID, st.sampled_from([TOP1, LOSS]))
def test_on_the_front_is_who_is_not_beaten(pairs, metric):
    paid = {f"c{n}": pair for n, pair in enumerate(pairs)}
    good = 1 if metric is TOP1 else -1

    def beats(one, other):
        less, more = other[0] - one[0], good * (one[1] - other[1])
        return min(less, more) >= 0 and max(less, more) > 0

    unbeaten = {n for n, own in paid.items() if not any(beats(o, own) for o in paid.values())}
    found = front(paid, metric)
    assert set(found) == unbeaten
    assert len(found) == len(unbeaten)
    costs = [paid[name][0] for name in found]
    assert costs == sorted(costs)


def priced(name, mean, **costs):
    return replace(cell(name, (mean - 1, mean + 1)), **costs)


def test_only_costs_that_differ_are_told():
    cells = [
        priced("a", 80.0, parameters=100, macs=1000, train_s=10.0),
        priced("b", 90.0, parameters=102, macs=2000, train_s=12.0),
        priced("c", 85.0, parameters=101, macs=3000, train_s=11.0),
    ]
    found = {one.cost: one.front for one in tradeoffs(cells, TOP1)}
    assert found == {"macs": ("a", "b")}


def test_measured_times_rank_nothing():
    cells = [
        priced("a", 80.0, macs=1000, train_s=10.0, speed=estimate((900.0, 910.0))),
        priced("b", 90.0, macs=1001, train_s=30.0, speed=estimate((300.0, 310.0))),
    ]
    assert list(tradeoffs(cells, TOP1)) == []


@pytest.mark.parametrize("macs", [None, 1000])
def test_one_price_for_all_is_no_tradeoff(macs):
    assert list(tradeoffs([priced("a", 80.0, macs=macs), priced("b", 90.0, macs=macs)], TOP1)) == []
    assert list(tradeoffs([], TOP1)) == []


def test_a_cell_without_a_score_or_a_price_plays_no_part():
    cells = [
        priced("a", 80.0, macs=1000),
        priced("b", 90.0, macs=None),
        replace(cell("c", ()), macs=5000),
    ]
    assert list(tradeoffs(cells, TOP1)) == []


def test_a_cell_that_lost_runs_is_on_no_front():
    lost = Missing(seed=2, state="failed", cause=None, range=(0.0, 100.0))
    survivor = replace(priced("m[a=1]", 99.0, macs=10), missing=(lost,))
    cells = (priced("m", 80.0, macs=100), priced("m[a=2]", 70.0, macs=50), survivor)
    (found,) = tradeoffs(cells, TOP1)
    assert found.front == ("m[a=2]", "m")

"""Claims are noted before their runs, and a change is never unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ablate.analysis.make import analyze
from ablate.plan.make import Plan, make_plan
from ablate.results.store import read_store
from ablate.store.claims import register
from ablate.store.record import Execution, Record, State
from ablate.store.store import Store
from ablate.study.schema import Study
from tests.report.sections.test_caveats import notes

EXECUTION = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
FIRST = {"says": "worse without", "contrast": "m[pos_embed=none]", "expect": "lower"}
OTHER = {"says": "fewer layers do", "contrast": "m[depth=2]", "expect": "not_lower"}


def plan(*claims: dict, margin: float = 1.0) -> Plan:
    ablate = {"pos_embed": ["none"], "depth": [2]}
    model = {"architecture": "vit", "variant": "deit-s", "ablate": ablate}
    parts = {"name": "s", "title": "S", "models": {"m": model}, "seeds": 2, "margin": margin}
    return make_plan(Study.model_validate({**parts, "claims": claims}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    made.prepare()
    return made


def finish(store: Store, *cells: str) -> None:
    """Both runs of these cells end well."""
    for trial in plan().trials:
        if trial.cell in cells:
            score = {"top1": 90.0 + trial.seed}
            store.start(trial, EXECUTION).close(Record(state=State.FINISHED, scores=score))


def seen(plan: Plan, store: Store) -> list[int | None]:
    return [claim.seen for claim in analyze(plan.study, read_store(store, plan)).claims]


def late(plan: Plan, store: Store) -> list[str]:
    return [
        note
        for note in notes(analyze(plan.study, read_store(store, plan)))
        if "laim" in note or "Stated" in note
    ]


def test_claims_of_before_the_runs_stay_so(store: Store) -> None:
    register(plan(FIRST), store)
    finish(store, "m", "m[pos_embed=none]", "m[depth=2]")
    register(plan(FIRST), store)
    assert seen(plan(FIRST), store) == [0]
    assert late(plan(FIRST), store) == []
    assert len((store.root / "claims/s-digits.jsonl").read_text().splitlines()) == 1


def test_a_claim_that_was_added_or_changed_later_is_named(store: Store) -> None:
    register(plan(FIRST), store)
    finish(store, "m", "m[depth=2]")
    changed = {**FIRST, "expect": "equivalent"}
    register(plan(changed, OTHER), store)
    # Only the one whose cells both have scores could be read off them.
    assert seen(plan(changed, OTHER), store) == [0, 2]
    finish(store, "m[pos_embed=none]")
    assert late(plan(changed, OTHER), store) == [
        "Stated or changed after scores of its cells could be seen: “fewer layers do” (2 seeds)."
    ]
    # Back to what it was first: that was stated in time.
    register(plan(FIRST), store)
    assert seen(plan(FIRST), store) == [0]


def test_another_margin_is_another_claim(store: Store) -> None:
    register(plan(FIRST), store)
    finish(store, "m", "m[pos_embed=none]")
    register(plan(FIRST, margin=5.0), store)
    assert seen(plan(FIRST, margin=5.0), store) == [2]


def test_what_was_withdrawn_is_named_if_a_run_had_ended(store: Store) -> None:
    register(plan(FIRST, OTHER), store)
    register(plan(FIRST), store)
    assert late(plan(FIRST), store) == []
    register(plan(FIRST, OTHER), store)
    finish(store, "m")
    register(plan(OTHER), store)
    assert late(plan(OTHER), store) == ["Claimed earlier and since withdrawn: “worse without”."]


def test_a_claim_that_nobody_noted_is_not_said_to_be_early(store: Store) -> None:
    assert seen(plan(FIRST), store) == [None]


def test_a_line_that_was_cut_off_harms_nothing(store: Store) -> None:
    register(plan(FIRST), store)
    file = store.root / "claims/s-digits.jsonl"
    file.write_text(file.read_text() + '{"format": 1, "fin\n', encoding="utf-8")
    assert seen(plan(FIRST), store) == [0]

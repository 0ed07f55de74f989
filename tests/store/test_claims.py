"""Claims are noted before their runs, and a change is never unnoticed."""

from __future__ import annotations

import json
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


def plan(
    *claims: dict, margin: float = 1.0, name: str = "s", seeds: tuple[int, ...] | None = None
) -> Plan:
    ablate = {"pos_embed": ["none"], "depth": [2]}
    model = {"architecture": "vit", "variant": "deit-s", "ablate": ablate}
    parts = {"name": name, "title": "S", "models": {"m": model}, "seeds": 2, "margin": margin}
    return make_plan(Study.model_validate({**parts, "claims": claims}), seeds=seeds)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    made.prepare()
    return made


def finish(store: Store, *cells: str, seeds: tuple[int, ...] | None = None) -> None:
    """The runs of these cells end well."""
    for trial in plan(seeds=seeds).trials:
        if trial.cell in cells:
            score = {"top1": 90.0 + trial.seed}
            store.start(trial, EXECUTION).close(Record(state=State.FINISHED, scores=score))


def seen(plan: Plan, store: Store) -> list[int | None]:
    return [claim.seen for claim in analyze(plan.study, read_store(store, plan)).claims]


def late(plan: Plan, store: Store) -> list[str]:
    return [
        note
        for note in notes(analyze(plan.study, read_store(store, plan)))
        if "laim" in note or "Exploratory" in note or "exploratory" in note
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
        "Exploratory, since it or its seeds were stated after scores could be seen: “fewer layers"
        " do” (2 seeds)."
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


CELLS = ("m", "m[pos_embed=none]", "m[depth=2]")
THREE, FIVE = (0, 1, 2), (0, 1, 2, 3, 4)


def test_seeds_that_are_added_after_scores_were_seen_make_a_verdict_exploratory(store: Store):
    first, more = plan(FIRST, seeds=THREE), plan(FIRST, seeds=FIVE)
    register(first, store)
    register(more, store)
    assert seen(more, store) == [0]  # nothing had been run
    finish(store, *CELLS, seeds=THREE)
    eight = plan(FIRST, seeds=tuple(range(8)))
    register(eight, store)
    finish(store, *CELLS, seeds=(3, 4))
    found = analyze(eight.study, read_store(store, eight))
    assert (found.claims[0].seen, found.claims[0].exploratory) == (3, True)
    assert found.extended_from == THREE
    assert late(eight, store) == [
        "Planned with seeds 0–2, and with seeds 0–7 after scores could be seen: p-values, bold and"
        " verdicts are exploratory. Seeds that are added until something shows err more often than"
        " 5 %.",
        "Exploratory, since it or its seeds were stated after scores could be seen: “worse without”"
        " (3 seeds).",
    ]
    for planned in (first, more):
        assert seen(planned, store) == [0]
        assert late(planned, store) == []


def test_neither_order_nor_a_report_alone_nor_another_name_hides_it(store: Store):
    register(plan(FIRST, seeds=THREE), store)
    finish(store, *CELLS, seeds=FIVE)
    assert seen(plan(FIRST, seeds=(2, 0, 1)), store) == [0]
    # Nobody noted these; a report that is asked for now looks at scores that are there.
    assert seen(plan(FIRST, seeds=FIVE), store) == [5]
    assert seen(plan(FIRST, seeds=(0, 2)), store) == [2]
    renamed = plan({**FIRST, "says": "another sentence"}, seeds=FIVE, name="t")
    register(renamed, store)
    assert seen(renamed, store) == [5]


def test_pilot_seeds_leave_others_to_confirm(store: Store):
    register(plan(FIRST, seeds=(100, 101)), store)
    finish(store, *CELLS, seeds=(100, 101))
    confirm = plan(FIRST, seeds=FIVE)
    register(confirm, store)
    finish(store, *CELLS, seeds=FIVE)
    assert seen(confirm, store) == [0]
    assert late(confirm, store) == []


def test_a_study_without_claims_says_that_its_seeds_were_extended(store: Store):
    register(plan(seeds=THREE), store)
    finish(store, "m", seeds=THREE)
    assert analyze(plan().study, read_store(store, plan(seeds=FIVE))).extended_from == THREE


def test_notes_from_before_seeds_were_kept_speak_for_all_seeds(store: Store):
    register(plan(FIRST, seeds=THREE), store)
    file = store.root / "claims/s-digits.jsonl"
    note = json.loads(file.read_text(encoding="utf-8"))
    del note["seeds"]
    file.write_text(json.dumps(note) + "\n", encoding="utf-8")
    finish(store, *CELLS, seeds=FIVE)
    assert seen(plan(FIRST, seeds=FIVE), store) == [0]
    assert late(plan(FIRST, seeds=FIVE), store) == []

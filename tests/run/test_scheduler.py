"""Scheduling with pretended training: what is run, what is skipped, and how every end is kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ablate.cli.status import status_text
from ablate.errors import AblateError, StoreError
from ablate.plan.make import Plan, make_plan
from ablate.plan.trial import Trial
from ablate.run.executors.inline import InlineExecutor
from ablate.run.executors.local import LocalExecutor
from ablate.run.scheduler import Options, execute
from ablate.settings.schema import Override
from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Environment, Execution, Record, State
from ablate.store.store import Store
from ablate.study.schema import Model, Study
from tests.targets import pretend

STUDY = Study(
    name="s",
    title="S",
    models={
        "m": Model(
            architecture="vit",
            variant="deit-s",
            ablate={"pos_embed": ("none",), "depth": (2,)},
        )
    },
    seeds=2,
)


class Notes:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.ended: list[tuple[str, State, bool]] = []
        self.counts: tuple[int, int] | None = None

    def begin(self, plan: Plan, done: int, todo: int) -> None:
        self.counts = (done, todo)

    def start(self, trial: Trial, folder: RunFolder) -> None:
        self.started.append(trial.name)

    def end(self, trial: Trial, record: Record, again: bool) -> None:
        self.ended.append((trial.name, record.state, again))

    def tick(self) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "runs")
    made.prepare()
    return made


@pytest.fixture
def plan() -> Plan:
    return make_plan(STUDY)


def run(plan: Plan, store: Store, *, local: bool = False, **options) -> Notes:
    notes = Notes()
    executor = LocalExecutor(pretend, workers=2) if local else InlineExecutor(pretend)
    execute(plan, executor, store, Options(**options), notes)
    return notes


def misbehave(store: Store, *lines: str) -> None:
    (store.root / "misbehave").write_text("\n".join(lines))


def states(plan: Plan, store: Store) -> Counter[State]:
    return Counter(run.record.state for run in store.runs(plan).values())


def test_everything_is_run_once_and_then_nothing(plan, store):
    first = run(plan, store)
    assert first.counts == (0, 6)
    assert sorted(first.started) == sorted(trial.name for trial in plan.trials)
    second = run(plan, store)
    assert second.counts == (6, 0)
    assert second.started == []


def test_every_cell_is_tried_before_any_is_repeated(plan, store):
    assert [name[-2:] for name in run(plan, store).started] == ["s0"] * 3 + ["s1"] * 3


@pytest.fixture
def taught() -> Plan:
    """A baseline and a distilled cell, two seeds, one teacher."""
    distilled: dict[str, Any] = {"recipe.distillation": "hard"}
    model = Model(architecture="vit", variant="deit-s", cells=(distilled,))
    recipe: dict[str, Any] = {"teacher": "cvt:cvt-8px"}
    return make_plan(
        STUDY.model_copy(
            update={
                "models": {"m": model},
                "design": "listed",
                "settings": {"digits": Override(recipe=recipe)},
            }
        )
    )


@pytest.mark.parametrize("local", [False, True])
def test_those_who_learn_wait_for_their_teacher(taught, store, local):
    notes = run(taught, store, local=local)
    names = [name for name, _, _ in notes.ended]
    assert len(names) == 5
    teacher = names.index("teacher cvt:cvt-8px/s0")
    started = notes.started.index
    for seed in (0, 1):
        assert started(f"m[recipe.distillation=hard]/s{seed}") > started(names[teacher])


def test_a_teacher_is_trained_once(taught, store):
    run(taught, store)
    wider = make_plan(taught.study.model_copy(update={"seeds": 3}))
    assert [name.partition("/")[0] for name in run(wider, store).started] == [
        "m",
        "m[recipe.distillation=hard]",
    ]


def test_a_teacher_whose_code_has_changed_is_trained_again_before_it_teaches(taught, store):
    run(taught, store)
    (teacher,) = taught.teachers
    (attempt,) = store.attempts(teacher)
    stale_environment(attempt)
    assert run(taught, store).started == []
    wider = make_plan(taught.study.model_copy(update={"seeds": 3}))
    assert run(wider, store).started[0] == "teacher cvt:cvt-8px/s0"


def test_a_study_that_shares_cells_runs_only_what_is_new(store):
    run(make_plan(STUDY), store)
    wider = make_plan(STUDY.model_copy(update={"name": "t", "seeds": 3}))
    assert run(wider, store).started == [trial.name for trial in wider.trials if trial.seed == 2]


@pytest.mark.parametrize("local", [False, True])
def test_a_failure_is_a_record_and_the_others_finish(plan, store, local):
    misbehave(store, "m/s0 fail")
    run(plan, store, local=local)
    assert states(plan, store) == {State.FINISHED: 5, State.FAILED: 1}
    assert store.run(plan.trials[0]).record.cause == "ValueError: as told"


def test_a_failure_is_tried_again_by_the_next_call(plan, store):
    misbehave(store, "m/s0 fail")
    run(plan, store)
    misbehave(store)
    assert run(plan, store).started == ["m/s0"]
    assert states(plan, store) == {State.FINISHED: 6}
    assert [f.record().state for f in store.attempts(plan.trials[0])] == ["failed", "finished"]


def test_a_diverged_run_is_kept_and_not_repeated(plan, store):
    misbehave(store, "m/s0 diverge")
    run(plan, store)
    assert run(plan, store).started == []
    assert states(plan, store) == {State.FINISHED: 5, State.DIVERGED: 1}


def test_a_killed_run_is_a_record_and_is_tried_once_more(plan, store):
    misbehave(store, "m/s0 crash 1")
    notes = run(plan, store, local=True)
    assert ("m/s0", State.KILLED, True) in notes.ended
    assert ("m/s0", State.FINISHED, False) in notes.ended
    first, second = store.attempts(plan.trials[0])
    assert first.record().cause == "killed by signal 9 (SIGKILL)"
    assert second.record().state is State.FINISHED
    text, complete = status_text(plan, store)
    assert complete
    assert text.count("attempt 2") == 1


def test_a_run_that_is_killed_twice_is_left_alone(plan, store):
    misbehave(store, "m/s0 crash")
    run(plan, store, local=True)
    assert len(store.attempts(plan.trials[0])) == 2
    assert states(plan, store) == {State.FINISHED: 5, State.KILLED: 1}


def test_a_run_that_ends_without_a_word_has_a_record_that_says_so(plan, store):
    misbehave(store, "m/s0 vanish")
    run(plan, store, local=True)
    assert store.run(plan.trials[0]).record.cause == "ended without a record"


def test_a_hanging_run_is_ended_and_recorded(plan, store):
    misbehave(store, "m/s0 hang")
    run(plan, store, local=True, timeout_s=8.0)  # the others end in it, whatever else runs
    record = store.run(plan.trials[0]).record
    assert record.state is State.TIMED_OUT
    assert record.cause == "no end after 8 s (--timeout)"
    assert states(plan, store) == {State.FINISHED: 5, State.TIMED_OUT: 1}


def test_a_timeout_needs_an_executor_that_can_end_a_run(plan, store):
    with pytest.raises(AblateError) as caught:
        run(plan, store, timeout_s=1.0)
    assert str(caught.value) == ("this executor cannot end a run: leave --timeout out or use local")


def test_the_same_failure_in_every_cell_stops_the_study(plan, store):
    misbehave(store, *(f"{trial.name} fail" for trial in plan.trials))
    with pytest.raises(AblateError) as caught:
        run(plan, store)
    assert str(caught.value) == "the first run of every cell failed alike: ValueError: as told"
    assert states(plan, store) == {State.FAILED: 3}


def test_an_interruption_is_a_record_and_the_same_call_goes_on(plan, store):
    misbehave(store, "m[pos_embed=none]/s0 interrupt 1")
    with pytest.raises(KeyboardInterrupt):
        run(plan, store)
    assert states(plan, store) == {State.FINISHED: 1, State.INTERRUPTED: 1}
    notes = run(plan, store)
    assert notes.counts == (1, 5)
    assert states(plan, store) == {State.FINISHED: 6}


def test_what_another_process_runs_is_awaited_and_not_run_twice(plan, store):
    trial = plan.trials[0]
    lock = store.lock(trial)
    execution = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
    theirs = store.start(trial, execution)

    class Elsewhere(Notes):
        def tick(self) -> None:
            if len(self.ended) == 5:  # all but the one that is locked: now it ends elsewhere
                theirs.close(Record(state=State.FINISHED, scores={"top1": 1.0}))
                lock.release()

    notes = Elsewhere()
    execute(plan, InlineExecutor(pretend), store, Options(), notes)
    assert trial.name not in notes.started
    assert len(store.attempts(trial)) == 1
    assert store.run(trial).record.scores == {"top1": 1.0}


def test_an_attempt_that_died_with_its_study_is_closed_by_the_next(plan, store):
    trial = plan.trials[0]
    lock = store.lock(trial)
    dead = store.start(trial, Execution(threads=1, wandb="x", wandb_project="p", wandb_id="i"))
    dead.history_file.write_text('{"epoch": 0}\n{"epoch": 1, "val')
    lock.release()
    assert store.run(trial) is None
    run(plan, store)
    assert dead.record().state is State.INTERRUPTED
    assert len(dead.history()) == 1
    assert store.run(trial).folder.attempt == 2


def stale_environment(folder: RunFolder) -> None:
    write_json(
        folder.environment_file,
        Environment(
            fingerprint={"models/vit.py": "of yesterday"},
            packages={},
            python="3",
            platform="p",
            device="d",
            threads=1,
            commit=None,
            started="2026-01-01",
        ),
    )


def test_stale_runs_are_named_and_repeated_only_when_asked(plan, store):
    run(plan, store)
    trial = plan.trials[0]
    stale_environment(store.run(trial).folder)
    store = Store(store.root)  # as a later command sees it
    assert "models/vit.py" in store.run(trial).stale
    assert run(plan, store).started == []
    assert run(plan, store, rerun_stale=True).started == [trial.name]
    assert store.run(trial).folder.attempt == 2
    assert store.run(trial).stale == ()


def test_a_runs_folder_that_cannot_be_written_is_one_clear_sentence(plan, tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StoreError) as caught:
        Store(file / "runs").prepare()
    assert str(caught.value) == (
        f"the runs folder {file}/runs cannot be written: Not a directory; "
        "choose another with --runs DIR or ABLATE_RUNS"
    )


def test_a_disk_that_fills_up_stops_the_study_with_one_clear_sentence(plan, store, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ablate.store.store.write_json", full)
    with pytest.raises(StoreError) as caught:
        run(plan, store)
    assert str(caught.value) == (
        f"the runs folder {store.root} cannot be written: No space left on device; "
        "put that right and repeat the command: what is finished is kept"
    )

"""`ablate status`: the state of every trial, with the cause where one is not finished."""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator

from ablate.cli._study import exploratory, grown_plan
from ablate.cli._table import table
from ablate.cli.parser import DONE, INCOMPLETE, add_study
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.report.formatting import count
from ablate.store.store import Run, Store

add_arguments = add_study


def run(options: argparse.Namespace) -> int:
    store = Store(options.runs)
    text, complete = status_text(grown_plan(options, store), store)
    print(text)
    return DONE if complete else INCOMPLETE


def status_text(plan: Plan, store: Store) -> tuple[str, bool]:
    """The state of every trial, and whether all are finished."""
    runs = store.runs(plan)
    rows = [(t.name, *state_of(t, runs.get(t.signature), store)) for t in plan.trials]
    counts = Counter(state for _, state, _ in rows)
    summary = ", ".join(f"{times} {state}" for state, times in counts.most_common())
    complete = counts["finished"] + counts["finished, stale"] == len(rows)
    notes = [*exploratory(plan, store), *_mixed_threads(runs.values())]
    return "\n".join([f"{plan.name}: {summary}", *notes, "", *table(rows)]), complete


def _mixed_threads(runs: Iterable[Run]) -> Iterator[str]:
    """A line, if finished runs were not all made with as many threads."""
    made = (run.environment for run in runs if run.finished)
    counts = Counter(environment.threads for environment in made if environment)
    if len(counts) > 1:
        each = (f"{times} with {count(threads, 'thread')}" for threads, times in counts.items())
        yield f"mixed threads, on which scores depend: {', '.join(each)}"


def state_of(trial: Trial, run: Run | None, store: Store) -> tuple[str, str]:
    """The state of a trial in words, and the score or the cause behind it."""
    if run and run.finished:
        score = f"{trial.metric} {run.record.scores[trial.metric]:.2f}"
        attempt = f", attempt {run.folder.attempt}" if run.folder.attempt > 1 else ""
        changed = f"; changed since: {', '.join(run.stale)}" if run.stale else ""
        return ("finished, stale" if run.stale else "finished"), score + attempt + changed
    attempts = store.attempts(trial)
    if store.is_running(trial):
        epochs = len(attempts[-1].history()) if attempts else 0
        return "running", f"epoch {epochs} of {trial.recipe.epochs}"
    if run is None:
        return ("interrupted", "will start over") if attempts else ("not run", "")
    return run.state.replace("_", " "), f"{run.cause} ({run.folder.path})"

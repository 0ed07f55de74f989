"""Which networks are interpreted, and the interpretations cached beside the records. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ablate.errors import StoreError
from ablate.interpret.model import FORMAT, Interpretation
from ablate.plan.make import Plan
from ablate.store.files import read_json, write_json
from ablate.store.store import Run, Store

FOLDER = "interpretations"
MOST_RUNS = 60
"""Networks of a study that are looked into at most."""
LARGE = 5_000_000
"""Parameters from which one network of each cell is enough."""


def chosen(plan: Plan, store: Store) -> dict[str, tuple[Run, ...]]:
    """Cell → its first finished runs that kept their weights.

    As many of each cell as `MOST_RUNS` allows; cells that it does not reach have none.
    """
    seeds = max(1, MOST_RUNS // max(1, len(plan.cells)))
    found: dict[str, tuple[Run, ...]] = {}
    for cell in plan.cells[:MOST_RUNS]:
        runs = (store.run(trial) for trial in plan.of_cell(cell))
        usable = (run for run in runs if run and run.finished and run.folder.best_file.exists())
        found[cell.name] = tuple(_affordable(islice(usable, seeds)))
    return found


def _affordable(runs: Iterator[Run]) -> Iterator[Run]:
    """Of large networks the first alone."""
    for run in runs:
        yield run
        if (run.record.parameters or 0) >= LARGE:
            return


def waiting(plan: Plan, store: Store) -> tuple[Run, ...]:
    """The chosen runs that nobody has looked into yet."""
    runs = (run for own in chosen(plan, store).values() for run in own)
    return tuple(run for run in runs if cached_interpretation(run, store) is None)


def cached_interpretation(run: Run, store: Store) -> Interpretation | None:
    """What was seen in a run's network; None if nobody looked, or it cannot be read."""
    try:
        return read_json(_file(run, store), Interpretation)
    except (StoreError, OSError):
        return None


def cache_interpretation(interpretation: Interpretation, run: Run, store: Store) -> None:
    """Write an interpretation where `cached_interpretation` finds it."""
    path = _file(run, store)
    path.parent.mkdir(exist_ok=True)
    write_json(path, interpretation)


def _file(run: Run, store: Store) -> Path:
    return store.root / FOLDER / f"{run.trial.signature}-{run.folder.attempt}.{FORMAT}.json"

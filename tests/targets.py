"""Fake training for tests of scheduling: what `run_trial` leaves, without what it costs."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from ablate.store.dry_runs import DRY_RUN_FILE
from ablate.store.files import append_line, write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Record, State
from tests.budget.examples import DRY_RUN

FOREVER_S = 600


def pretend(path: Path) -> None:
    """Finish at once, unless a file `misbehave` in the runs folder says how not to.

    Each of its lines is `NAME WHAT [ATTEMPT]`: what the trial of that name does, always or only at
    one attempt.
    """
    folder = RunFolder(path)
    name = folder.trial().name
    for line in orders(path.parent.parent):
        who, what, *attempt = line.split()
        if who == name and attempt in ([], [str(folder.attempt)]):
            MISBEHAVIOR[what](folder)
    finish(folder)


def finish(folder: RunFolder) -> None:
    trial = folder.trial()
    for epoch in range(trial.recipe.epochs):
        append_line(folder.history_file, {"epoch": epoch, "val/top1": 90.0 + epoch})
    scores = {"top1": 90.0 + trial.seed / 2 - 20.0 * ("none" in trial.cell), "loss": 0.5}
    folder.close(
        Record(state=State.FINISHED, scores=scores, best_epoch=1, parameters=1000, train_s=float(1))
    )


def orders(root: Path) -> list[str]:
    file = root / "misbehave"
    return file.read_text().splitlines() if file.exists() else []


def fail(folder: RunFolder) -> None:
    folder.close(Record(state=State.FAILED, cause="ValueError: as told", traceback="…"))
    raise SystemExit(1)


def diverge(folder: RunFolder) -> None:
    folder.close(Record(state=State.DIVERGED, cause="train/loss is nan after epoch 1"))
    raise SystemExit(0)


def crash(folder: RunFolder) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def vanish(folder: RunFolder) -> None:
    """End in good order and leave no record."""
    os._exit(0)


def hang(folder: RunFolder) -> None:
    time.sleep(FOREVER_S)


def interrupt(folder: RunFolder) -> None:
    """Ctrl-C while this run is under way, in the caller's own process."""
    raise KeyboardInterrupt


MISBEHAVIOR = {
    "fail": fail,
    "diverge": diverge,
    "crash": crash,
    "vanish": vanish,
    "hang": hang,
    "interrupt": interrupt,
}


def pretend_dry_run(path: Path) -> None:
    """Leave a made-up dry run; the trials `wrong` and `doomed` fail and die."""
    folder = RunFolder(path)
    name = folder.trial().cell
    if name == "doomed":
        crash(folder)
    if name == "wrong":
        folder.close(Record(state=State.FAILED, cause="ValueError: as told"))
        return
    write_json(path / DRY_RUN_FILE, DRY_RUN)

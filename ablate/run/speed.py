"""Images per second of a study's networks, one after the other while none of its runs is under way.

Runs that share a machine slow each other down, so a speed that a run measures of itself says as
much of its neighbors. The networks of several seeds are timed in turn, so that the spread is known.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ablate.plan.make import Plan
from ablate.run.executors.base import Executor
from ablate.run.worker import device, log_output
from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Speed
from ablate.store.store import Store

if TYPE_CHECKING:
    from ablate.plan.trial import Trial

TIMED = 3
"""Seeds of each cell."""
LIMIT_S = 60.0
"""A network that takes longer has no speed."""
POLL_S = 0.1


def time_networks(plan: Plan, store: Store, executor: Executor) -> None:
    """Leave `speed.json` in the folders of the first finished runs of each cell.

    Nothing is timed while another process runs a trial of the plan, and what has no speed is not
    timed again. Closes the executor.
    """
    try:
        if not any(store.is_running(trial) for trial in plan.trials):
            for folder in untimed(plan, store):
                _wait(folder.path, executor)
                if folder.speed() is None:
                    write_json(folder.speed_file, Speed(images_per_s=None))
    finally:
        executor.close()


def untimed(plan: Plan, store: Store) -> Iterator[RunFolder]:
    """The runs that are to be timed and have not been, all cells with one seed, then the next."""
    cells = {cell.name for cell in plan.cells}
    for trial in plan.trials:
        if trial.cell in cells and trial.seed in plan.seeds[:TIMED]:
            run = store.run(trial)
            if run and run.finished and run.folder.speed() is None:
                yield run.folder


def _wait(folder: Path, executor: Executor) -> None:
    executor.submit(folder)
    end = time.monotonic() + LIMIT_S
    while not executor.poll(POLL_S):
        if time.monotonic() > end:
            executor.cancel(folder)
            end += LIMIT_S


def time_alone(path: Path) -> None:
    """Time the network of a run folder, in a process that does nothing else."""
    log_output(RunFolder(path))
    time_network(path)


def time_network(path: Path) -> None:
    """Leave the speed of a folder's network in it; nothing where it cannot be measured."""
    import torch

    folder = RunFolder(path)
    torch.set_num_threads(folder.execution().threads)
    try:
        write_json(folder.speed_file, Speed(images_per_s=speed(folder.trial())))
    except Exception:  # the run is finished, whatever becomes of this
        logging.warning("images per second could not be measured", exc_info=True)


def speed(trial: Trial) -> float:
    """Images per second of the trial's network, in batches of its recipe, on the run's device."""
    import torch

    from ablate.measure.throughput import images_per_s
    from ablate.train.build import make_model

    size = trial.recipe.batch_size, *trial.image_shape
    images = torch.randn(size, generator=torch.Generator().manual_seed(0))
    return images_per_s(make_model(trial).to(device()), images.to(device()))

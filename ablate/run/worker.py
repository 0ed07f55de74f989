"""`run_trial(folder)`: the one function that crosses a process boundary.

It reads its trial from the folder and leaves its record there, whatever happens. A process that
does nothing else calls `run_alone`; so does `python -m ablate.run.worker FOLDER`.
"""

from __future__ import annotations

import logging
import os
import platform
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ablate.plan.fingerprint import fingerprint
from ablate.plan.trial import Trial
from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Environment, Execution, Record, State

if TYPE_CHECKING:
    import torch

    from ablate.interpret.model import Interpretation
    from ablate.train.fit import Fitted

PACKAGES = ("torch", "torchvision", "pytorch-lightning", "numpy", "scikit-learn", "wandb")


def run_trial(path: Path) -> None:
    """Train the trial of a run folder, and close the folder with its record."""
    folder = RunFolder(path)
    trial, execution = folder.trial(), folder.execution()
    try:
        record = _trained(trial, execution, folder)
    except SystemExit as error:
        # Lightning answers Ctrl-C with SystemExit.
        raise KeyboardInterrupt from error
    folder.close(record)


def run_alone(path: Path) -> None:
    """`run_trial` for a process that does nothing else: its output goes to the run's log."""
    log_output(RunFolder(path))
    run_trial(path)


def log_output(folder: RunFolder) -> None:
    """Send all further output of this process to the log of a folder."""
    log = os.open(folder.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def _trained(trial: Trial, execution: Execution, folder: RunFolder) -> Record:
    import torch

    from ablate.tracking.live import LiveTracking
    from ablate.train.callbacks import DivergedError
    from ablate.train.fit import fit

    torch.set_num_threads(execution.threads)
    write_json(folder.environment_file, environment(trial, execution))
    tracking = LiveTracking(trial, execution, folder)
    try:
        fitted = fit(trial, folder, tracking)
        record = finished(trial, fitted)
        if execution.interpret:
            write_json(folder.interpretation_file, interpretation(fitted))
    except DivergedError as error:
        record = Record(state=State.DIVERGED, cause=str(error))
    except Exception as error:  # noqa: BLE001  # a failure is a record
        record = failure(error)
    tracking.finish(record)
    return record


def interpretation(fitted: Fitted) -> Interpretation:
    """The interpretation of the trained network, from the first images of the test split."""
    import torch

    from ablate.interpret.make import IMAGES, interpret

    batches: list[torch.Tensor] = []
    for images, _ in fitted.data.test_dataloader():
        batches.append(images)
        if sum(map(len, batches)) >= IMAGES:
            break
    return interpret(fitted.model.to(device()), torch.cat(batches).to(device()))


def device() -> torch.device:
    """The device that runs use."""
    import torch

    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def failure(error: Exception) -> Record:
    """The record of a run that raised the error that is being handled."""
    logging.exception("the run failed")
    cause = traceback.format_exception_only(error)[-1].strip()
    return Record(state=State.FAILED, cause=cause, traceback=traceback.format_exc())


def finished(trial: Trial, fitted: Fitted) -> Record:
    """The record of a run that was trained and scored: its scores and its costs."""
    from ablate.measure.macs import macs
    from ablate.measure.memory import peak_memory_gb
    from ablate.train.build import make_model

    return Record(
        state=State.FINISHED,
        scores=fitted.scores,
        best_epoch=fitted.best_epoch,
        parameters=fitted.parameters,
        macs=macs(lambda: make_model(trial), trial.image_shape),
        memory_gb=peak_memory_gb(),  # of the training alone
        train_s=fitted.train_s,
    )


def environment(trial: Trial, execution: Execution) -> Environment:
    """The environment of this process, as far as it can matter for a result."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return Environment(
        fingerprint=fingerprint(trial),
        packages={name: version(name) for name in PACKAGES},
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        device=device,
        threads=execution.threads,
        commit=commit(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def commit() -> str | None:
    """The checked-out commit of the working folder; None outside git."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if head is None:
        return None
    # Reports may be kept in git, and writing one is no change to what makes a result.
    changes = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)reports")
    return head + ("+changes" if changes else "")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    run_alone(Path(sys.argv[1]))

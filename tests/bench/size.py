"""A large study with made-up records, and what a command takes to answer about it.

200 cells, in which every number of seeds can be asked for: 50 make 10,000 runs of 100 epochs each,
in 50,000 small files that take some 20 seconds to write.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import Plan, make_plan
from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder
from ablate.store.record import Environment, Record, State
from ablate.study.load import load_study

EPOCHS = 100
TEST_IMAGES = 360
ROOT = Path(__file__).parents[2]
STUDY = """\
title: More than anyone should ask at once
models:
  deit_s:
    architecture: vit
    variant: deit-s
    ablate:
      pos_embed: [none]
      recipe.flip: [0.5]
      recipe.mixup: [0.8]
      recipe.lr: [0.0001, 0.0003, 0.001, 0.003]
      recipe.weight_decay: [0.01, 0.02, 0.04, 0.1]
design: full_factorial
seeds: 50
margin: 0.5
claims:
  - says: accuracy falls without positions
    contrast: deit_s[pos_embed=none]
    expect: lower
  - says: mirrored digits teach nothing
    contrast: deit_s[recipe.flip=0.5]
    expect: not_higher
  - says: mixed images help more without positions
    interaction: deit_s[pos_embed=none,recipe.mixup=0.8]
    expect: higher
settings: {digits: {recipe: {epochs: 100}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a command took."""

    wall_s: float
    core_s: float
    """Of one core, in which other programs have no part."""
    memory_gb: float
    """The most that was resident at a time; on Linux at least as much as in this process."""


def make_project(folder: Path, seeds: int) -> int:
    """`studies/large.yaml` and a finished record for each of its trials; returns how many."""
    (folder / "studies").mkdir(parents=True)
    file = folder / "studies/large.yaml"
    file.write_text(STUDY.replace("seeds: 50", f"seeds: {seeds}"), encoding="utf-8")
    plan = make_plan(load_study(file))
    finish(plan, plan.trials, folder / "runs")
    return len(plan.trials)


def finish(plan: Plan, trials: Iterable[Trial], runs: Path) -> None:
    """Leave records as if the trials had been run, the same ones every time."""
    effects = {cell.name: index % 17 / 4 for index, cell in enumerate(plan.cells)}
    for trial in trials:
        leave(runs, trial, 90 - effects[trial.cell])


def leave(runs: Path, trial: Trial, level: float) -> None:
    """The files of a finished run, written as quickly as can be."""
    source = np.random.default_rng(int(trial.signature[3:], 16))
    correct = source.random(TEST_IMAGES) < level / 100
    top1 = 100 * float(correct.mean())
    folder = RunFolder(runs / trial.signature / "1")
    folder.path.mkdir(parents=True)
    words = {"recipe": trial.recipe.model_dump(), "images": trial.images.model_dump()}
    write(folder.trial_file, asdict(trial) | words)
    write(folder.environment_file, asdict(environment(trial)))
    folder.history_file.write_text(history(source, top1), encoding="utf-8")
    predictions = io.BytesIO()
    np.savez_compressed(predictions, format=np.array(1), correct=correct)
    folder.predictions_file.write_bytes(predictions.getvalue())
    scores = {"top1": top1, "loss": 5 - top1 / 20}
    record = Record(
        state=State.FINISHED, scores=scores, best_epoch=97, parameters=200_000, train_s=61.5
    )
    write(folder.result_file, asdict(record))


def write(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")


def history(source: np.random.Generator, top1: float) -> str:
    """A learning curve, as jagged as they are."""
    rise = 1 - np.exp(-np.arange(EPOCHS) / 12)
    curve = np.clip(10 + (top1 - 10) * rise + source.normal(0, 0.6, EPOCHS), 0, 100)
    rows = (
        {
            "epoch": epoch,
            "lr": 0.002,
            "val/loss": 5 - score / 20,
            "val/top1": score,
            "train/loss": 5 - score / 21,
            "time_s": 0.6 * epoch,
        }
        for epoch, score in enumerate(curve.tolist())
    )
    return "".join(json.dumps(row) + "\n" for row in rows)


def environment(trial: Trial) -> Environment:
    return Environment(
        fingerprint=fingerprint(trial),
        packages={"torch": "2.11.0", "torchvision": "0.26.0", "pytorch-lightning": "2.6.0"},
        python="3.11.7",
        platform="Linux x86_64",
        device="CPU",
        threads=1,
        commit="4f2a91c0a1b2",
        started="2026-11-21T12:00:00+00:00",
    )


# Measured by a small process in between: Linux counts what a process was before it began anew,
# which is as large as who started it.
BETWEEN = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def ask(folder: Path, *arguments: str) -> Used:
    """Run `ablate …` in the project and measure it."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", BETWEEN, sys.executable, "-m", "ablate.cli.main", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, core_s, memory = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"`ablate {' '.join(arguments)}` ended with {code}")
    kilobytes = memory / (1024 if sys.platform == "darwin" else 1)
    return Used(wall_s=time.perf_counter() - began, core_s=core_s, memory_gb=kilobytes / 1024**2)

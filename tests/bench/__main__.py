"""`make bench`: what Ablate itself costs, as ratios within one run of this program.

Prints one line per measure. Machines are noisy, so nothing here is asserted by a test.
`python -m tests.bench models` measures the models' speed instead, beside timm's, and
`python -m tests.bench size` only what a very large study takes, and `seeds` what adaptive seeds
save.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from ablate.analysis.make import analyze
from ablate.cli.progress import Screen
from ablate.plan.make import Plan, make_plan
from ablate.report import write_all
from ablate.results.store import read_store
from ablate.run.executors.local import LocalExecutor
from ablate.run.scheduler import Options, execute
from ablate.run.worker import run_alone
from ablate.store.store import Store
from ablate.study.load import find_study, load_study
from ablate.tracking.mode import prepare_wandb
from tests.bench import saving, size

QUICK = (
    ["--help"],
    ["list"],
    ["plan", "pos_embedding", "--no-dry-run"],
    ["status", "pos_embedding"],
)
REPEATS = 7


def main() -> None:
    plan = make_plan(load_study(find_study("pos_embedding")))
    command_line()
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "runs")
        scheduling(plan, store)
        reporting(plan, store, Path(folder) / "report")
    adaptive_seeds()
    sizes()


def adaptive_seeds() -> None:
    """Seeds that are saved where an effect is clear, and what that costs where it is not."""
    for one in saving.savings():
        what = f"effect of {one.effect:g} SD"
        same = f"decided in {one.decided:.0%} of studies, with all 12 seeds in"
        tell(what, f"{one.seeds:.1f}", f"of 12 seeds are run; {same} {one.decided_by_all:.0%}")


def command_line() -> None:
    """The best of some starts of each quick command, beside Python's own."""
    python = best(lambda: run("-c", "pass"))
    for arguments in QUICK:
        seconds = best(lambda: run("-m", "ablate.cli.main", *arguments))  # noqa: B023 - called at once
        tell(f"ablate {arguments[0]}", f"{seconds:.2f} s", f"{seconds / python:.0f} × bare python")


def scheduling(plan: Plan, store: Store) -> None:
    """All trials of the study with the default workers: how much of the wall is training."""
    store.prepare()
    began = time.perf_counter()
    executor = LocalExecutor(run_alone, preload=["ablate.run.forkserver_preload"])
    options = Options(wandb=prepare_wandb("offline"))
    with Screen() as progress:
        execute(plan, executor, store, options, progress)
    wall = time.perf_counter() - began
    trained = sum(run.record.train_s or 0.0 for run in store.runs(plan).values())
    share = trained / executor.capacity / wall
    of = f"{trained:.0f} s of training, {executor.capacity} workers, {wall:.0f} s of wall"
    tell(f"scheduling {len(plan.trials)} runs", f"{share:.3f}", f"{of}; the bar is 0.95")


def reporting(plan: Plan, store: Store, folder: Path) -> None:
    """Analysis and reports, once everything is imported."""
    write_all(analyze(plan.study, read_store(store, plan)), folder)
    began = time.perf_counter()
    analysis = analyze(plan.study, read_store(store, plan))
    middle = time.perf_counter()
    write_all(analysis, folder)
    end = time.perf_counter()
    tell("analysis", f"{middle - began:.2f} s", f"{len(plan.trials)} runs")
    tell("reports", f"{end - middle:.2f} s", "HTML, Markdown, figures, CSV, JSON")


def sizes() -> None:
    """Quick commands and a report about 10,000 runs of 100 epochs, each in a process of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        runs = size.make_project(folder, seeds=50)
        for command, limit in (("plan", 5), ("status", 5), ("report", 20)):
            used = size.ask(folder, command, "large")
            remark = f"of one core, {used.wall_s:.1f} s of wall, {used.memory_gb:.2f} GiB"
            bars = f"the bars are {limit} s and 1 GiB"
            tell(f"{command} of {runs:,} runs", f"{used.core_s:.1f} s", f"{remark}; {bars}")


def best(action: Callable[[], None]) -> float:
    """The shortest of some repeats, in seconds."""
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def run(*arguments: str) -> None:
    # `status` ends with 1 while there is something to run.
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=False)


def tell(what: str, measure: str, remark: str) -> None:
    sys.stdout.write(f"{what:<22}{measure:>8}   {remark}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["models"]:
        from tests.bench import models

        models.main(sys.argv[2:])
    elif sys.argv[1:2] == ["size"]:
        sizes()
    elif sys.argv[1:2] == ["seeds"]:
        adaptive_seeds()
    else:
        main()

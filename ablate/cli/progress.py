"""The progress of `ablate run`: a line for every run that ends, and on a terminal bars below."""

import time
from contextlib import AbstractContextManager
from typing import Self, final

from rich import progress
from rich.console import Console
from rich.text import Text

from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder
from ablate.store.record import Record, State
from ablate.study.metrics import METRICS

REDRAW_S = 0.5
"""The bars are redrawn this often."""
HOUR_S = 3600
"""The time left is estimated from the epochs of the last hour."""


@final
class Screen(AbstractContextManager["Screen"]):
    """Shows what the scheduler tells (`ablate.run.scheduler.Progress`) while it is open."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console()
        self.bars = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(bar_width=30),
            progress.TextColumn("{task.fields[count]}"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("left  {task.fields[score]}"),
            console=console,
            auto_refresh=False,
            transient=True,
            disable=not console.is_terminal,
            speed_estimate_period=HOUR_S,
        )
        self.study = self.bars.add_task("", visible=False, count="", score="")
        self.running: dict[str, tuple[progress.TaskID, Trial, RunFolder]] = {}
        self.done = self.total = 0
        self.drawn = 0.0

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def begin(self, plan: Plan, done: int, todo: int) -> None:
        self.done, self.total = done, done + todo
        self.bars.update(self.study, description=plan.name, total=self.total)
        self._print(f"{plan.name}: {done} of {self.total} trials are finished, {todo} to run")

    def start(self, trial: Trial, folder: RunFolder) -> None:
        total = trial.recipe.epochs
        task = self.bars.add_task(f"  {trial.name}", visible=False, total=total, count="", score="")
        self.running[trial.name] = task, trial, folder

    def end(self, trial: Trial, record: Record, again: bool) -> None:
        self.bars.remove_task(self.running.pop(trial.name)[0])
        self.done += not again
        style = "" if record.state is State.FINISHED else "yellow"
        self._print(f"[{self.done}/{self.total}] {outcome(trial, record, again)}", style)

    def tick(self) -> None:
        if not self.bars.disable and time.monotonic() - self.drawn > REDRAW_S:
            self.draw()
            self.drawn = time.monotonic()

    def draw(self) -> None:
        """Bring the bars up to what the runs have written so far."""
        done = float(self.done)
        for task, trial, folder in self.running.values():
            rows, epochs = folder.history(), trial.recipe.epochs
            count = f"epoch {len(rows)}/{epochs}"
            score = validation(trial, rows[-1]) if rows else "starting"
            self.bars.update(task, completed=len(rows), count=count, score=score, visible=True)
            done += len(rows) / epochs
        count = f"{self.done}/{self.total}"
        self.bars.update(self.study, completed=done, count=count, visible=True)
        self.bars.refresh()

    def _print(self, line: str, style: str = "") -> None:
        self.bars.console.print(Text(line, style), soft_wrap=True)


def outcome(trial: Trial, record: Record, again: bool) -> str:
    """How a run ended, in a line."""
    if record.state is State.FINISHED:
        seconds = f" in {record.train_s:.1f} s" if record.train_s else ""
        return f"{trial.name}: {trial.metric} {record.scores[trial.metric]:.2f}{seconds}"
    state = record.state.value.replace("_", " ")
    return f"{trial.name}: {state}: {record.cause}{'; trying once more' if again else ''}"


def validation(trial: Trial, row: dict[str, float]) -> str:
    """The study's metric on validation after an epoch: `val/top1 91.25 %`."""
    name = f"val/{trial.metric}"
    return f"{name} {row[name]:.2f} {METRICS[trial.metric].unit}"

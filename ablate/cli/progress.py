"""Who shows the progress of `ablate run`: a live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Self, final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.run.scheduler import Progress
from ablate.store.folder import RunFolder
from ablate.store.record import Record, State

REDRAW_S = 0.5
"""The live view is redrawn this often."""


class Screen(Progress, AbstractContextManager["Screen"]):
    """A progress that holds the screen while it is open."""


def make_progress() -> Screen:
    """The progress that suits standard output."""
    console = Console()
    return LiveView(console) if console.is_terminal else Lines(console)


def outcome(trial: Trial, record: Record, again: bool) -> Text:
    """How a run ended, in a line."""
    seconds = f" in {record.train_s:.1f} s" if record.train_s else ""
    if record.state is State.FINISHED:
        score = record.scores[trial.metric]
        return Text(f"{trial.name}: {trial.metric} {score:.2f}{seconds}")
    state = record.state.value.replace("_", " ")
    retry = "; trying once more" if again else ""
    return Text(f"{trial.name}: {state}: {record.cause}{retry}", style="yellow")


@final
class Lines(Screen):
    """One line per run that ends."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.done = self.total = 0

    def __exit__(self, *_: object) -> None:
        return None

    def begin(self, plan: Plan, done: int, todo: int) -> None:
        self.done, self.total = done, done + todo
        self._print(f"{plan.name}: {done} of {self.total} trials are finished, {todo} to run")

    def start(self, trial: Trial, folder: RunFolder) -> None:
        pass

    def end(self, trial: Trial, record: Record, again: bool) -> None:
        self.done += not again
        self._print(f"[{self.done}/{self.total}] {outcome(trial, record, again).plain}")

    def tick(self) -> None:
        pass

    def _print(self, line: str) -> None:
        self.console.print(line, soft_wrap=True, highlight=False, markup=False)


@final
class LiveView(Screen):
    """A bar for the study and a line for every run that is under way."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.live = Live(console=console, auto_refresh=False, transient=True)
        self.running: dict[str, tuple[Trial, RunFolder, float]] = {}
        self.name = ""
        self.done = self.total = self.ended = 0
        self.begun = self.shown = time.monotonic()

    def __enter__(self) -> Self:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def begin(self, plan: Plan, done: int, todo: int) -> None:
        self.name, self.done, self.total = plan.name, done, done + todo
        self.live.update(self.view(), refresh=True)

    def start(self, trial: Trial, folder: RunFolder) -> None:
        self.running[trial.name] = (trial, folder, time.monotonic())

    def end(self, trial: Trial, record: Record, again: bool) -> None:
        del self.running[trial.name]
        self.done += not again
        self.ended += not again
        mark = "✓ " if record.state is State.FINISHED else "✗ "
        self.live.console.print(Text(mark) + outcome(trial, record, again))

    def tick(self) -> None:
        if time.monotonic() - self.shown > REDRAW_S:
            self.shown = time.monotonic()
            self.live.update(self.view(), refresh=True)

    def view(self) -> RenderableType:
        """What is on the screen now."""
        head = Table.grid(padding=(0, 2))
        bar = ProgressBar(total=max(1, self.total), completed=self.done, width=30)
        head.add_row(Text(self.name, "bold"), bar, f"{self.done}/{self.total}", self._remaining())
        runs = Table.grid(padding=(0, 2))
        for trial, folder, since in self.running.values():
            runs.add_row(*_progress(trial, folder), f"{time.monotonic() - since:.0f} s")
        return Group(head, runs)

    def _remaining(self) -> str:
        if not self.ended:
            return ""
        each = (time.monotonic() - self.begun) / self.ended
        minutes = each * (self.total - self.done) / 60
        return f"about {minutes:.0f} min left" if minutes >= 1 else "less than a minute left"


def _progress(trial: Trial, folder: RunFolder) -> tuple[RenderableType, ...]:
    rows = folder.history()
    last = f"validation {rows[-1]['val/top1']:.1f} %" if rows else "starting"
    epoch = f"epoch {len(rows)}/{trial.recipe.epochs}"
    bar = ProgressBar(total=trial.recipe.epochs, completed=len(rows), width=20)
    return Text(f"  {trial.name}"), bar, epoch, last

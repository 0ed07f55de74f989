"""The executor of debuggers and tests: one run at a time, in the caller's own process."""

import os
from pathlib import Path
from typing import final

from ablate.run.executors.base import Ended, Target


@final
class InlineExecutor:
    """Calls the target when polled. It cannot end a run, only not begin one."""

    capacity = 1
    isolated = False

    def __init__(self, target: Target) -> None:
        self.threads = os.cpu_count() or 1
        self._target = target
        self._waiting: list[Path] = []
        self._ended: list[Ended] = []

    def submit(self, folder: Path) -> None:
        self._waiting.append(folder)

    def poll(self, timeout_s: float) -> list[Ended]:  # noqa: ARG002 - it never waits
        while self._waiting:
            folder = self._waiting.pop(0)
            self._ended.append(Ended(folder, self._call(folder)))
        ended, self._ended = self._ended, []
        return ended

    def _call(self, folder: Path) -> str | None:
        try:
            self._target(folder)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a run may raise anything
            return f"{type(error).__name__}: {error}"
        return None

    def cancel(self, folder: Path) -> None:
        if folder in self._waiting:
            self._waiting.remove(folder)
            self._ended.append(Ended(folder, "cancelled before it began"))

    def close(self) -> None:
        self._waiting.clear()

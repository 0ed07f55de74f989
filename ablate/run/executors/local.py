"""The executor of one machine: a process per run, from a server that has torch imported already.

A fork server imports the heavy libraries once; a run is then a fork of it, which takes tens of
milliseconds where a fresh interpreter takes seconds. Where there is no fork (Windows), each run is
a fresh interpreter.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import final

from ablate.run.executors.base import Ended, Target

GRACE_S = 2.0
"""A cancelled run that does not end after this long is killed."""


@final
class LocalExecutor:
    """Up to `workers` runs at a time, the machine's cores shared equally among them."""

    isolated = True

    def __init__(self, target: Target, *, workers: int | None = None, preload: Sequence[str] = ()):
        self.capacity, self.threads = share(workers)
        self._target = target
        self._running: dict[Path, BaseProcess] = {}
        self._context = _context()
        self._context.set_forkserver_preload(list(preload))
        if isinstance(self._context, ForkServerContext):
            _start_server()

    def submit(self, folder: Path) -> None:
        process = self._context.Process(
            target=_child, args=(self._target, folder, dict(os.environ)), daemon=True
        )
        process.start()
        self._running[folder] = process

    def poll(self, timeout_s: float) -> list[Ended]:
        wait([process.sentinel for process in self._running.values()], timeout=timeout_s)
        over = [folder for folder, process in self._running.items() if not process.is_alive()]
        return [Ended(folder, _trouble(self._running.pop(folder))) for folder in over]

    def cancel(self, folder: Path) -> None:
        if process := self._running.get(folder):
            _end([process])

    def close(self) -> None:
        _end(list(self._running.values()))
        self._running.clear()


def share(workers: int | None) -> tuple[int, int]:
    """The number of runs at a time, by default one per core, and the threads of each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    capacity = workers or cores or 1
    return capacity, max(1, (cores or 1) // capacity)


def _start_server() -> None:
    """Let the fork server import while the caller prepares.

    It inherits that Ctrl-C is blocked: it would answer one in the middle of an import. The caller's
    own waits until the server has started; ignored, it would be lost.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # signals are the main thread's; the first run starts the server
    resource_tracker.ensure_running()  # or the server would start it, which lifts the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context() -> ForkServerContext | SpawnContext:
    forks = "forkserver" in multiprocessing.get_all_start_methods()
    return (
        multiprocessing.get_context("forkserver") if forks else multiprocessing.get_context("spawn")
    )


def _child(target: Target, folder: Path, environment: dict[str, str]) -> None:
    # Ctrl-C reaches the whole group; only the caller decides what it means for a run.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # The fork server's environment is that of the moment it was started.
    os.environ.update(environment)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    target(folder)


def _die_with_parent() -> None:
    """End this process when the one that submitted the run is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _end(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(GRACE_S)
        if process.is_alive():
            process.kill()
            process.join()


def _trouble(process: BaseProcess) -> str | None:
    process.join()
    code = process.exitcode
    process.close()
    if code and code < 0:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    return f"ended with exit status {code}" if code else None

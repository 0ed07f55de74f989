"""What the tests let executors run: module-level functions of one folder."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

FOREVER_S = 600


def behave(folder: Path) -> None:
    """Do what the file `order` in the folder says, and leave `began` and `done`."""
    (folder / "began").write_text(str(os.getpid()))
    order = (folder / "order").read_text()
    ORDERS[order]()
    (folder / "done").write_text(order)


def fail() -> None:
    raise ValueError("as told")


def leave() -> None:
    raise SystemExit(3)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(FOREVER_S)


def hang_deaf() -> None:
    """Hang and ignore SIGTERM, as a process stuck in a driver does."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Event().wait(FOREVER_S)


ORDERS = {
    "work": lambda: None,
    "fail": fail,
    "leave": leave,
    "crash": crash,
    "hang": hang,
    "hang_deaf": hang_deaf,
}

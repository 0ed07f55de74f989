"""The executors' one protocol, and what each of them owes its caller.

An executor takes run folders and calls a target with each: a module-level function of one path.
It knows nothing of training, and its word on how a run went is a hint: what the run itself wrote
into its folder decides. Obligations, tested in `tests/run/executors/test_contract.py`:

- `submit` accepts up to `capacity` runs at a time and returns without waiting for one;
- every submitted run is reported by `poll` exactly once, cancelled or not;
- whatever a target does (raise, exit, crash, hang) harms neither the caller nor other runs, unless
  the executor says that it runs targets in the caller's own process;
- `cancel` ends a run soon, and is harmless for one that has ended;
- `close` leaves no process behind and may be called twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Target = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over. `trouble` is what the engine saw, None for an ordinary end."""

    folder: Path
    trouble: str | None


class Executor(Protocol):
    """Five verbs: capacity, submit, poll, cancel, close."""

    @property
    def capacity(self) -> int:
        """How many runs it takes at a time."""

    @property
    def threads(self) -> int:
        """How many threads each run may use."""

    @property
    def isolated(self) -> bool:
        """Whether a run has a process of its own, and so can be ended from outside."""

    def submit(self, folder: Path) -> None:
        """Start the target on `folder`."""

    def poll(self, timeout_s: float) -> list[Ended]:
        """The runs that ended since the last call; waits up to `timeout_s` for one."""

    def cancel(self, folder: Path) -> None:
        """End the run of `folder`; `poll` reports it."""

    def close(self) -> None:
        """End all that still runs and let go of every process."""

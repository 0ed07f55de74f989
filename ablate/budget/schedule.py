"""When the last run ends, as the scheduler hands them out."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from ablate.plan.trial import Trial


def finishing_s(trials: Sequence[Trial], seconds: Mapping[str, float], workers: int) -> float:
    """Seconds until all trials have ended, each of which takes what `seconds` says of its cell.

    A free worker takes teachers first, then what takes longest. Nobody is taught by a teacher
    that is still among the trials.
    """
    taught_by = {trial.teacher for trial in trials}
    waiting = sorted(trials, key=lambda t: (t.signature not in taught_by, -seconds[t.cell]))
    undone = {trial.signature for trial in trials}
    running: list[tuple[float, str]] = []
    now = 0.0
    while waiting or running:
        while len(running) < workers and (trial := _next(waiting, undone)):
            waiting.remove(trial)
            heapq.heappush(running, (now + seconds[trial.cell], trial.signature))
        now, signature = heapq.heappop(running)
        undone.remove(signature)
    return now


def _next(waiting: Sequence[Trial], undone: set[str]) -> Trial | None:
    return next((trial for trial in waiting if trial.teacher not in undone), None)

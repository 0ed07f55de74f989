"""The budget as `ablate plan` prints it, for people and for programs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from ablate.budget.model import Budget, Cost, Limited, Machine, Power, Source, Spread, Total
from ablate.cli._table import table
from ablate.cli.status import state_of
from ablate.plan.make import Plan
from ablate.report.formatting import amount, count, fixed, seconds, units
from ablate.report.labels import quoted
from ablate.store.store import Store
from ablate.study.labels import number
from ablate.study.metrics import METRICS, Metric

UNKNOWN = "unknown"
MEANING = (
    "detect: with 80 % power, two-sided at 5 %, each contrast on its own; "
    "SD: of the differences by seed"
)
NAMED = 3
"""At most so many studies are named that a spread is known from."""


def budget_text(budget: Budget, plan: Plan) -> str:
    """The cost of a run of each cell, the total still to be run, and what the seeds can show."""
    machine, metric = budget.machine, METRICS[plan.study.metric]
    runs = f"{count(machine.workers, 'run')} at a time, {count(machine.threads, 'thread')} each"
    rows = [("a run of", "time", "memory", "disk", "known from"), *map(_row, budget.costs)]
    return "\n".join(
        [
            f"costs on {machine.device}: {runs}",
            "",
            *table(rows),
            "",
            *_headed("to run", _total(budget.total, machine)),
            *_headed("power", power_lines(budget.power, metric)),
            *_headed("claims", claim_lines(budget.limited, metric)),
        ]
    )


def budget_json(budget: Budget, plan: Plan, store: Store) -> str:
    """The plan and its budget for programs: numbers, nothing rounded, null where unknown."""
    runs = store.runs(plan)
    trials = [
        {
            "name": trial.name,
            "cell": trial.cell,
            "seed": trial.seed,
            "signature": trial.signature,
            "state": state_of(trial, runs.get(trial.signature), store)[0],
        }
        for trial in plan.trials
    ]
    plain = {"study": plan.study.name, "setting": plan.setting_name, "trials": trials}
    return json.dumps(plain | asdict(budget), indent=1, ensure_ascii=False)


def _headed(head: str, lines: Iterator[str]) -> Iterator[str]:
    """The lines with a word before the first."""
    for i, line in enumerate(lines):
        yield f"{'' if i else head:<8} {line}"


def _row(cost: Cost) -> tuple[str, ...]:
    time = UNKNOWN if cost.time_s is None else seconds(cost.time_s)
    memory = UNKNOWN if cost.memory_gb is None else f"{cost.memory_gb:.2f} GB"
    disk = UNKNOWN if cost.disk_bytes is None else size(cost.disk_bytes)
    return cost.cell, time, memory, disk, _source(cost)


def _source(cost: Cost) -> str:
    if cost.cause:
        return f"its dry run failed: {cost.cause}"
    return {
        Source.RUNS: count(cost.runs, "run"),
        Source.STALE: f"{count(cost.runs, 'run')}, stale",
        Source.DRY_RUN: "a dry run",
        Source.UNKNOWN: "nothing: no run on this machine, no dry run",
    }[cost.source]


def _total(total: Total, machine: Machine) -> Iterator[str]:
    """`9 trials: 10.8 min with 2 workers, 0.35 core-hours, 8.3 MB of disk`."""
    trials, known = count(total.trials, "trial"), total.known
    if known is None:
        yield f"{trials}, at unknown cost" if total.trials else "nothing: all trials have ended"
        return
    workers = count(machine.workers, "worker")
    gpu = "" if known.gpu_hours is None else f"{hours(known.gpu_hours)} GPU-hours, "
    spent = f"{hours(known.core_hours)} core-hours, {gpu}{size(known.disk_bytes)} of disk"
    yield f"{trials}: {seconds(known.finish_s)} with {workers}, {spent}"
    if total.unknown:
        yield f"without {total.unknown} of them, whose cost is unknown"
    if known.disk_bytes > total.free_bytes:
        yield f"the disk has only {size(total.free_bytes)} free: they do not fit"


def power_lines(power: Power, metric: Metric) -> Iterator[str]:
    """The differences that the seeds detect, in SDs and, where their size is known, in points."""
    if power.found_sd is None:
        yield "1 seed shows nothing: without a spread there is nothing to test with"
        return
    seeds = count(power.seeds, "seed")
    yield f"{seeds} detect differences of {_sd(power.found_sd)}{_here(power.found, metric)}"
    yield MEANING
    if power.spread:
        yield f"1 SD is {_points(power.spread.sd, metric)}, {_behind(power.spread)}"
    if power.margin is not None and power.spread:
        needed = power.seeds_for_margin
        takes = "more than 1,000 seeds" if needed is None else count(needed, "seed")
        among = f", as one of {power.claims} claims" if power.claims > 1 else ""
        size = amount(power.margin, metric)
        yield f"a difference as large as the margin, {size}, takes {takes}{among}"
    if power.found_first_sd is not None:
        first = f"{_sd(power.found_first_sd)}{_here(power.found_first, metric)}"
        tested = f"{power.claims} claims are adjusted for each other (Holm)"
        yield f"{tested}: the first direction to be shown takes {first}"
    if power.most_seeds is not None and power.found_by_most_sd is not None:
        added = f"seeds are added up to {power.most_seeds} while a claim is undecided"
        yield f"{added}: all of them detect {_sd(power.found_by_most_sd)}"
    if power.exact_p is not None:
        yield f"with {seeds} no exact paired test can reach p < {number(power.exact_p)}"


def claim_lines(limits: Iterable[Limited], metric: Metric) -> Iterator[str]:
    """The claims that could hardly come out one way."""
    for one in limits:
        if one.worse_than is not None:
            worse = "below" if metric.direction == "higher" else "above"
            score = f"{number(float(f'{one.worse_than:.4g}'))} {metric.unit}"
            yield f"{quoted(one.says)} can be refuted only beside a score {worse} {score}"
        else:
            yield f"{quoted(one.says)} could hardly be {one.way}: that takes {_takes(one, metric)}"


def _takes(one: Limited, metric: Metric) -> str:
    """`a rise of 2.1 points, and scores leave room for 1.2`."""
    needs, room = (_points(abs(size), metric) for size in (one.needs, one.room or 0.0))
    if one.expect == "equivalent" and one.way == "supported":
        return f"a margin of {needs} with these seeds"
    way = "difference" if one.expect == "equivalent" else "rise" if one.needs > 0 else "drop"
    return f"a {way} of {needs}, and scores leave room for {room}"


def _behind(spread: Spread) -> str:
    """`pooled over 4 contrasts (30 runs) of pos_embedding`."""
    more = len(spread.studies) - NAMED
    named = ", ".join(spread.studies[:NAMED]) + (f" and {more} more" if more > 0 else "")
    runs = count(spread.runs, "run")
    return f"pooled over {count(spread.contrasts, 'contrast')} ({runs}) of {named}"


def _here(value: float | None, metric: Metric) -> str:
    return "" if value is None else f", here {_points(value, metric)}"


def _points(value: float, metric: Metric) -> str:
    """Two digits: few runs do not tell a spread better."""
    return f"{number(float(f'{value:.2g}'))} {units(metric)}"


def _sd(value: float) -> str:
    return f"{fixed(value, 1)} SD"


def hours(value: float) -> str:
    """`12`, `0.8`, `0.05`, `< 0.01`."""
    if value < 0.01:
        return "< 0.01"
    return f"{value:,.0f}" if value >= 10 else number(float(f"{value:.2g}"))


def size(n: int) -> str:
    """`0.86 MB`, `26 MB`, `3.1 GB`."""
    scale, unit = (1e6, "MB") if n < 1e9 else (1e9, "GB")
    return f"{n / scale:,.{2 if n / scale < 1 else 1 if n / scale < 10 else 0}f} {unit}"

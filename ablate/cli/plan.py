"""`ablate plan`: the trials of a study, what they cost, and what they can show."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from ablate.budget.costs import DryRuns, items, need_dry_run
from ablate.budget.dry_runs import cached_dry_runs, make_dry_runs
from ablate.budget.machine import this_machine
from ablate.budget.make import make_budget
from ablate.budget.model import Budget
from ablate.cli._study import exploratory, grown_plan
from ablate.cli._table import table
from ablate.cli.budget import budget_json, budget_text
from ablate.cli.parser import DONE, WRONG, Parser, add_json, add_study, add_workers
from ablate.errors import Problem, StudyError
from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.report.formatting import count
from ablate.run.dry_run import dry_run_alone
from ablate.run.executors.local import LocalExecutor
from ablate.run.scheduler import unfinished
from ablate.store.store import Run, Store
from ablate.study.labels import number
from ablate.study.levels import level_text
from ablate.study.schema import Level


def add_arguments(command: Parser) -> None:
    add_study(command)
    add_json(command)
    add_workers(command)
    what = "leave unknown what no earlier run or dry run has told"
    command.add_argument("--no-dry-run", action="store_true", help=what)


def run(options: argparse.Namespace) -> int:
    store = Store(options.runs)
    plan = grown_plan(options, store)
    budget = make(plan, store, options)
    if options.json:
        print(budget_json(budget, plan, store))
        return WRONG if budget.failed else DONE
    print(plan_text(plan, store), budget_text(budget, plan), sep="\n\n", flush=True)
    if budget.failed:
        raise StudyError(mistakes(budget, plan))
    return DONE


def make(plan: Plan, store: Store, options: argparse.Namespace) -> Budget:
    """The budget of what is not finished. Cells of which nothing is known are dry-run."""
    machine = this_machine(1 if options.executor == "inline" else options.workers)
    todo = unfinished(plan, store, options.rerun_stale)
    lines = items(plan, store, machine, todo)
    trials = need_dry_run(lines)
    known: DryRuns = cached_dry_runs(trials, machine, store)
    missing = [trial for trial in trials if trial.cell not in known]
    if missing and not options.no_dry_run:
        executor = LocalExecutor(
            dry_run_alone, workers=machine.workers, preload=["ablate.run.forkserver_preload"]
        )
        tell = partial(print, file=sys.stderr, flush=True)
        known = {**known, **make_dry_runs(missing, machine, store, executor, tell)}
    return make_budget(plan, store, machine, lines, todo, known)


def mistakes(budget: Budget, plan: Plan) -> list[Problem]:
    """The cells whose dry run failed: where the study asks for them, and why it failed."""
    places = {cell.name: cell.place for cell in plan.cells}
    problem = plan.study.source.problem
    return [
        problem(places.get(cost.cell, ()), f"{cost.cell} cannot be trained: {cost.cause}")
        for cost in budget.failed
    ]


def plan_text(plan: Plan, store: Store) -> str:
    """Cells with what is trained for them, then what is finished of it."""
    runs = store.runs(plan)
    rows = [("cell", "model", "differs from the variant in", *(f"s{s}" for s in plan.seeds))]
    rows += [_cell_row(plan.of_cell(cell), runs) for cell in plan.cells]
    blank = ("",) * (len(plan.seeds) - 1)
    rows += [(*_cell_row((teacher,), runs), *blank) for teacher in plan.extra]
    recipe = plan.setting.recipe.model_dump(exclude_defaults=True)
    done = sum(run.finished for run in runs.values())
    return "\n".join(
        [
            f"{plan.name}: {plan.study.title}",
            f"setting  {plan.setting.title}",
            f"recipe   {', '.join(f'{name} {_chosen(value)}' for name, value in recipe.items())}",
            "",
            *table(rows),
            "",
            f"{_sum(plan)}, {done} finished",
            *exploratory(plan, store),
            f"a trial, such as {plan.trials[-1].name}, shows its signature; ✓ finished, ~ stale",
        ]
    )


def _chosen(value: Level) -> str:
    """A part of a recipe as somebody chose it: `20`, `0.002`, `cosine`."""
    if isinstance(value, float) or type(value) is int:
        return number(value)
    return level_text(value)


def _sum(plan: Plan) -> str:
    """`4 cells × 2 seeds + 1 teacher = 9 trials`."""
    teachers = f" + {count(len(plan.extra), 'teacher')}" if plan.extra else ""
    return (
        f"{len(plan.cells)} cells × {len(plan.seeds)} seeds{teachers} = {len(plan.trials)} trials"
    )


def _cell_row(trials: Sequence[Trial], runs: dict[str, Run]) -> tuple[str, ...]:
    first = trials[0]
    changes = ", ".join(f"{name}={level_text(level)}" for name, level in first.toggles.items())
    marks = (_mark(runs.get(trial.signature)) + trial.signature[:10] for trial in trials)
    return (first.cell, f"{first.architecture} {first.variant}", changes or "–", *marks)


def _mark(run: Run | None) -> str:
    if run is None or not run.finished:
        return " "
    return "~" if run.stale else "✓"

"""`ablate run`: run what is not finished, then report."""

import argparse
import signal
from functools import partial
from typing import NoReturn

from ablate.cli._reports import folder_of
from ablate.cli._study import grown_plan
from ablate.cli.check import require
from ablate.cli.parser import Parser, add_reports, add_study, add_workers, positive
from ablate.cli.progress import Screen
from ablate.plan.make import Plan
from ablate.run.executors.base import Executor
from ablate.run.executors.inline import InlineExecutor
from ablate.run.executors.local import LocalExecutor
from ablate.run.scheduler import Options, execute, unfinished
from ablate.run.speed import time_alone, time_network, time_networks
from ablate.run.worker import run_alone, run_trial
from ablate.store.claims import register
from ablate.store.store import Store
from ablate.tracking.mode import prepare_wandb


def add_arguments(command: Parser) -> None:
    add_study(command)
    add_reports(command)
    add_workers(command)
    add = command.add_argument
    add("--timeout", type=positive, metavar="SECONDS", help="end a run that takes longer")
    add("--wandb", choices=("online", "offline", "disabled"), help="default: online if logged in")
    add("--wandb-project", default="ablate", metavar="NAME")


def run(options: argparse.Namespace) -> int:
    store = Store(options.runs)
    plan = grown_plan(options, store)
    folder_of(plan, options.reports)  # hours later it would be too late
    store.prepare()
    with store.writing():
        register(plan, store)
    if unfinished(plan, store, options.rerun_stale):
        require(plan, store)
        _execute(plan, store, options)
        time_networks(grown_plan(options, store), store, _timer(options))
    else:
        print(f"{plan.name}: all {len(plan.trials)} trials have ended")
    from ablate.cli.report import write_report

    return write_report(grown_plan(options, store), store, options.reports)


def _execute(plan: Plan, store: Store, options: argparse.Namespace) -> None:
    from ablate.run.adaptive import grown

    signal.signal(signal.SIGTERM, _stop)
    with Screen() as screen:
        executor = _executor(options)  # which imports while W&B is prepared
        how = Options(
            timeout_s=options.timeout,
            wandb=prepare_wandb(options.wandb),
            wandb_project=options.wandb_project,
            rerun_stale=options.rerun_stale,
        )
        execute(plan, executor, store, how, screen, partial(grown, store=store))


def _executor(options: argparse.Namespace) -> Executor:
    if options.executor == "inline":
        return InlineExecutor(run_trial)
    return LocalExecutor(
        run_alone, workers=options.workers, preload=["ablate.run.forkserver_preload"]
    )


def _timer(options: argparse.Namespace) -> Executor:
    """One network at a time, each with the threads of its run."""
    if options.executor == "inline":
        return InlineExecutor(time_network)
    return LocalExecutor(time_alone, workers=1, preload=["ablate.run.forkserver_preload"])


def _stop(*_: object) -> NoReturn:
    """Answer SIGTERM like Ctrl-C."""
    raise KeyboardInterrupt

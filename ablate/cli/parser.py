"""What may be typed after `ablate`: commands, options, and what their words mean."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ablate.errors import hint

Command = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """Names the nearest command or choice when one is mistyped."""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, hint(value, map(str, action.choices)))


def parser(calls: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Every command and option of `ablate`; `calls` says what carries each command out."""

    def add(name: str, about: str) -> Parser:
        command: Parser = commands.add_parser(name, help=about, description=about)
        command.set_defaults(command=calls[name])
        return command

    top = Parser(prog="ablate", description="From one study file to an ablation section.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add("list", "the studies in ./studies and the settings")
    check = add("check", "prove that every factor acts, before any run")
    plan = add("plan", "the trials of a study, what they cost and can show")
    run = add("run", "run what is not finished, then report")
    status = add("status", "the state of every trial, with causes")
    report = add("report", "analyse what there is and write the report")
    compare = add("compare", "two settings, commits or reports of a study")
    add("models", "the architectures and their variants")
    model = add("model", "what a variant is made of, costs, and can change")
    add("schema", "the JSON Schema of a study file, for editors")
    for command in (check, plan, run, status):
        _add_study(command)
    _add_study(report, "the path of a study file, or a report to render anew: its folder")
    for command in (run, report, compare):
        command.add_argument("--reports", type=Path, default=Path("reports"), metavar="DIR")
    for command in (check, plan, compare):
        command.add_argument("--json", action="store_true", help="for other programs to read")
    for command in (plan, run):
        _add_workers(command)
    plan.add_argument(
        "--no-dry-run", action="store_true", help="leave unknown what no run has told"
    )
    _add_compared(compare)
    _add_running(run)
    _add_model(model)
    return top


def _add_study(command: Parser, paths: str = "or the path of a study file") -> None:
    add = command.add_argument
    add("study", metavar="STUDY", help=f"a name in ./studies, {paths}")
    add("--setting", metavar="NAME", help="the scale at which to ask (default: the study's)")
    add("--seeds", type=seeds, metavar="N|A,B,…|NAME", help="how many seeds, or which")
    where = "where records are (ABLATE_RUNS)"
    add("--runs", type=Path, default=runs_folder(), metavar="DIR", help=where)


def runs_folder() -> Path:
    """Where records are if nobody says."""
    return Path(os.environ.get("ABLATE_RUNS", "runs"))


def _add_compared(command: Parser) -> None:
    add = command.add_argument
    what = "STUDY, STUDY@SETTING, STUDY:COMMIT (runs made at it), or a report's folder"
    add("a", metavar="A", help=what)
    add("b", metavar="B", help="likewise; differences are B minus A")
    where = "where records are (ABLATE_RUNS); given twice, those of A and those of B"
    add("--runs", type=Path, action="append", metavar="DIR", help=where)


def _add_workers(command: Parser) -> None:
    add = command.add_argument
    add("--executor", choices=("local", "inline"), default="local", help="where runs happen")
    add("--workers", type=positive_int, metavar="N", help="runs at a time (default: a core each)")
    add("--rerun-stale", action="store_true", help="repeat runs whose code has changed since")


def _add_running(command: Parser) -> None:
    add = command.add_argument
    add("--timeout", type=positive, metavar="SECONDS", help="end a run that takes longer")
    add("--wandb", choices=("online", "offline", "disabled"), help="default: online if logged in")
    add("--wandb-project", default="ablate", metavar="NAME")


def _add_model(command: Parser) -> None:
    add = command.add_argument
    add("name", metavar="NAME", help="a variant, an architecture, torchvision:NAME or timm:NAME")
    add("--image-size", type=positive_int, metavar="N", help="pixels (default: the variant's)")
    change = "toggle=level, as a study file spells it: what differs from the variant"
    add("--set", nargs="+", action="extend", default=[], metavar="TOGGLE=LEVEL", help=change)


def seeds(text: str) -> tuple[int, ...] | str:
    """`5` → seeds 0 to 4; `3,7` → those two; a word → the seeds that the study calls that."""
    if text and not text[0].isdecimal() and text[0] not in "-,":
        return text
    numbers = [int(part) for part in text.split(",") if part]
    if any(number < 0 for number in numbers) or len(set(numbers)) < len(numbers):
        raise argparse.ArgumentTypeError("seeds are different numbers from 0 upward")
    if "," in text:
        return tuple(numbers)
    if numbers[0] < 1:
        raise argparse.ArgumentTypeError("at least one seed is needed")
    return tuple(range(numbers[0]))


def positive(text: str) -> float:
    """A number above zero."""
    if not (value := float(text)) > 0:
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return value


def positive_int(text: str) -> int:
    """A whole number above zero."""
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {text}")
    return value

"""How arguments are parsed, those that several commands share, and the exit codes. Light."""

import argparse
from pathlib import Path

from ablate.api import runs_folder
from ablate.errors import hint

DONE, INCOMPLETE, WRONG, STOPPED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """Names the nearest command or choice when one is mistyped."""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, hint(value, map(str, action.choices)))


def add_study(command: Parser, paths: str = "the path of a study file") -> None:
    """The study, the setting and the seeds that are asked for, and where the records are."""
    add = command.add_argument
    add("study", metavar="STUDY", help=f"a name in ./studies, or {paths}")
    add("--setting", metavar="NAME", help="the scale at which to ask (default: the study's)")
    add("--seeds", type=seeds, metavar="N|A,B,…|NAME", help="how many seeds, or which")
    add(
        "--runs",
        type=Path,
        default=runs_folder(),
        metavar="DIR",
        help="where the records are (default: ABLATE_RUNS, else runs)",
    )


def add_reports(command: Parser) -> None:
    """Where reports are written."""
    add = command.add_argument
    add("--reports", type=Path, default=Path("reports"), metavar="DIR", help="where reports go")


def add_json(command: Parser) -> None:
    """Whether a program reads what is printed."""
    command.add_argument("--json", action="store_true", help="for other programs to read")


def add_workers(command: Parser) -> None:
    """Where and how many at a time trials are run, and which."""
    add = command.add_argument
    add("--executor", choices=("local", "inline"), default="local", help="where trials are run")
    add("--workers", type=positive_int, metavar="N", help="runs at a time (default: one per core)")
    add("--rerun-stale", action="store_true", help="repeat runs whose code has changed since")


def seeds(text: str) -> int | tuple[int, ...] | str:
    """`5`, `3,7` or a word, as `chosen_seeds` takes them."""
    if text and not text[0].isdecimal() and text[0] not in "-,":
        return text
    if "," in text:
        return tuple(int(part) for part in text.split(",") if part)
    return int(text)


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

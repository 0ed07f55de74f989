"""`ablate COMMAND …`: find the command, run it, and turn errors into exit codes.

Exit codes: 0 all done; 1 some runs failed or are missing (the report is written all the same), or
a part of the report could not be written; 2 the request is wrong; 130 stopped by Ctrl-C.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from ablate.cli.parser import DONE, STOPPED, WRONG, Parser
from ablate.errors import AblateError

COMMANDS = {
    "list": "the studies in ./studies, the settings and the recipes",
    "check": "prove that every factor acts, before any run",
    "plan": "the trials of a study, their cost, and what they can show",
    "run": "run what is not finished, then report",
    "status": "the state of every trial, with causes",
    "report": "analyze the runs there are and write the report",
    "compare": "two settings, commits or reports of a study",
    "models": "the architectures and their variants",
    "model": "what a variant is made of, costs, and can change",
    "schema": "the JSON Schema of a study file, for editors",
}
"""Each is a file of that name in this folder, with `add_arguments` and `run`."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        sys.exit(options.command(options))
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        print("stopped; the same command continues from here", file=sys.stderr)
        sys.exit(STOPPED)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of the command in `arguments`. No other command is imported."""
    top = Parser(prog="ablate", description="From one study file to an ablation section.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    gc.disable()  # imports free nothing, and looking for it takes a sixth of their time
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        if name in arguments:
            module = import_module(f"ablate.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(command=module.run)
    gc.freeze()  # nor would it find anything in them later
    gc.enable()
    return top.parse_args(arguments)


if __name__ == "__main__":
    main()

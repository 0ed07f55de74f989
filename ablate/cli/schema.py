"""`ablate schema`: the JSON Schema of a study file, for editors that complete and check it."""

import argparse
import json

from ablate.cli.parser import DONE, Parser
from ablate.study.json_schema import json_schema


def add_arguments(_: Parser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return DONE

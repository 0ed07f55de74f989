"""`ablate models`: every architecture and its variants, by name: measuring all takes seconds."""

import argparse

from ablate.cli.model import wrapped
from ablate.cli.parser import DONE, Parser
from ablate.models.catalog import ARCHITECTURES, MODEL_LIBRARIES, describe

HINT = "`ablate model NAME` shows what a variant is made of, what it costs, and what can change."


def add_arguments(_: Parser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    print(models_text())
    return DONE


def models_text() -> str:
    """The architectures in lines of limited width."""
    lines, width = ["architectures"], max(map(len, ARCHITECTURES))
    for described in map(describe, ARCHITECTURES):
        lines += wrapped(described.title, f"  {described.name:<{width}}  ")
        lines += wrapped(", ".join(described.variants), " " * (width + 4))
    compared = " and ".join(f"{library}:NAME" for library in MODEL_LIBRARIES)
    more = f"To compare with: {compared}, any classification network."
    return "\n".join([*lines, "", more, HINT])

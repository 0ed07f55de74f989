"""`ablate list`: the studies in ./studies with their mistakes, the settings, the recipes."""

import argparse
from collections.abc import Iterator

from ablate.cli._table import table
from ablate.cli.parser import DONE, Parser
from ablate.errors import StudyError
from ablate.recipes import load_recipe, recipe_names
from ablate.settings import load_setting, setting_names
from ablate.study.load import STUDIES, find_study, load_study, study_names


def add_arguments(_: Parser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    print(studies_text())
    return DONE


def studies_text() -> str:
    """All that can be named on the command line, by kind."""
    parts = {
        "studies": list(_studies()) or [(f"(none in ./{STUDIES})", "")],
        "settings": [(name, load_setting(name).title) for name in setting_names()],
        "recipes": [(name, load_recipe(name).title) for name in recipe_names()],
    }
    return "\n\n".join("\n".join([part, *table(rows)]) for part, rows in parts.items())


def _studies() -> Iterator[tuple[str, str]]:
    for name in study_names():
        try:
            study = load_study(find_study(name))
        except StudyError as error:
            yield name, f"! {error.count}: {error.problems[0]}"
        else:
            source = f" ({study.paper.table})" if study.paper and study.paper.table else ""
            yield name, f"{study.title}{source}"

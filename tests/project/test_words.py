"""The words of the project: American spelling, and docstrings that say what is returned or done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "ablate").rglob("*.py"))
TEXTS = [
    path
    for folder in ("ablate", "docs", "studies", "tests")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".yaml", ".j2", ".css"} and path != Path(__file__)
]
TEXTS += [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
BRITISH = re.compile(
    r"(?i)\w*(?:colour|behaviour|neighbour|favour|flavour|honour|catalogue|licence|artefact"
    r"|centre\b|whilst|learnt|misspelt|labelled(?!by)|modelling|cancelling|analyse[ds]?\b"
    r"|(?:normal|optim|initial|regular|standard|summar|random|general|minim|maxim|visual|organ"
    r"|recogn|character|emphas|penal|util|special|serial|parametr|memor)is(?:e|ed|es|er|ers|ing"
    r"|able|ation|ations)\b)\w*"
)


def british(text: str) -> list[str]:
    return [word for word in BRITISH.findall(text) if word != "analyses"]  # the noun's plural


def test_spelling_is_american():
    found = {str(path): british(path.read_text(encoding="utf-8")) for path in TEXTS}
    assert {path: words for path, words in found.items() if words} == {}


def test_british_spelling_would_be_found():
    assert british("Two analyses of an Optimiser's behaviour") == ["Optimiser", "behaviour"]


def questions(source: str) -> Iterator[str]:
    """The docstrings of a source that begin with "What", which is no sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(node) or ""
            if text.startswith("What "):
                yield text


def test_docstrings_say_what_is_returned_or_done():
    found = {str(path): [*questions(path.read_text(encoding="utf-8"))] for path in SOURCES}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_a_docstring_that_begins_with_what_would_be_found():
    assert list(questions('def f():\n    """What is found."""')) == ["What is found."]

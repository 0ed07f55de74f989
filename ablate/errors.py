"""The exceptions for a wrong request, one small tree.

    AblateError
    ├── StudyError           every mistake of a study, or all that keeps it from a setting
    ├── UnknownNameError a study, setting, architecture, … that does not exist
    └── StoreError           the runs folder cannot be used

The library raises these; only `ablate.cli` prints them. Every message says what is wrong, where,
what is allowed, and the nearest name.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MANY = 70
"""The most names that a message spells out."""


class AblateError(Exception):
    """An error that the user can put right; its text is the whole message."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file: its line, and what is wrong there.

    `line` is 0 in a study that was not read from a file.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}: {self.message}"


class StudyError(AblateError):
    """Every mistake of one file, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        self.count = f"{len(self.problems)} mistake{'s' if len(self.problems) > 1 else ''}"
        head = f"{self.problems[0].file}: {self.count}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class UnknownNameError(AblateError):
    """A name that is not in its table."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown {kind} {hint(name, known)}")


class StoreError(AblateError):
    """The runs folder cannot be read or written."""


def told(place: Sequence[str | int], message: str) -> str:
    """The message, with the keys that lead to the mistake before it."""
    where = ".".join(str(part) for part in place)
    return f"{where}: {message}" if where else message


def hint(name: object, known: Iterable[str]) -> str:
    """`name`, the nearest known name if one is near, and the allowed ones."""
    names = list(known)
    return f"{str(name)!r}{nearest(name, names)} (allowed: {listed(name, names)})"


def listed(name: object, known: Sequence[str]) -> str:
    """All known names; of very many, their number and those most like `name`."""
    if len(known) <= MANY:
        return ", ".join(known) if known else "none"
    near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.0)
    return f"{len(known)} names, such as {', '.join(near)}"


def nearest(name: object, known: Sequence[str]) -> str:
    """`; did you mean …?` with the nearest known name, or nothing if none is near."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""

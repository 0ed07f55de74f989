"""YAML in, plain data with line numbers out. Nothing else in Ablate knows how YAML is read."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean

from ablate.errors import Problem, told

Place = tuple[str | int, ...]
"""Where a value stands in the data: keys and positions from the top."""


@dataclass
class Source:
    """A file: its data, the line of every node, and the mistakes found in it so far."""

    file: str
    start: int = 1
    """The line of a mistake that has no other; 0 without a file."""
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wrong: set[Place] = field(default_factory=set)
    """The places of the wrong type; nothing more is said of them or of what lies below."""

    def problem(self, place: Place, message: str) -> Problem:
        """A mistake at `place`, with the line of it or of the nearest place above that has one."""
        known = place
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(self.file, self.lines.get(known, self.start), told(place, message))

    def blame(self, place: Place, message: str) -> None:
        """Note a mistake, unless its place is known to have the wrong type."""
        if not any(place[:length] in self.wrong for length in range(len(place) + 1)):
            self.problems.append(self.problem(place, message))


def step(key: object) -> str | int:
    """The key as a part of a place."""
    return key if isinstance(key, str | int) else str(key)


def read_source(path: Path) -> Source:
    """Read a YAML file. What cannot be read becomes a problem, never an exception."""
    source = Source(file=path.as_posix())
    try:
        tree = _parse(path.read_text(encoding="utf-8"), source)
    except UnicodeDecodeError:
        source.blame((), "is not a text file in UTF-8")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.problems.append(
            Problem(source.file, mark.line + 1 if mark else 1, f"not YAML: {error.problem}")
        )
    except YAMLError as error:
        source.blame((), f"not YAML: {error}")
    else:
        source.data = _plain(tree, (), source)
    return source


def read_value(text: str) -> Any:
    """A value written as in a study file. Raises `ValueError` if it is not YAML."""
    source = Source(file="")
    try:
        value = _plain(_parse(text, source), (), source)
    except YAMLError as error:
        raise ValueError(f"{text!r} is not YAML") from error
    if source.problems:
        raise ValueError(f"{text!r}: {source.problems[0].message}")
    return value


def _parse(text: str, source: Source) -> Any:
    try:
        return YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        key = str(error.problem).split('"')[1]
        source.problems.append(Problem(source.file, line, f"key {key!r} stands here twice"))
    lenient = YAML(typ="rt", pure=True)
    lenient.allow_duplicate_keys = True
    return lenient.load(text)


def _plain(node: Any, place: Place, source: Source) -> Any:
    """The node without ruamel's classes, its children's lines noted on the way."""
    if isinstance(node, CommentedMap):
        return dict(_children(node.items(), node.lc.key, place, source))
    if isinstance(node, CommentedSeq):
        return [value for _, value in _children(enumerate(node), node.lc.item, place, source)]
    if isinstance(node, TaggedScalar):
        source.blame(place, f"tag {node.tag.value} is not allowed; write a plain value")
        return str(node.value)
    # The order matters: a ScalarBoolean is an int, and a bool is one too.
    if isinstance(node, bool | ScalarBoolean):
        return bool(node)
    kind = next((kind for kind in (int, float, str) if isinstance(node, kind)), None)
    return kind(node) if kind else node


def _children(
    items: Iterable[tuple[Any, Any]], position: Any, place: Place, source: Source
) -> Iterator[tuple[Any, Any]]:
    for item, value in items:
        key = _plain(item, place, source)
        inner = (*place, step(key))
        # A key that came in by a YAML merge has no line of its own; its parent's serves.
        with suppress(KeyError, TypeError, IndexError):
            source.lines[inner] = int(position(key)[0]) + 1
        yield key, _plain(value, inner, source)

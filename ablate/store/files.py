"""The one way to write a file: whole or not at all. And the one way to read one back."""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from ablate.errors import StoreError

T = TypeVar("T")

# Making one takes milliseconds, which a store of many runs would feel.
_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step: readers see the old file or the new, never a part."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Like `write_text`, for bytes. Leaves no temporary file behind if the disk is full."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def write_json(path: Path, value: Any) -> None:
    """Write a dataclass, pydantic model or plain value as JSON. NaN is refused: ValueError."""
    plain = _adapter(type(value)).dump_python(value, mode="json")
    write_text(path, json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path, kind: type[T]) -> T | None:
    """The `kind` in a file that `write_json` wrote; None if there is no file.

    Raises `StoreError` for a file that somebody or something else has changed.
    """
    try:
        value: T = _adapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise _damaged(path, error.errors()[0]["msg"]) from error
    return value


def append_line(path: Path, value: dict[str, Any]) -> None:
    """Add one line of JSON to a history. NaN is refused: ValueError."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(value, allow_nan=False) + "\n")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a history, without a last one that a dying process left unfinished."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
    try:
        rows: list[dict[str, Any]] = from_json("[" + ",\n".join(lines) + "]")
    except ValueError as error:
        raise _damaged(path, str(error)) from error
    return rows


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path} is damaged: {why}; move its folder {path.parent} away to make the run again"
    )

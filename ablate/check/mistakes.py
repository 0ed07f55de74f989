"""The error that stops a cell, told in a line with the line of the user's own code."""

import linecache
import re
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from itertools import dropwhile
from pathlib import Path
from traceback import walk_stack
from types import ModuleType

import torch

from ablate.errors import AblateError

OURS = Path(__file__).parent.parent
LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib"))
HINT = " Hint: enable anomaly detection"
"""PyTorch's advice, which is followed here."""
FRAME = re.compile(r'File "(.+?)", line (\d+)')


def mistake(error: BaseException, again: Callable[[], object]) -> str:
    """`RuntimeError: …, at nets.py:12: seen.mul_(2)`; `again` does what raised the error.

    An error in the backward pass knows no line of the network. PyTorch then names the line of the
    forward pass that it belongs to, if it is asked to before.
    """
    if isinstance(error, AblateError):
        return str(error)
    where = _users_line(_frames(error)) or _users_line(_blamed(again))
    if not where and isinstance(error, ValueError):
        return str(error)  # one of our networks says what it cannot be
    said = " ".join(traceback.format_exception_only(error)[-1].split()).partition(HINT)[0]
    return f"{said}, at {where}" if where else said


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield frame.filename, frame.lineno or 0


def _blamed(again: Callable[[], object]) -> Iterator[tuple[str, int]]:
    """The lines that PyTorch's anomaly detection blames for an error in the backward pass."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with torch.autograd.set_detect_anomaly(True, check_nan=False):
                again()
        except BaseException:  # noqa: BLE001  # the error is known
            pass
    for warning in caught:
        for file, line in FRAME.findall(str(warning.message)):
            yield file, int(line)


def _users_line(frames: Iterator[tuple[str, int]]) -> str:
    """`nets.py:12: seen.mul_(2)`: the last that we call in a user's file; "" without one."""
    called = dropwhile(lambda frame: not Path(frame[0]).is_relative_to(OURS), frames)
    own = [(file, line) for file, line in called if is_users(file)]
    if not own:
        return ""
    file, line = own[-1]
    code = linecache.getline(file, line).strip()
    return f"{_relative(file)}:{line}" + (f": {code}" if code else "")


def _relative(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name)


@cache
def is_users(file: str) -> bool:
    """Whether a file of code is neither ours nor a library's."""
    path = Path(file)
    return path.is_absolute() and not any(path.is_relative_to(root) for root in (OURS, *LIBRARIES))


def users_line() -> str:
    """The line of a user's code that is being executed."""
    frames = walk_stack(sys._getframe())
    return next(
        (f"{f.f_code.co_filename}:{n}" for f, n in frames if is_users(f.f_code.co_filename)), ""
    )


def users_modules() -> tuple[ModuleType, ...]:
    """The modules that were imported from users' files."""
    return _users_modules(len(sys.modules))


@cache
def _users_modules(_: int) -> tuple[ModuleType, ...]:
    named = ((module, getattr(module, "__file__", None)) for module in tuple(sys.modules.values()))
    return tuple(module for module, file in named if file and is_users(str(file)))

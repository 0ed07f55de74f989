"""Comparing an output with the one that was accepted last, byte for byte.

What differs is shown as a diff and kept under `tests/actual/`. `ACCEPT_GOLDEN=1` accepts it: look
at what git then says has changed.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

import pytest

ACCEPT = "ACCEPT_GOLDEN"
TESTS = Path(__file__).parents[1]
ELSEWHERE = (
    (re.compile(r"<svg .*?</svg>", re.DOTALL), "<svg></svg>"),
    (re.compile(r"<style>.*?</style>", re.DOTALL), "<style></style>"),
)
"""What an HTML file holds that has tests of its own, or comes from matplotlib's version."""


def check(actual: str, name: str, root: Path = TESTS) -> None:
    """Fail with a diff unless `golden/<name>` under `root` is exactly `actual`."""
    golden, seen = root / "golden" / name, root / "actual" / name
    if os.environ.get(ACCEPT):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(actual.encode())
    expected = golden.read_bytes().decode() if golden.exists() else ""
    if actual == expected:
        seen.unlink(missing_ok=True)
        return
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.write_bytes(actual.encode())
    before, after = (text.splitlines(keepends=True) for text in (expected, actual))
    diff = "".join(difflib.unified_diff(before, after, f"golden/{name}", f"actual/{name}"))
    pytest.fail(f"{name} is not what was accepted; {ACCEPT}=1 accepts it\n{diff}", pytrace=False)


def scrub(page: str) -> str:
    """The page without what has tests elsewhere."""
    for pattern, left in ELSEWHERE:
        page = pattern.sub(left, page)
    return page

"""Fingerprints: what answers a trial, as hashes by name, so that a change can say what changed.

The code that counts is found by following imports, within the packages that make a result, from
the training loop, the trial's architecture and its data set. Comments, docstrings and layout are
ignored. Nothing is imported: `ablate plan` and `ablate status` compare fingerprints in no time.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ablate.data.catalog import DATA_SETS
from ablate.plan.trial import Trial

PACKAGE = Path(__file__).parent.parent
MAKES_RESULTS = ("models", "data", "train")
LIBRARIES = ("torch", "torchvision", "lightning")


def fingerprint(trial: Trial) -> dict[str, str]:
    """Hash by module and version by library: everything that can change the trial's scores."""
    data = DATA_SETS[trial.data]
    return _fingerprint(trial.architecture, data.module.partition(":")[0], data.package)


@cache
def _fingerprint(architecture: str, data_module: str, data_package: str) -> dict[str, str]:
    roots = ("ablate.train.fit", f"ablate.models.{architecture}", data_module)
    modules = sorted(set().union(*(_closure(root) for root in roots)))
    code = {_path(module).relative_to(PACKAGE).as_posix(): code_hash(module) for module in modules}
    return code | {name: version(name) for name in (*LIBRARIES, data_package)}


def changed(then: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    """The names whose hash or version is not the same in both, in order."""
    return tuple(sorted(k for k in then.keys() | now.keys() if then.get(k) != now.get(k)))


@cache
def code_hash(module: str) -> str:
    """Hash of what the module says to the interpreter: its syntax tree without docstrings."""
    return hash_of_source(_path(module).read_text(encoding="utf-8"))


def hash_of_source(source: str) -> str:
    """12 hexadecimal digits that no comment, docstring or layout can change."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_text(part)]  # type: ignore[attr-defined]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:12]


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@cache
def _closure(module: str) -> frozenset[str]:
    """The module and all it imports, directly or not, among those that make results."""
    found, waiting = set[str](), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_imports(name))
    return frozenset(found)


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(_path(module).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
            parts = name.split(".")
            if parts[0] == "ablate" and {*parts[1:2]} & {*MAKES_RESULTS} and _path(name).is_file():
                yield name


def _path(module: str) -> Path:
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")

"""The project's own rules: layers, file sizes, what an import costs. And that each can fail."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ablate"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 400
HEAVY = (
    "torch",
    "pytorch_lightning",
    "timm",
    "wandb",
    "matplotlib",
    "pandas",
    "scipy",
    "sklearn",
    "statsmodels",
)

# Package → the packages of ablate that it may import. What is not here may import anything.
MAY_IMPORT = {
    "errors": set(),
    "models": {"errors", "models"},
    "stats": {"stats"},
    "recipes": {"errors", "recipes"},
    "settings": {"errors", "recipes", "settings"},
    "study": {"data", "errors", "models", "recipes", "settings", "study"},
    "measure": {"errors", "measure", "models"},
    "data": {"data", "models", "recipes"},
    "plan": {"data", "errors", "models", "plan", "recipes", "settings", "study"},
    "budget": {"budget", "errors", "plan", "run", "stats", "store", "study"},
    "store": {"errors", "interpret", "plan", "store", "study"},
    "check": {"check", "data", "errors", "measure", "models", "plan", "recipes", "store", "train"}
    | {"study"},
    "train": {"data", "measure", "models", "plan", "recipes", "store", "train"},
    "interpret": {"interpret", "models"},
    "run": {
        "analysis",
        "errors",
        "interpret",
        "measure",
        "plan",
        "results",
        "run",
        "store",
        "study",
        "tracking",
        "train",
    },
    "tracking": {"errors", "plan", "store", "study", "tracking", "train"},
    "results": {"check", "errors", "interpret", "models", "plan", "recipes", "results", "settings"}
    | {"store", "study"},
    "analysis": {"analysis", "check", "interpret", "recipes", "results", "stats", "study"},
    "report": {"analysis", "check", "errors", "interpret", "report", "stats", "store", "study"},
}


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str) -> Iterator[str]:
    """The modules that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def reversed_arrows(layer_name: str, source: str) -> list[str]:
    """The imports of a source that its layer may not have."""
    allowed = MAY_IMPORT.get(layer_name)
    inside = [name.split(".") for name in imports(source) if name.startswith("ablate.")]
    return [".".join(name) for name in inside if allowed is not None and name[1] not in allowed]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_arrow_of_the_design_is_reversed(path):
    assert reversed_arrows(layer(path), path.read_text(encoding="utf-8")) == []


def test_no_two_rooms_import_each_other_not_even_by_way_of_others():
    arrows: dict[str, set[str]] = {}
    for path in SOURCES:
        names = (name.split(".") for name in imports(path.read_text(encoding="utf-8")))
        found = {name[1] for name in names if name[0] == "ablate" and len(name) > 1}
        arrows.setdefault(layer(path), set()).update(found - {layer(path)})
    assert {"recipes", "study"} <= set(TopologicalSorter(arrows).static_order())


def test_a_reversed_arrow_would_be_found():
    assert reversed_arrows("stats", "from ablate.study.schema import Study") == [
        "ablate.study.schema"
    ]


def test_files_are_short():
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert {str(p): n for p, n in lengths.items() if n > LONGEST} == {}
    ordered = sorted(n for n in lengths.values() if n > 3)
    assert ordered[len(ordered) // 2] <= 150


def test_models_take_no_loose_keywords():
    loose = [
        f"{path.name}: {node.name}"
        for path in (PACKAGE / "models").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.args.kwarg
    ]
    assert loose == []


def loaded(code: str) -> set[str]:
    """The heavy libraries that are imported after some code ran in a process of its own."""
    ask = f"{code}\nimport sys\nprint(*({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split()) if done.stdout.strip() else set()


@pytest.mark.parametrize(
    "command",
    [
        ["--help"],
        ["list"],
        ["status", "pos_embedding", "--runs", "nowhere"],
        ["schema"],
        ["models"],
        ["model", "--help"],
        ["model", "cvt13"],
    ],
    ids=" ".join,
)
def test_quick_commands_import_nothing_heavy(command):
    assert loaded(
        f"from ablate.cli.main import main\ntry: main({command!r})\nexcept SystemExit: pass"
    ) == (set())


def test_planning_imports_nothing_heavy_but_the_arithmetic_of_power():
    command = ["plan", "pos_embedding", "--no-dry-run", "--runs", "nowhere"]
    code = f"from ablate.cli.main import main\ntry: main({command!r})\nexcept SystemExit: pass"
    assert loaded(code) == {"scipy"}


def test_a_heavy_import_would_be_found():
    assert loaded("import scipy") == {"scipy"}


@pytest.mark.parametrize("path", sorted((ROOT / "studies").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_study_opens_with_its_question_its_command_and_what_to_expect(path):
    cover = path.read_text(encoding="utf-8").partition("\ntitle:")[0]
    assert "?" in cover
    assert f"make study STUDY={path.stem}" in cover
    assert "Expected" in cover

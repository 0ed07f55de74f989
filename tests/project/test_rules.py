"""The project's own rules: layers, file sizes, what an import costs. And that each can fail."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
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

ROW = re.compile(r"^\| `(\w+)` \|.*\|(.*)\|$", re.MULTILINE)
ROOMS = ROW.findall((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
"""The rows of the table of docs/architecture.md: a room, and what it may import."""


def may_import() -> dict[str, set[str]]:
    """Room → the rooms of ablate that it may import, from the first row to the last."""
    found: dict[str, set[str]] = {}
    for room, named in ROOMS:
        found[room] = (
            set(found) if "any of the above" in named else {*re.findall(r"`(\w+)`", named)}
        )
    return found


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str) -> Iterator[str]:
    """The modules that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def reversed_arrows(room: str, source: str) -> list[str]:
    """The imports of a source that its room may not have."""
    allowed = may_import()[room] | {room}
    names = [name.split(".") for name in imports(source) if name.startswith("ablate.")]
    return [".".join(name) for name in names if name[1] not in allowed]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_arrow_of_the_design_is_reversed(path):
    if path != PACKAGE / "__init__.py":
        assert reversed_arrows(layer(path), path.read_text(encoding="utf-8")) == []


def test_a_reversed_arrow_would_be_found():
    assert reversed_arrows("stats", "from ablate.study.schema import Study") == [
        "ablate.study.schema"
    ]


def test_every_room_is_in_the_picture_below_all_that_it_imports():
    assert set(may_import()) == {layer(path) for path in SOURCES} - {"__init__"}
    rooms = list(may_import())
    for room, allowed in may_import().items():
        assert allowed <= set(rooms[: rooms.index(room)])


def test_the_picture_names_no_arrow_that_is_gone():
    drawn: dict[str, set[str]] = {room: set() for room in may_import()}
    for path in SOURCES:
        names = (name.split(".") for name in imports(path.read_text(encoding="utf-8")))
        found = {name[1] for name in names if name[0] == "ablate" and len(name) > 1}
        drawn.setdefault(layer(path), set()).update(found - {layer(path)})
    assert {room: drawn[room] for room, named in ROOMS if "any" not in named} == {
        room: may_import()[room] for room, named in ROOMS if "any" not in named
    }


def test_only_three_modules_stand_beside_the_packages():
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "api.py", "errors.py"}


def middle(sizes: list[int], share: float = 0.5) -> int:
    return sorted(sizes)[int(share * len(sizes))]


def test_files_are_short():
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert {str(p): n for p, n in lengths.items() if n > LONGEST} == {}
    assert middle([n for n in lengths.values() if n > 3]) <= 150


def test_functions_are_short():
    sizes = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert (middle(sizes) <= 10, middle(sizes, 0.9) <= 40) == (True, True)


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

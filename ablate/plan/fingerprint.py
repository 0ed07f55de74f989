"""Fingerprints: hashes by name of all that answers a trial, so that a change can be named.

The code that counts is found by following imports, within the packages that make a result, from
the training loop, the trial's architecture and its data set; from a user's network, within the
folder or package that it lies in. Comments, docstrings and layout are ignored. Nothing is imported:
`ablate plan` and `ablate status` compare fingerprints in no time.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ablate.data.catalog import DATA_SETS
from ablate.models.catalog import ARCHITECTURES, MODEL_LIBRARIES, code_of, small_variants
from ablate.models.user_model import file_of, is_beside
from ablate.plan.trial import Trial

PACKAGE = Path(__file__).parent.parent
MAKES_RESULTS = ("ablate.models", "ablate.data", "ablate.train")
LISTS = ("ablate.models.catalog", "ablate.data.catalog")
"""Not followed: another line in a list of architectures changes no result of the others."""
LIBRARIES = ("torch", "torchvision", "pytorch-lightning")


def fingerprint(trial: Trial) -> dict[str, str]:
    """The hash of each module and the version of each library that can change the scores."""
    teacher, _, size = trial.recipe.teacher.partition(":")
    networks = ((trial.architecture, trial.variant), (teacher, size))
    return _fingerprint(networks if teacher else networks[:1], trial.data)


@cache
def _fingerprint(networks: tuple[tuple[str, str], ...], data: str) -> dict[str, str]:
    chosen = DATA_SETS[data]
    models = (code_of(architecture)[0] for architecture, _ in networks)
    roots = ("ablate.train.fit", *models, chosen.module.partition(":")[0])
    code = {name: digest for root in roots for name, digest in _hashes(root).items()}
    facts = {f"data set {data}": hash_of_source(repr(chosen))}
    for architecture, variant in networks:
        sizes = small_variants(architecture) if architecture in ARCHITECTURES else {}
        if variant in sizes:
            facts[f"size of {variant}"] = hash_of_source(repr(sizes[variant]))
    compared = (architecture for architecture, _ in networks if architecture in MODEL_LIBRARIES)
    versions = {name: version(name) for name in (*LIBRARIES, *compared, chosen.package)}
    return dict(sorted(code.items())) | facts | versions


def read_code() -> None:
    """Read what the fingerprints of all trials share, for processes that are forked from this."""
    _hashes("ablate.train.fit")
    for architecture in ARCHITECTURES:
        small_variants(architecture)


@cache
def _hashes(root: str) -> dict[str, str]:
    """The hash of a module and of all that it imports, among those that make results."""
    return {_name(module): code_hash(module) for module in _closure(root)}


def changed(then: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    """The names whose hash or version differs, in order."""
    return tuple(sorted(k for k in then.keys() | now.keys() if then.get(k) != now.get(k)))


@cache
def code_hash(module: str) -> str:
    """Hash of the module's syntax tree without docstrings."""
    return _hash_of_tree(_tree(module))


def hash_of_source(source: str) -> str:
    """12 hexadecimal digits that comments, docstrings and layout do not change."""
    return _hash_of_tree(ast.parse(source))


def _hash_of_tree(tree: ast.Module) -> str:
    return hashlib.sha256(json.dumps(_skeleton(tree)).encode()).hexdigest()[:12]


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text(encoding="utf-8"))


def _skeleton(node: object) -> object:
    """The tree as plain lists. Empty fields are left out: new Pythons add some to every node."""
    if isinstance(node, list):
        return [_skeleton(part) for part in node if not _is_text(part)]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    return [type(node).__name__, *((name, _skeleton(value)) for name, value in fields)]


def _is_text(node: object) -> bool:
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


@cache
def _imports(module: str) -> tuple[str, ...]:
    """The modules that it imports and that make results."""
    named = (name for node in ast.walk(_tree(module)) for name in _named(node, module))
    return tuple(name for name in named if _counts(name, module))


def _named(node: ast.AST, module: str) -> Iterator[str]:
    """The names that a statement may import as modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = module if _path(module).name == "__init__.py" else module.rpartition(".")[0]
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*filter(None, above), *([node.module] if node.module else [])])
        yield from (base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names))


def _counts(name: str, importer: str) -> bool:
    """Whether an imported module can change results: a part of Ablate that does, or a user's."""
    if _is_ours(name):
        return name.startswith(MAKES_RESULTS) and name not in LISTS and _path(name).is_file()
    return not _is_ours(importer) and is_beside(name, importer)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE.name


def _name(module: str) -> str:
    """The name of a module in fingerprints."""
    if _is_ours(module):
        return _path(module).relative_to(PACKAGE).as_posix()
    return f"{module.replace('.', '/')}.py"


def _path(module: str) -> Path:
    if not _is_ours(module):
        return file_of(module)
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")

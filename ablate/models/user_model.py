"""A user's own network, `package.module:Factory`: found and read here without importing it.

The factory is a class or a function that returns an `nn.Module`; its keywords are the toggles. Of
`image_size`, `in_channels`, `num_classes` and `seed` it is given those that it names. Annotations
that say what a level may be are heeded, all others allow anything.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ablate.errors import AblateError, UnknownNameError

NOTHING = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def is_user_model(name: str) -> bool:
    """Whether an architecture is a user's."""
    return ":" in name


def halves(name: str) -> tuple[str, str]:
    """Module and factory. Raises `AblateError` for what cannot be such a name."""
    module, _, factory = name.partition(":")
    if not (factory.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise AblateError(f"{name!r} is not of the form package.module:Factory")
    return module, factory


@cache
def file_of(module: str) -> Path:
    """The file of a module that can be imported from this folder. Raises `AblateError`."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None or not found.origin or not found.origin.endswith(".py"):
        raise AblateError(f"no module {module!r} can be imported from this folder")
    return Path(found.origin)


def is_beside(name: str, importer: str) -> bool:
    """Whether a module that another imports lies beside it, and in no library."""
    file = file_of(importer)
    root = file.parents[importer.count(".") + (file.name == "__init__.py")]
    is_library = root.name in ("site-packages", "dist-packages")
    if not name or (is_library and name.partition(".")[0] != importer.partition(".")[0]):
        return False
    base = root.joinpath(*name.split("."))
    return base.with_suffix(".py").is_file() or (base / "__init__.py").is_file()


def arguments(module: ast.Module, name: str, factory: str) -> ast.arguments:
    """The arguments of a factory. Raises `UnknownNameError`."""
    makers = dict(_makers(module))
    if factory not in makers:
        raise UnknownNameError(f"factory of {name.partition(':')[0]}", factory, makers)
    return makers[factory]


def _makers(module: ast.Module) -> Iterator[tuple[str, ast.arguments]]:
    """The functions and classes of a module. A class without a constructor takes nothing."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.args
        elif isinstance(node, ast.ClassDef):
            inside = (part for part in node.body if isinstance(part, ast.FunctionDef))
            made = next((part.args for part in inside if part.name == "__init__"), None)
            yield node.name, made or NOTHING


def keywords(taken: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    """Every argument that can be named, with its default; without one, `...`."""
    plain = [argument for argument in taken.args if argument.arg != "self"]
    missing = ast.Constant(value=...)
    defaults = [*[missing] * (len(plain) - len(taken.defaults)), *taken.defaults]
    yield from zip(plain, defaults, strict=True)
    for argument, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
        yield argument, default or missing

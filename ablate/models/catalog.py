"""The toggles of each architecture, known without importing torch.

A model's constructor states its toggles once: keyword, type and default. Its `VARIANTS` state the
paper's sizes; ours, for small images, are in `small.yaml`. All are read here as text, so that
planning a study stays instant.
"""

import ast
import builtins
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import GenericAlias, UnionType
from typing import Any, Literal, Union, final, get_args, get_origin

from ablate.errors import UnknownNameError, nearest
from ablate.models import user_model

# Module name → class name. A new architecture is a file and a line here.
ARCHITECTURES = {
    "vit": "ViT",
    "cvt": "CvT",
    "pvt": "PVT",
    "convmixer": "ConvMixer",
    "graft": "Graft",
    "levit": "LeViT",
}

# Libraries whose networks can be trained like ours; their variants are the libraries' own names.
MODEL_LIBRARIES = ("torchvision", "timm")

# How they mark a function that makes a network, perhaps among other decorators, and how timm
# lists the weights of one.
REGISTERED = re.compile(r"^@register_model\b.*\n(?:(?!def ).*\n)*def (\w+)", re.MULTILINE)
TAGGED = re.compile(r"""^\s+['"](\w+)(\.\w+)['"]\s*:""", re.MULTILINE)

# What the data or the trial decides: keywords of every model, never ablated as a toggle.
DECIDED_ELSEWHERE = frozenset({"image_size", "in_channels", "num_classes", "seed"})

SCALARS = {"bool": bool, "int": int, "float": float}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle:
    """A keyword of a model: what it may be and what it is by default.

    `levels` are the alternatives that can be listed, () where any number will do. `source` is the
    table or section of the paper that is about it: the comment beside the keyword.
    """

    name: str
    type: Any
    default: object
    levels: tuple[object, ...]
    source: str

    def problem(self, value: object) -> str | None:
        """The mistake in `value` and what is allowed; None if there is none."""
        from pydantic import TypeAdapter, ValidationError  # slow to import, not always needed

        try:
            TypeAdapter(self.type).validate_python(as_tuples(value), strict=True)
        except ValidationError:
            kind = "a level" if self.levels else "a value"
            return not_among(value, f"{kind} of {self.name}", self.levels, in_words(self.type))
        return None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A model family: its toggles, its variants, and the `sizes` that data and trial decide.

    `title` is the first line of its module, `paper` the paragraph below it.
    """

    name: str
    title: str
    paper: str
    toggles: dict[str, Toggle]
    sizes: dict[str, Toggle]
    variants: dict[str, dict[str, object]]
    takes_any: bool = False
    """Whether it takes keywords that it does not name, as a user's network may."""

    def defaults(self, variant: str) -> dict[str, object]:
        """Every keyword's value in that variant."""
        if variant not in self.variants:
            raise UnknownNameError(f"variant of {self.name}", variant, self.variants)
        signature = {**self.sizes, **self.toggles}
        return {name: one.default for name, one in signature.items()} | self.variants[variant]


def architecture_names() -> tuple[str, ...]:
    """All that `describe` knows: our architectures, then the libraries."""
    return (*ARCHITECTURES, *MODEL_LIBRARIES)


def code_of(name: str) -> tuple[str, str]:
    """The module and the class that make an architecture. Raises `UnknownNameError`."""
    if user_model.is_user_model(name):
        return user_model.halves(name)
    if name in MODEL_LIBRARIES:
        return "ablate.models.library", "LibraryModel"
    if name not in ARCHITECTURES:
        raise UnknownNameError("architecture", name, architecture_names())
    return f"ablate.models.{name}", ARCHITECTURES[name]


@cache
def describe(name: str) -> Architecture:
    """Read the architecture in its module's source."""
    module_name, class_name = code_of(name)
    if user_model.is_user_model(name):
        return describe_user_model(name, user_model.file_of(module_name), class_name)
    file = Path(__file__).with_name(f"{module_name.rpartition('.')[2]}.py")
    source = file.read_text(encoding="utf-8")
    module = ast.parse(source)
    assigned = assignments(module)
    taken, lines = user_model.arguments(module, name, class_name), source.splitlines()
    keywords = [
        make_toggle(argument, default, assigned, lines[(default.end_lineno or 1) - 1])
        for argument, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True)
        if default is not None
    ]
    title, _, text = (ast.get_docstring(module) or "").partition("\n")
    return Architecture(
        name=name,
        title=title,
        paper=" ".join(text.strip().partition("\n\n")[0].split()),
        toggles={one.name: one for one in keywords if one.name not in DECIDED_ELSEWHERE},
        sizes={one.name: one for one in keywords if one.name in DECIDED_ELSEWHERE},
        variants=ast.literal_eval(assigned["VARIANTS"]) | small_variants(name)
        if name in ARCHITECTURES
        else {one: {"library": name, "network": one} for one in network_names(name)},
    )


def describe_user_model(name: str, file: Path, factory: str) -> Architecture:
    """The same of a user's network, whose only variant is called like its factory."""
    source = file.read_text(encoding="utf-8")
    module = ast.parse(source)
    taken, assigned = user_model.arguments(module, name, factory), assignments(module)
    found = {
        argument.arg: own_toggle(argument, default, assigned)
        for argument, default in user_model.keywords(taken)
    }
    return Architecture(
        name=name,
        title=(ast.get_docstring(module) or "").partition("\n")[0],
        paper="",
        toggles={key: one for key, one in found.items() if key not in DECIDED_ELSEWHERE},
        sizes={key: one for key, one in found.items() if key in DECIDED_ELSEWHERE},
        variants={factory: {}},
        takes_any=taken.kwarg is not None,
    )


def own_toggle(argument: ast.arg, default: ast.expr, assigned: Mapping[str, ast.expr]) -> Toggle:
    """A keyword of a user's network. What cannot be read without importing it may be anything."""
    try:
        kind = to_type(argument.annotation, assigned)
    except ValueError:
        kind = Any
    try:
        value: object = ast.literal_eval(default)
    except ValueError:
        value = ast.unparse(default)
    return Toggle(name=argument.arg, type=kind, default=value, levels=levels_of(kind), source="")


@cache
def network_names(library: str) -> tuple[str, ...]:
    """The classification networks of a library in alphabetical order; none if it is missing.

    Its source text is searched, some hundred files in a few hundredths of a second; to import it
    takes seconds. timm tells several sets of weights for a network apart by a tag,
    `regnety_160.deit_in1k`; without one it takes those that it prefers.
    """
    found = find_spec(library)
    folders = found.submodule_search_locations if found else None
    files = [file for folder in folders or () for file in Path(folder, "models").glob("*.py")]
    sources = [file.read_text("utf-8") for file in files]
    names = {name for source in sources for name in REGISTERED.findall(source)}
    tagged = (found for source in sources for found in TAGGED.findall(source))
    return tuple(sorted(names | {name + tag for name, tag in tagged if name in names}))


@cache
def small_variants(name: str) -> dict[str, dict[str, object]]:
    """Our variants of an architecture for small images, which no paper has."""
    return {
        variant: {keyword: as_tuples(value) for keyword, value in keywords.items()}
        for variant, keywords in _small_sizes().get(name, {}).items()
    }


@cache
def _small_sizes() -> dict[str, dict[str, dict[str, object]]]:
    from ruamel.yaml import YAML

    sizes: dict[str, dict[str, dict[str, object]]] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("small.yaml")
    )
    return sizes


def assignments(module: ast.Module) -> dict[str, ast.expr]:
    """The names that the module binds at its top level: type aliases and VARIANTS."""
    found: dict[str, ast.expr] = {}
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


def make_toggle(
    argument: ast.arg, default: ast.expr, assigned: Mapping[str, ast.expr], line: str
) -> Toggle:
    """The toggle that one keyword of the constructor states, on that line of its source."""
    kind = to_type(argument.annotation, assigned)
    return Toggle(
        name=argument.arg,
        type=kind,
        default=ast.literal_eval(default),
        levels=levels_of(kind),
        source=line.partition("  # ")[2],
    )


def to_type(node: ast.expr | None, assigned: Mapping[str, ast.expr]) -> Any:
    """The type that an annotation means, in the few words that models use."""
    match node:
        case ast.Name(id=name) if name in SCALARS:
            return SCALARS[name]
        case ast.Name(id=name) if name in assigned:
            return to_type(assigned[name], assigned)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=levels):
            return Literal[ast.literal_eval(levels)]
        case ast.Subscript(
            value=ast.Name(id="tuple"),
            slice=ast.Tuple(elts=[item, ast.Constant(value=builtins.Ellipsis)]),
        ):
            return GenericAlias(tuple, (to_type(item, assigned), ...))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return to_type(left, assigned) | to_type(right, assigned)
    raise ValueError(f"the catalog cannot read the annotation {node and ast.unparse(node)}")


def levels_of(kind: Any) -> tuple[object, ...]:
    """The alternatives that a type lists; of a union, those of its members."""
    if kind is bool:
        return (True, False)
    if get_origin(kind) is Literal:
        return get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return tuple(level for member in get_args(kind) for level in levels_of(member))
    return ()


def in_words(kind: Any) -> str:
    """The values that a type allows, in the words of a reader who writes YAML."""
    if kind is int:
        return "a whole number"
    if kind is float:
        return "a number"
    if kind is Any:
        return "anything"
    if get_origin(kind) is tuple:
        return f"a list, each {in_words(get_args(kind)[0])}"
    if get_origin(kind) in (Union, UnionType):
        return "; or ".join(in_words(member) for member in get_args(kind))
    return ", ".join(as_yaml(level) for level in levels_of(kind))


def as_tuples(value: object) -> object:
    """Lists, which is what YAML has, as the tuples that models take."""
    return tuple(as_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def as_yaml(value: object) -> str:
    """A level as a study file spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def not_among(value: object, what: str, names: Iterable[object], allowed: str = "") -> str:
    """The sentence for a value that is none of `names`: the nearest one, and what is allowed."""
    spelled = [as_yaml(name) for name in names]
    meant = nearest(value, spelled) or ";"
    return f"{value!r} is not {what}{meant} allowed: {allowed or ', '.join(spelled)}"

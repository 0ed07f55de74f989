"""What the catalog reads from the source is what the classes accept, and torch is not needed."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from typing import Any, get_type_hints

import pytest

from ablate.errors import UnknownNameError
from ablate.models import build
from ablate.models.catalog import (
    ARCHITECTURES,
    Toggle,
    architecture_names,
    describe,
    small_variants,
    to_type,
)


def constructor(name: str) -> Any:
    return getattr(import_module(f"ablate.models.{name}"), ARCHITECTURES[name]).__init__


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_keywords_types_and_defaults_are_those_of_the_constructor(name: str) -> None:
    described = describe(name)
    read = {**described.toggles, **described.sizes}
    parameters = inspect.signature(constructor(name)).parameters
    hints = get_type_hints(constructor(name))
    assert set(read) == set(parameters) - {"self"}
    for keyword, toggle in read.items():
        assert toggle.name == keyword
        assert toggle.type == hints[keyword]
        assert toggle.default == parameters[keyword].default
        assert parameters[keyword].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_variants_and_title_are_those_of_the_module(name: str) -> None:
    module = import_module(f"ablate.models.{name}")
    assert describe(name).variants == module.VARIANTS | small_variants(name)
    assert (module.__doc__ or "").startswith(describe(name).title + "\n")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_variants_hold_only_valid_values(name: str) -> None:
    described = describe(name)
    known = {**described.toggles, **described.sizes}
    for variant in described.variants:
        for keyword, value in described.defaults(variant).items():
            assert known[keyword].problem(value) is None, (variant, keyword)


def test_defaults_are_every_keyword_of_a_variant() -> None:
    assert describe("vit").defaults("deit-8px") == {
        "image_size": 8,
        "in_channels": 1,
        "num_classes": 10,
        "patch_size": 2,
        "dim": 64,
        "depth": 4,
        "num_heads": 4,
        "mlp_ratio": 4.0,
        "qkv_bias": True,
        "stem": "patch",
        "resnet_depths": (1, 1),
        "resnet_width": 8,
        "resnet_root": "3x3",
        "pos_embed": "learned",
        "pos_injection": "stem",
        "pool": "cls",
        "use_cls_token": True,
        "use_distillation_token": False,
        "init_std": 0.1,
        "dropout": 0.0,
        "drop_path": 0.0,
        "seed": 0,
    }


def test_levels() -> None:
    toggles = describe("cvt").toggles
    assert toggles["pos_embed"].levels == ("none", "learned")
    assert toggles["pos_embed_stages"].levels == ("none", "first", "last", "every")
    assert toggles["use_cls_token"].levels == (True, False)
    assert toggles["projection"].levels == ("conv", "linear", "avg")
    assert toggles["kv_stride"].levels == ()
    assert toggles.keys().isdisjoint({"seed", "image_size", "in_channels", "num_classes"})


@pytest.mark.parametrize(
    ("name", "toggle", "value"),
    [
        ("vit", "pos_embed", "none"),
        ("vit", "qkv_bias", False),
        ("vit", "depth", 3),
        ("vit", "mlp_ratio", 4),
        ("vit", "drop_path", 0.1),
        ("cvt", "dims", [32, 64]),
        ("cvt", "dims", (32, 64)),
        ("cvt", "projection", "avg"),
        ("cvt", "projection", ["conv", "linear", "avg"]),
        ("cvt", "kv_stride", 1),
        ("cvt", "kv_stride", [2, 2, 1]),
    ],
)
def test_valid_values_have_no_problem(name: str, toggle: str, value: object) -> None:
    assert describe(name).toggles[toggle].problem(value) is None


@pytest.mark.parametrize(
    ("name", "toggle", "value", "problem"),
    [
        (
            "vit",
            "pos_embed",
            "lerned",
            "'lerned' is not a level of pos_embed; did you mean 'learned'? "
            "allowed: none, learned, learned_2d, sincos_2d, relative",
        ),
        ("vit", "pool", "max", "'max' is not a level of pool; allowed: cls, avg"),
        ("vit", "pool", None, "None is not a level of pool; allowed: cls, avg"),
        (
            "vit",
            "use_cls_token",
            "True",
            "'True' is not a level of use_cls_token; did you mean 'true'? allowed: true, false",
        ),
        ("vit", "qkv_bias", 1, "1 is not a level of qkv_bias; allowed: true, false"),
        ("vit", "depth", True, "True is not a value of depth; allowed: a whole number"),
        ("vit", "depth", 2.0, "2.0 is not a value of depth; allowed: a whole number"),
        ("vit", "drop_path", "0.1", "'0.1' is not a value of drop_path; allowed: a number"),
        ("vit", "drop_path", False, "False is not a value of drop_path; allowed: a number"),
        (
            "cvt",
            "dims",
            [32, "64"],
            "[32, '64'] is not a value of dims; allowed: a list, each a whole number",
        ),
        ("cvt", "dims", 32, "32 is not a value of dims; allowed: a list, each a whole number"),
        (
            "cvt",
            "kv_stride",
            "two",
            "'two' is not a value of kv_stride; "
            "allowed: a whole number; or a list, each a whole number",
        ),
        (
            "cvt",
            "projection",
            "lineer",
            "'lineer' is not a level of projection; did you mean 'linear'? "
            "allowed: conv, linear, avg; or a list, each conv, linear, avg",
        ),
        (
            "cvt",
            "projection",
            ["conv", "lineer"],
            "['conv', 'lineer'] is not a level of projection; "
            "allowed: conv, linear, avg; or a list, each conv, linear, avg",
        ),
    ],
)
def test_problems_say_what_is_allowed(name: str, toggle: str, value: object, problem: str) -> None:
    assert describe(name).toggles[toggle].problem(value) == problem


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError) as architecture:
        describe("vitt")
    assert str(architecture.value) == (
        "unknown architecture 'vitt'; did you mean 'vit'? "
        f"(allowed: {', '.join(architecture_names())})"
    )
    with pytest.raises(UnknownNameError) as variant:
        describe("cvt").defaults("cvt13")
    assert str(variant.value) == (
        "unknown variant of cvt 'cvt13'; did you mean 'cvt-13'? "
        "(allowed: cvt-13, cvt-21, cvt-w24, cvt-8px, cvt-16px, "
        "cvt-16px-3)"
    )


def test_build_names_every_mistake_at_once() -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 the whole message is compared
        build("vit", "deit-8px", {"pool": "max", "pos_embd": "none", "depth": 2}, seed=0)
    first, second = str(error.value).splitlines()
    assert first == "'max' is not a level of pool; allowed: cls, avg"
    assert second.startswith("unknown keyword of vit 'pos_embd'; did you mean 'pos_embed'?")


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [("bool", bool), ("Alias", int), ("tuple[float, ...]", tuple[float, ...])],
)
def test_annotations(annotation: str, kind: object) -> None:
    aliases = {"Alias": ast.parse("int", mode="eval").body}
    assert to_type(ast.parse(annotation, mode="eval").body, aliases) == kind


def test_an_annotation_that_models_do_not_use() -> None:
    with pytest.raises(
        ValueError, match=r"^the catalog cannot read the annotation dict\[str, int\]$"
    ):
        to_type(ast.parse("dict[str, int]", mode="eval").body, {})


def modules_after(code: str) -> set[str]:
    join_words = f"import sys; {code}; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", join_words], capture_output=True, text=True, check=True
    )
    return set(out.stdout.split())


def test_the_catalog_needs_no_torch() -> None:
    loaded = modules_after("from ablate.models.catalog import describe; describe('cvt')")
    assert not loaded & {"torch", "torchvision", "numpy", "pydantic"}


def test_a_problem_needs_pydantic_but_no_torch() -> None:
    read = "from ablate.models.catalog import describe"
    loaded = modules_after(f"{read}; describe('cvt').toggles['kv_stride'].problem('x')")
    assert "pydantic" in loaded
    assert "torch" not in loaded


def test_this_check_can_fail() -> None:
    assert "torch" in modules_after("import ablate.models.vit")


def test_a_toggle_is_frozen() -> None:
    toggle = describe("vit").toggles["depth"]
    assert isinstance(toggle, Toggle)
    with pytest.raises(AttributeError):
        toggle.default = 3  # type: ignore[misc]

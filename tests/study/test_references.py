"""The names of cells: written so that they read back as that very cell, and as no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.study.levels import level_text, read_level
from ablate.study.references import Reference, cell_name, read_order, read_reference

AWKWARD = ("vit s", "vits", "vit  s", "1", "1.0", "0.5", ".5", "1e3", "true", "null", "~", "#")
SIGNS = ("a #b", "a, b", "a: b", "x=1", "a > b", "[conv,linear]", "it's", '"', "\\", "2024-01-01")
WORDS = st.from_regex(r"[0-9]{1,2}[a-zA-Z_.+-]{0,2}[0-9_]{0,2}( [0-9a-z]+)?", fullmatch=True)
names = st.from_regex(r"[a-z]([a-z_. ]{0,6}[a-z])?", fullmatch=True)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = (
    st.booleans()
    | numbers
    | st.sampled_from(AWKWARD + SIGNS + (" a", "é", "\u200b"))
    | WORDS
    | st.text(max_size=8)
)
levels = scalars | st.lists(scalars, max_size=3).map(tuple)
references = st.builds(Reference, names, st.dictionaries(names, levels, max_size=3))


def kind(level):
    """A level with its type: in Python True equals 1."""
    if isinstance(level, tuple):
        return tuple(map(kind, level))
    return ("number" if type(level) in (int, float) else type(level), level)


def kinds(reference):
    return reference.model, {factor: kind(level) for factor, level in reference.changes.items()}


@pytest.mark.parametrize(
    ("level", "text"),
    [
        (True, "true"),
        ("true", '"true"'),
        (1, "1"),
        ("1", '"1"'),
        (0.5, "0.5"),
        (1.0, "1"),
        (-0.0, "0"),
        (1e-5, "1e-05"),
        (float("inf"), ".inf"),
        ("none", "none"),
        ("vit s", "vit s"),
        ("vit  s", r'"vit \x20s"'),
        ("vit\u200bs", r'"vit\U0000200bs"'),
        ("3x3", "3x3"),
        ("1e3", '"1e3"'),
        ("0x1f", '"0x1f"'),
        ("timm:resnet_50", "timm:resnet_50"),
        ("a: b", '"a: b"'),
        (("conv", "avg"), "[conv,avg]"),
        (("conv,avg",), '["conv,avg"]'),
        ((), "[]"),
        (None, "null"),
    ],
)
def test_a_level_is_written_as_in_yaml(level, text):
    assert level_text(level) == text


@given(levels)
def test_a_level_is_what_is_read_of_its_text(level):
    assert kind(read_level(level_text(level))) == kind(level)


@given(references)
def test_a_cell_is_what_is_read_of_its_name(cell):
    assert kinds(read_reference(str(cell))) == kinds(cell)


@given(references, references)
def test_cells_have_one_name_only_if_they_are_one(one, other):
    assert (kinds(one) == kinds(other)) == one.means(other)
    assert one.means(other) or str(one) != str(other)


@given(st.lists(references, min_size=1, max_size=4))
def test_an_order_is_read_cell_by_cell(cells):
    read = read_order(" > ".join(map(str, cells)))
    assert list(map(kinds, read)) == list(map(kinds, cells))


@given(references)
def test_the_order_of_factors_is_free(cell):
    turned = Reference(cell.model, dict(reversed(cell.changes.items())))
    assert read_reference(str(turned)).means(cell)


@pytest.mark.parametrize(
    ("reference", "same"),
    [
        ("m[a=1,b=2]", True),
        ("m[b=2, a=1]", True),
        (" m [ a=1 ,b= 2 ] ", True),
        ("m[a=1.0,b=0x2]", True),
        ('m[a="1",b=2]', False),
        ("m[a=true,b=2]", False),
        ("m[a=1]", False),
        ("m[a=1,b=2,b=2]", False),
        ("m[a=1,b=2", False),
        ("m", False),
        ("n[a=1,b=2]", False),
    ],
)
def test_a_reference_means_a_cell_by_model_and_levels(reference, same):
    assert read_reference(reference).means(Reference("m", {"a": 1, "b": 2})) is same


@pytest.mark.parametrize(
    "text", ["m[", "m[]", "m[a]", "m[a=]", "m[a={}]", "m[a=2024-01-01]", "", "[a=1]"]
)
def test_a_text_that_is_no_cell_means_none(text):
    assert str(read_reference(text)) == text


def test_a_text_that_is_no_cell_is_read_at_once():
    assert read_reference("m[" + "x=1=" * 5000).changes == {}
    assert cell_name("m", {"x": "="}) == 'm[x="="]'

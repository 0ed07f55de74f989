"""The columns of levels: ✓ and ✗ where factors are on or off."""

from dataclasses import replace

import pytest

from ablate.report.sections._columns import MOST_TOGGLES, baselines, factor_columns, toggles
from ablate.report.table import build_table
from tests.report import examples
from tests.report.examples import Wanted, analysis_of


def study(*cells, labels=None, **more):
    """A model with cells of those levels; the first is the baseline."""
    base = cells[0]
    wanted = [
        Wanted(
            model="m",
            levels=levels,
            changes={name: level for name, level in levels.items() if level != base[name]},
            scores=(90.0, 91.0),
        )
        for levels in cells
    ]
    return analysis_of(tuple(wanted), labels=labels or {}, **more)


def columns(analysis):
    """Title → texts, and * where an entry is strong."""
    table = build_table(analysis.cells, factor_columns(analysis), name="t", caption="")
    entries = zip(*(row.cells for row in table.groups[0].rows), strict=True)
    return {
        column.title: [cell.text + "*" * cell.strong for cell in cells]
        for column, cells in zip(table.columns, entries, strict=True)
    }


def test_several_toggles_are_a_matrix_in_which_changes_are_strong():
    assert columns(examples.factorial_of_three()) == {
        "Stem": ["✓", "✓", "✓", "✓", "✗*", "✗*", "✗*", "✗*"],
        "Positions (learned)": ["✓", "✓", "✗*", "✗*", "✓", "✓", "✗*", "✗*"],
        "Mixup (0.2)": ["✓", "✗*", "✓", "✗*", "✓", "✗*", "✓", "✗*"],
    }


def test_levels_are_spelled_beside_toggles_and_where_there_is_one_toggle_only():
    base = {"stem": "patch", "cls": True, "bias": "none"}
    mixed = study(base, base | {"stem": "conv"}, base | {"cls": False}, base | {"bias": "learned"})
    assert columns(mixed) == {
        "Stem": ["patch", "conv*", "patch", "patch"],
        "Cls": ["✓", "✓", "✗*", "✓"],
        "Bias (learned)": ["✗", "✗", "✗", "✓*"],
    }
    one = study({"bias": "none", "stem": "a"}, {"bias": "learned", "stem": "b"})
    assert columns(one)["Bias"] == ["none", "learned*"]


@pytest.mark.parametrize(
    ("levels", "on"),
    [
        ((True, False), True),
        (("none", "learned"), "learned"),
        (("off", 3), 3),
        ((0, 0.8), 0.8),
        (("a", "b"), None),
        ((True, False, "half"), None),
        (("none", False), None),
        (("none", "a", "b"), None),
    ],
)
def test_what_a_toggle_is(levels, on):
    found = toggles(study(*({"f": level} for level in levels)))
    assert found == ({} if on is None else {"f": on})


def test_a_level_that_the_study_names_is_spelled():
    cells = ({"a": "none", "b": True}, {"a": "x", "b": False})
    assert toggles(study(*cells, level_labels={"a": {"none": "no bias"}})) == {"b": True}
    assert toggles(study(*cells, level_labels={"b": {"true": "convolution"}})) == {
        "a": "x",
        "b": True,
    }


@pytest.mark.parametrize("factors", [MOST_TOGGLES, MOST_TOGGLES + 1])
def test_more_toggles_than_levels_fit(factors):
    base = {f"f{n}": True for n in range(factors)}
    found = columns(study(base, *(base | {name: False} for name in base)))
    assert len(found) == (factors if factors == MOST_TOGGLES else 1)


def test_a_ladder_of_toggles_adds_up_and_any_other_says_what_is_added():
    steps = ({"a": True, "b": True}, {"a": False, "b": True}, {"a": False, "b": False})
    assert columns(study(*steps, design="cumulative"))["B"] == ["✓", "✓", "✗*"]
    assert list(columns(examples.ladder())) == ["Change"]
    assert list(baselines(examples.ladder())) == [
        "Baseline: Stem patch, Position embedding learned, Use cls token ✓, Norm post layer."
    ]
    assert not list(baselines(replace(examples.full())))

"""The names that a report prints: what differs is never printed alike."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.errors import StudyError
from ablate.study.labels import (
    distinct,
    factor_labels,
    factor_words,
    level_labels,
    level_words,
    model_labels,
    number,
)
from ablate.study.levels import alike
from ablate.study.load import load_study

HEAD = """\
title: A study
models:
  m: {model: "networks_with_levels:net", baseline: {heads: 4, layers: 6}, ablate: %s}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function from what is ablated, and more, to the study."""
    (tmp_path / "networks_with_levels.py").write_text("def net(heads=8, layers=8, kind='b'): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def load(ablate: str, more: str = ""):
        Path("s.yaml").write_text(HEAD % ablate + more, encoding="utf-8")
        return load_study("s.yaml")

    return load


@pytest.mark.parametrize(
    ("value", "text"),
    [(20, "20"), (20.0, "20"), (2e-3, "0.002"), (1e-5, "1e-05"), (-0.5, "−0.5"), (0.05, "0.05")],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("factor", "label"),
    [("use_cls_token", "Use cls token"), ("recipe.lr", "Recipe: lr"), ("mlp_ratio", "Mlp ratio")],
)
def test_a_factor_in_words(factor, label):
    assert factor_words(factor) == label


@pytest.mark.parametrize(
    ("level", "label"),
    [
        (True, "✓"),
        (False, "✗"),
        (4.0, "4"),
        (1e-3, "0.001"),
        ("every_stage", "every stage"),
        ("timm:resnet_50", "timm:resnet_50"),
        (("conv", "avg"), "conv, avg"),
        ((1, 2, 10), "1, 2, 10"),
    ],
)
def test_a_level_in_words(level, label):
    assert level_words(level) == label


def test_a_label_belongs_to_the_levels_of_its_factor(study):
    found = level_labels(study("{heads: [1], layers: [1]}", "labels: {heads: {1: one head}}"))
    assert (found["heads"]["1"], found["layers"]["1"]) == ("one head", "1")


@pytest.mark.parametrize(
    ("key", "level", "label"),
    [
        ("'1'", "1", "1"),
        ("1", "1", "1"),
        ("0.5", "0.5", "0.5"),
        ("true", "true", "true"),
        ("'true'", "true", "true"),
        ("none", "none", "none"),
        ("'[a,b]'", "[a, b]", "[a,b]"),
    ],
)
def test_a_label_without_its_factor_is_of_the_one_that_has_the_level(study, key, level, label):
    found = level_labels(study(f"{{kind: [{level}]}}", f"labels: {{{key}: so}}"))
    assert found["kind"] == {label: "so", "b": "b"}


def test_a_part_of_a_level_has_a_label(study):
    found = level_labels(study("{kind: [[conv, avg]]}", "labels: {kind: {avg: average}}"))
    assert found["kind"]["[conv,avg]"] == "conv, average"


def test_levels_of_one_label_are_printed_apart(study):
    found = level_labels(study("{kind: [vit_s, vit s, 1, '1', x, y]}", "labels: {x: z, y: z}"))
    assert found["kind"] == {
        "b": "b",
        "vit_s": "vit s (vit_s)",
        "vit s": "vit s (vit s)",
        "1": "1 (1)",
        '"1"': '1 ("1")',
        "x": "z (x)",
        "y": "z (y)",
    }


def test_models_of_one_label_are_printed_apart(study):
    more = "  n: {architecture: vit, variant: deit-s, label: ' m'}\n"
    assert model_labels(study("{heads: [1]}", more)) == {"m": "m (m)", "n": " m (n)"}


def test_factors_of_one_label_are_printed_apart_where_a_model_varies_both(study):
    more = "  n: {architecture: vit, variant: deit-s, ablate: {depth: [3]}}\n"
    text = "labels: {heads: Size, layers: Size, depth: Depth}"
    found = factor_labels(study("{heads: [1], layers: [2]}", more + text))
    assert found == {"heads": "Size (heads)", "layers": "Size (layers)", "depth": "Depth"}
    found = factor_labels(study("{heads: [1]}", more + text))
    assert found == {"heads": "Size", "layers": "Size", "depth": "Depth"}
    found = factor_labels(study("{layers: [1]}", more + "labels: {layers: Depth, depth: Depth}"))
    assert found == {"heads": "Heads", "layers": "Depth", "depth": "Depth"}


@given(st.dictionaries(st.text("ab1", min_size=1), st.text("ab1() ")))
def test_distinct_labels_are_distinct_to_the_eye(labels):
    found = distinct(labels)
    assert found.keys() == labels.keys()
    assert len({alike(text) for text in found.values()}) == len(labels)
    assert all(found[name].startswith(text) for name, text in labels.items())


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            "{'1': one head}",
            "labels.1: is a level of heads and of layers; say of which, as in "
            "labels: {heads: {1: one head}}",
        ),
        (
            "{8: eight}",
            "labels.8: is a level of heads and of layers; say of which, as in "
            "labels: {heads: {8: eight}}",
        ),
        (
            "{heads: H}",
            "labels.heads: is a factor and a level of kind; write factors: {heads: {label: H}} "
            "or labels: {kind: {heads: H}}",
        ),
        ("{head: H}", "labels.head: no factor or level 'head'; did you mean 'heads'? (allowed: "),
        ("{head: {1: a}}", "labels.head: no factor 'head'; did you mean 'heads'? (allowed: "),
        ("{heads: {2: two}}", "labels.heads.2: no level '2' (allowed: 1, 4, 8)"),
        ("{heads: {1: a, '1': b}}", "labels.heads.1: is the level that 1 is a label of"),
        ("{6: a, layers: {6.0: b}}", "labels.layers.6.0: is the level that 6 is a label of"),
        ("{heads: 5}", "labels.heads: must be a valid string, not 5"),
        ("{heads: {1: 5}}", "labels.heads.1: must be a valid string, not 5"),
    ],
)
def test_a_label_of_nothing_or_of_several_things_is_refused(study, labels, message):
    with pytest.raises(StudyError) as caught:
        study("{heads: [1], layers: [1], kind: [heads]}", f"labels: {labels}")
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"s.yaml:4: {message}")

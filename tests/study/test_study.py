"""A study as it is read: YAML 1.2, plain values, cells by design, one schema for editors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ablate.models.catalog import Toggle
from ablate.plan.make import make_plan
from ablate.recipes.schema import Recipe
from ablate.study import designs, load
from ablate.study.designs import levels_of
from ablate.study.json_schema import json_schema
from ablate.study.load import load_study
from ablate.study.schema import Model, Study
from ablate.study.source import read_source

ROOT = Path(__file__).parents[2]


def source_of(tmp_path: Path, text: str):
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


def test_on_and_off_stay_words_and_1e_3_is_a_number(tmp_path: Path):
    data = source_of(tmp_path, "a: on\nb: off\nc: 1e-3\nd: true\ne: 3\nf: [x, 2.5]\n").data
    assert data == {"a": "on", "b": "off", "c": 0.001, "d": True, "e": 3, "f": ["x", 2.5]}
    assert [type(value) for value in data.values()] == [str, str, float, bool, int, list]


def test_every_node_knows_its_line(tmp_path: Path):
    lines = source_of(tmp_path, "a:\n  b: 1\n  c:\n    - x\n    - y\n").lines
    assert lines == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 0): 4,
        ("a", "c", 1): 5,
    }


def test_merged_keys_are_read_and_blamed_where_they_are_merged(tmp_path: Path):
    source = source_of(tmp_path, "base: &b {x: 1}\nuse:\n  <<: *b\n  y: 2\n")
    assert source.data["use"] == {"x": 1, "y": 2}
    source.blame(("use", "x"), "wrong")
    assert source.problems[0].line in (2, 3)


def test_table_5_of_cvt_has_its_six_rows():
    study = load_study(ROOT / "studies/pos_embedding.yaml")
    names = [cell.name for cell in study.cells]
    assert names == [
        "deit_s",
        "deit_s[pos_embed=none]",
        "cvt_13",
        "cvt_13[pos_embed_stages=every]",
        "cvt_13[pos_embed_stages=first]",
        "cvt_13[pos_embed_stages=last]",
    ]
    assert [study.published[name]["top1"] for name in names] == [79.8, 78.0, 81.6, 81.5, 81.4, 81.4]
    assert study.seed_list == (10, 11, 12, 13, 14, 15, 16, 17)


def test_a_study_survives_json():
    study = load_study(ROOT / "studies/pos_embedding.yaml")
    assert Study.model_validate_json(study.model_dump_json()) == study


def test_the_listed_design_has_the_cells_it_lists_and_the_baseline_once():
    model = Model(
        architecture="vit",
        variant="deit-s",
        baseline={"pool": "cls"},
        cells=({"pool": "avg"}, {"pool": "avg", "depth": 2}),
    )
    cells = Study(title="S", models={"m": model}, design="listed").cells
    assert [cell.name for cell in cells] == ["m", "m[pool=avg]", "m[pool=avg,depth=2]"]
    assert [cell.is_baseline for cell in cells] == [True, False, False]
    assert cells[2].levels == {"pool": "avg", "depth": 2}


def names_of(design: Any, ablate: dict) -> list[str]:
    model = Model(architecture="vit", variant="deit-s", baseline={"pool": "cls"}, ablate=ablate)
    return [cell.name for cell in Study(title="S", models={"m": model}, design=design).cells]


def test_a_full_factorial_has_every_combination_once():
    assert names_of("full_factorial", {"pool": ("avg",), "depth": (2, 3)}) == [
        "m",
        "m[depth=2]",
        "m[depth=3]",
        "m[pool=avg]",
        "m[pool=avg,depth=2]",
        "m[pool=avg,depth=3]",
    ]


def test_a_ladder_keeps_what_it_has_taken():
    assert names_of("cumulative", {"pool": ("avg",), "depth": (2, 3), "qkv_bias": (False,)}) == [
        "m",
        "m[pool=avg]",
        "m[pool=avg,depth=2]",
        "m[pool=avg,depth=3]",
        "m[pool=avg,depth=3,qkv_bias=false]",
    ]


def test_the_schema_describes_the_file_and_not_what_ablate_adds():
    schema = json_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(schema["properties"]) == set(Study.model_fields) - {"name"}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["margin"]["description"] == (
        "The smallest difference that matters, in the metric's unit."
    )
    assert schema["$defs"]["Claim"]["properties"]["contrast"]["description"] == (
        "The cell that is compared: `cvt_13[pos_embed_stages=every]`."
    )
    assert schema["$defs"]["Claim"]["properties"]["expect"]["anyOf"][0]["enum"] == [
        "lower",
        "higher",
        "equivalent",
        "not_lower",
        "not_higher",
    ]


def test_the_schema_knows_the_parts_of_a_recipe_and_the_recipes_by_name():
    changes = json_schema()["$defs"]["Override"]["properties"]["recipe"]
    assert set(changes["properties"]) == {"like", *Recipe.model_fields}
    assert changes["additionalProperties"] is False
    assert "deit" in changes["properties"]["like"]["enum"]
    assert changes["properties"]["lr"]["description"] == "Peak learning rate."
    assert not any("default" in part for part in changes["properties"].values())


def test_a_study_is_read_once_and_its_design_expanded_once(monkeypatch: pytest.MonkeyPatch):
    counts: Counter[str] = Counter()

    def counting(what: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            counts[what] += 1
            return function(*arguments)

        return call

    monkeypatch.setattr(load, "read_source", counting("read", read_source))
    for name, rule in designs.DESIGNS.items():
        monkeypatch.setitem(designs.DESIGNS, name, counting("expanded", rule))
    monkeypatch.setattr(Toggle, "problem", counting("checked", Toggle.problem))
    study = load_study(ROOT / "studies/pos_embedding.yaml")
    plan = make_plan(study)
    assert study.source.problem(plan.cells[1].place, "why").line > 1
    named = [factor for model in study.models.values() for _, factor, _ in levels_of(model)]
    levels = sum(not factor.startswith("data.") for factor in named)
    assert counts == {"read": 1, "expanded": len(study.models), "checked": levels}


def test_a_copy_with_other_models_has_other_cells():
    study = load_study(ROOT / "studies/pos_embedding.yaml")
    assert len(study.cells) == 6
    part = study.model_copy(update={"models": {"deit_s": study.models["deit_s"]}})
    assert [cell.name for cell in part.cells] == ["deit_s", "deit_s[pos_embed=none]"]

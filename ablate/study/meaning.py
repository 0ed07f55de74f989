"""Mistakes of meaning: names that exist nowhere, levels no toggle has, claims about no cell.

Each part of a file is judged on its own, so that a mistake in one hides none in another: a part
whose shape is wrong has been reported already (`ablate.study.shape`) and is passed over here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from ablate.errors import hint
from ablate.models.catalog import architecture_names, describe
from ablate.recipes import LIKE
from ablate.settings import setting_names
from ablate.study.cells import RULES, Cell, cells_of, level_text, same_cell
from ablate.study.factors import check_model, like_problem, recipe_problem
from ablate.study.metrics import METRICS
from ablate.study.schema import Level, Model
from ablate.study.source import Place, Source


def find_problems(source: Source) -> None:
    """Note everything in `source` that has the right shape and cannot be meant."""
    data = source.data
    models = _models(data.get("models"))
    design = data.get("design", "one_factor")
    for name, model in models.items():
        check_model(source, ("models", name), model, design)
    broken = set(_mapping(data.get("models"))) - set(models)
    cells = [
        cell
        for name, model in models.items()
        if design in RULES
        for cell in cells_of(name, model, design)
    ]
    claims = data.get("claims")
    for index, claim in enumerate(claims if isinstance(claims, list) else ()):
        _check_claim(source, ("claims", index), _mapping(claim), cells, broken)
    _check_published(source, cells, broken)
    _check_names(source)
    _check_labels(source, models)
    for name, override in _mapping(data.get("settings")).items():
        _check_override(source, ("settings", name), _mapping(override))


def _check_claim(
    source: Source, place: Place, claim: dict[Any, Any], cells: Iterable[Cell], broken: set[str]
) -> None:
    if "contrast" in claim:
        _check_cell(source, (*place, "contrast"), claim["contrast"], cells, broken, baseline=False)
    expect = claim.get("expect")
    if expect in ("equivalent", "not_lower", "not_higher") and source.data.get("margin") is None:
        source.blame((*place, "expect"), f"{expect!r} needs the study to state a `margin`")


def _check_published(source: Source, cells: Iterable[Cell], broken: set[str]) -> None:
    for reference, scores in _mapping(source.data.get("published")).items():
        _check_cell(source, ("published", reference), reference, cells, broken, baseline=True)
        for metric in _mapping(scores):
            if metric not in METRICS:
                source.blame(
                    ("published", reference, metric), f"unknown metric {hint(metric, METRICS)}"
                )


def _check_cell(
    source: Source,
    place: Place,
    reference: str,
    cells: Iterable[Cell],
    broken: set[str],
    *,
    baseline: bool,
) -> None:
    if str(reference).partition("[")[0] in broken:
        return
    known = [cell.name for cell in cells if baseline or not cell.is_baseline]
    if not any(same_cell(str(reference), name) for name in known):
        source.blame(place, f"no such cell: {hint(reference, known)}")


def _check_names(source: Source) -> None:
    for key, known in (("metric", tuple(METRICS)), ("setting", setting_names())):
        name = source.data.get(key)
        if isinstance(name, str) and name not in known:
            source.blame((key,), f"unknown {key} {hint(name, known)}")
    for name in _mapping(source.data.get("settings")):
        if name not in setting_names():
            source.blame(("settings", name), f"unknown setting {hint(name, setting_names())}")
    seeds = source.data.get("seeds")
    if isinstance(seeds, list):
        for seed, times in Counter(str(seed) for seed in seeds).items():
            if times > 1:
                source.blame(("seeds",), f"seed {seed} is listed {times} times")


def _check_labels(source: Source, models: dict[Any, Model]) -> None:
    used: set[str] = set()
    for model in models.values():
        used.update(model.ablate, *(level_names(part) for part in model.ablate.values()))
        for cell in (model.baseline, *model.cells):
            used.update(cell, level_names(cell.values()))
    for name in _mapping(source.data.get("labels")):
        if models and name not in used:
            source.blame(("labels", name), f"no factor or level {hint(name, sorted(used))}")


def level_names(levels: Iterable[Level]) -> Iterator[str]:
    return (level_text(level) for level in levels)


def _check_override(source: Source, place: Place, override: dict[Any, Any]) -> None:
    for name, value in _mapping(override.get("recipe")).items():
        if problem := like_problem(value) if name == LIKE else recipe_problem(name, value):
            source.blame((*place, "recipe", name), problem)
    variants = _mapping(override.get("variants"))
    # Sought only where one is named: the comparison libraries have more than a thousand.
    families = architecture_names() if variants else ()
    named = [(kind, variant) for kind in families for variant in describe(kind).variants]
    known = sorted({spelled for kind, name in named for spelled in (name, f"{kind}:{name}")})
    for asked, trained in variants.items():
        for name in (asked, trained):
            if name not in known:
                source.blame((*place, "variants", asked), f"unknown variant {hint(name, known)}")


def _models(value: Any) -> dict[Any, Model]:
    """The models, each without those of its parts that have the wrong shape."""
    found = {name: _model(member) for name, member in _mapping(value).items()}
    return {name: model for name, model in found.items() if model}


def _model(member: Any) -> Model | None:
    parts, unnamed = _mapping(member), {"architecture": "", "variant": ""}
    try:
        return Model.model_validate({**unnamed, **parts})
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    sound = {name: part for name, part in parts.items() if name not in wrong}
    try:
        return Model.model_validate({**unnamed, **sound})
    except ValidationError:
        return None


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}

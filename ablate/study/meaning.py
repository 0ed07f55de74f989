"""Mistakes of meaning: names that exist nowhere, levels no toggle has, claims about no cell.

Each part of a file is judged on its own, so that a mistake in one hides none in another: a part
whose shape is wrong has been reported already (`ablate.study.shape`) and is passed over here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from ablate.errors import AblateError, hint
from ablate.models.catalog import architecture_names, describe
from ablate.recipes import LIKE
from ablate.settings import setting_names
from ablate.study.cells import Cell, cells_of
from ablate.study.claim_mistakes import Known, check_claim
from ablate.study.defaults import default_of
from ablate.study.designs import DESIGNS, Scheme, level_text
from ablate.study.factors import check_model, like_problem, recipe_problem
from ablate.study.metrics import METRICS
from ablate.study.schema import Factor, Level, Model
from ablate.study.source import Place, Source


def find_problems(source: Source) -> None:
    """Note everything in `source` that has the right shape and cannot be meant."""
    data = source.data
    models, scheme = _models(data.get("models")), _scheme(source)
    for name, model in models.items():
        check_model(source, ("models", name), model, scheme)
    made = {name: _cells(name, model, scheme) for name, model in models.items()}
    known = Known(
        cells=tuple(cell for cells in made.values() for cell in cells),
        broken=frozenset(name for name in _mapping(data.get("models")) if not made.get(name)),
    )
    claims = data.get("claims")
    for index, claim in enumerate(claims if isinstance(claims, list) else ()):
        check_claim(source, ("claims", index), _mapping(claim), known)
    _check_published(source, known)
    _check_names(source)
    _check_seeds(source)
    _check_labels(source, models)
    _check_rules(source, models)
    for name, override in _mapping(data.get("settings")).items():
        _check_override(source, ("settings", name), _mapping(override))


def _scheme(source: Source) -> Scheme | None:
    """The design and its rules, as far as they have the right shape."""
    data = source.data
    design, resolution = data.get("design", "one_factor"), data.get("resolution")
    if design not in DESIGNS:
        return None
    if design == "fractional" and resolution is None:
        source.blame(("design",), "'fractional' needs the study to state a `resolution`")
    if design != "fractional" and resolution is not None:
        source.blame(("resolution",), f"belongs to design 'fractional'; this is {design!r}")
    rules = {name: _rules(said) for name, said in _mapping(data.get("factors")).items()}
    size = resolution if isinstance(resolution, int) else None
    return Scheme(design=design, resolution=size, factors={k: v for k, v in rules.items() if v})


def _rules(said: Any) -> Factor | None:
    try:
        return Factor.model_validate(said)
    except ValidationError:
        return None


def _cells(name: str, model: Model, scheme: Scheme | None) -> tuple[Cell, ...]:
    """The cells of a model, whatever is wrong with their levels; none if they cannot be known."""
    try:
        return cells_of(name, model, scheme) if scheme else ()
    except AblateError:
        return ()


def _check_rules(source: Source, models: dict[Any, Model]) -> None:
    """Rules about factors that the study has, and about others that there are."""
    used = {factor for model in models.values() for factor in _changed(model)}
    for name, said in _mapping(source.data.get("factors")).items():
        if models and name not in used:
            source.blame(("factors", name), f"no factor {hint(name, sorted(used))}")
        for kind in ("requires", "excludes"):
            for other in _mapping(_mapping(said).get(kind)):
                owners = [model for model in models.values() if name in _changed(model)]
                if owners and all(_is_unknown(model, str(other)) for model in owners):
                    source.blame(("factors", name, kind, other), f"no factor {other!r}")


def _changed(model: Model) -> set[str]:
    """The factors that the study names in a model."""
    return {*model.baseline, *model.ablate, *(name for cell in model.cells for name in cell)}


def _is_unknown(model: Model, factor: str) -> bool:
    try:
        return factor not in model.baseline and default_of(model, factor) is None
    except AblateError:
        return False


def _check_published(source: Source, known: Known) -> None:
    for reference, scores in _mapping(source.data.get("published")).items():
        known.check(source, ("published", reference), reference)
        for metric in _mapping(scores):
            if metric not in METRICS:
                source.blame(
                    ("published", reference, metric), f"unknown metric {hint(metric, METRICS)}"
                )


def _check_names(source: Source) -> None:
    for key, known in (("metric", tuple(METRICS)), ("setting", setting_names())):
        name = source.data.get(key)
        if isinstance(name, str) and name not in known:
            source.blame((key,), f"unknown {key} {hint(name, known)}")
    more = source.data.get("more_metrics")
    for index, name in enumerate(more if isinstance(more, list) else ()):
        if isinstance(name, str) and name not in METRICS:
            source.blame(("more_metrics", index), f"unknown metric {hint(name, METRICS)}")
        elif name == source.data.get("metric", "top1"):
            source.blame(("more_metrics", index), f"{name} is the study's metric already")
    for name in _mapping(source.data.get("settings")):
        if name not in setting_names():
            source.blame(("settings", name), f"unknown setting {hint(name, setting_names())}")


def _check_seeds(source: Source) -> None:
    """Seeds that are listed twice, or added for nobody."""
    match source.data.get("seeds"):
        case list(seeds):
            _check_distinct(source, ("seeds",), seeds)
        case {"min": int(least), "max": int(most)}:
            if most <= least:
                source.blame(("seeds", "max"), f"must be more than min, which is {least}")
            if not source.data.get("claims"):
                why = "are added until claims are decided, and this study makes none"
                source.blame(("seeds",), why)
        case dict(groups):
            _check_groups(source, groups)


def _check_groups(source: Source, groups: dict[Any, Any]) -> None:
    """A group that shares a seed with another would not confirm what that has shown."""
    owner: dict[object, object] = {}
    for name, seeds in groups.items():
        _check_distinct(source, ("seeds", name), seeds if isinstance(seeds, list) else [])
        for seed in seeds if isinstance(seeds, list) else ():
            if owner.setdefault(str(seed), name) != name:
                source.blame(("seeds", name), f"seed {seed} is in {owner[str(seed)]} already")


def _check_distinct(source: Source, place: Place, seeds: list[Any]) -> None:
    for seed, times in Counter(str(seed) for seed in seeds).items():
        if times > 1:
            source.blame(place, f"seed {seed} is listed {times} times")


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

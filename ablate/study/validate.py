"""Mistakes that the schema cannot see: unknown names, levels no factor has, claims about no cell.

Parts of the wrong type have been noted and left out by `ablate.study.parse`: a mistake in one part
hides none in another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from ablate.errors import hint
from ablate.models.catalog import architecture_names, describe
from ablate.recipes import LIKE, recipe_names
from ablate.settings import setting_names
from ablate.settings.schema import Override
from ablate.study.designs import LOOKS_UP, default_of, levels_of
from ablate.study.levels import NAME, alike
from ablate.study.metrics import METRICS
from ablate.study.references import read_reference
from ablate.study.schema import Adaptive, Model, Study
from ablate.study.source import Place, Source
from ablate.study.validate_claims import References, check_claim, check_repeated
from ablate.study.validate_labels import check_labels
from ablate.study.validate_models import check_design, check_model, recipe_problem
from ablate.study.validate_published import check_published


def validate(study: Study, source: Source) -> None:
    """Note every mistake in a study that its schema accepts."""
    sound = [
        name for name, model in study.models.items() if check_model(source, ("models", name), model)
    ]
    _check_names(study, source)
    _check_cells(study, source, sound)
    _check_factors(study, source, sound)
    _check_metrics(study, source)
    check_published(study, source)
    _check_seeds(study, source)
    check_labels(study, source)
    _check_known(source, ("setting",), "setting", study.setting, setting_names())
    for name, override in study.settings.items():
        _check_known(source, ("settings", name), "setting", name, setting_names())
        _check_override(source, ("settings", name), override)


def _check_known(
    source: Source, place: Place, kind: str, name: str, known: Collection[str]
) -> None:
    if name not in known:
        source.blame(place, f"unknown {kind} {hint(name, known)}")


def _check_names(study: Study, source: Source) -> None:
    """Check that the names of cells can be written and read, and told apart."""
    models, factors = dict[str, str](), dict[str, str]()
    for name, model in study.models.items():
        _check_name(source, ("models", name), name, models)
        for spot, factor, _ in levels_of(model):
            place = spot if spot[-1] == factor else spot[:-1]
            _check_name(source, ("models", name, *place), factor, factors)


def _check_name(source: Source, place: Place, name: str, known: dict[str, str]) -> None:
    if not re.fullmatch(NAME, name):
        said = f"{name!r} cannot be a name: it has a space at its end or one of []=,>\"'"
        source.blame(place, said)
    if (other := known.setdefault(alike(name), name)) != name:
        source.blame(place, f"{name!r} looks like the name {other!r}")


def _check_cells(study: Study, source: Source, sound: list[str]) -> None:
    """Check the design, and every reference to the cells it makes."""
    known = {name for name in study.models if name in sound or study.design not in LOOKS_UP}
    if source.wrong & {("design",), ("resolution",)}:
        known = set()
    else:
        _check_design(study, source, sound)
    references = References(
        source=source,
        cells=[cell for cell in study.cells if cell.model in known] if known else (),
        unknown=frozenset(source.data["models"]) - known,
    )
    for index, claim in enumerate(study.claims):
        check_claim(("claims", index), claim, references)
    check_repeated(study.claims, references)
    told: dict[str, str] = {}
    for text in study.published:
        cell = references.check(("published", text), read_reference(text))
        if cell and (other := told.setdefault(cell.name, text)) != text:
            source.blame(("published", text), f"is {other} again")


def _check_design(study: Study, source: Source, sound: list[str]) -> None:
    is_fractional = study.design == "fractional"
    if is_fractional and study.resolution is None:
        source.blame(("design",), "'fractional' needs the study to state a `resolution`")
    if not is_fractional and study.resolution is not None:
        said = f"belongs to design 'fractional'; this is {study.design!r}"
        source.blame(("resolution",), said)
    for name in sound:
        check_design(source, ("models", name), study.models[name], study)


def _check_factors(study: Study, source: Source, sound: list[str]) -> None:
    """Check that rules are about factors of the study, and refer to factors that exist."""
    changed = {name: _factors_of(model) for name, model in study.models.items()}
    used = sorted(set().union(*changed.values()))
    for name, rules in study.factors.items():
        if name not in used:
            source.blame(("factors", name), f"no factor {hint(name, used)}")
        if rules.acts and not rules.reason.strip():
            source.blame(
                ("factors", name, "acts"), "'later' needs a `reason`; the report prints it"
            )
        if rules.reason and not rules.acts and ("factors", name, "acts") not in source.wrong:
            source.blame(("factors", name, "reason"), "belongs to `acts: later`")
        owners = [model for model in study.models if name in changed[model]]
        for kind, others in (("requires", rules.requires), ("excludes", rules.excludes)):
            for other in others:
                if owners and all(
                    model in sound and _is_unknown(study.models[model], other) for model in owners
                ):
                    source.blame(("factors", name, kind, other), f"no factor {other!r}")


def _factors_of(model: Model) -> set[str]:
    """The factors that the study names in a model."""
    return {factor for _, factor, _ in levels_of(model)}


def _is_unknown(model: Model, factor: str) -> bool:
    return factor not in model.baseline and default_of(model, factor) is None


def _check_metrics(study: Study, source: Source) -> None:
    _check_known(source, ("metric",), "metric", study.metric, METRICS)
    for index, name in enumerate(study.more_metrics):
        _check_known(source, ("more_metrics", index), "metric", name, METRICS)
        if name in METRICS and name == study.metric:
            source.blame(("more_metrics", index), f"{name} is the study's metric already")


def _check_seeds(study: Study, source: Source) -> None:
    """Check for repeated seeds, and for adaptive seeds without a claim to decide."""
    lists: dict[Place, tuple[int, ...]] = {}
    match study.seeds:
        case Adaptive(min=least, max=most):
            if most <= least:
                source.blame(("seeds", "max"), f"must be more than min, which is {least}")
            if not source.data.get("claims"):
                why = "are added until claims are decided, and this study makes none"
                source.blame(("seeds",), why)
        case dict(groups):
            lists = {("seeds", name): seeds for name, seeds in groups.items()}
        case tuple(seeds):
            lists = {("seeds",): seeds}
    owner: dict[int, Place] = {}
    for place, seeds in lists.items():
        for seed, times in Counter(seeds).items():
            if times > 1:
                source.blame(place, f"seed {seed} is listed {times} times")
            # One group could not confirm what another with the same seed has shown.
            if owner.setdefault(seed, place) != place:
                source.blame(place, f"seed {seed} is in {owner[seed][-1]} already")


def _check_override(source: Source, place: Place, override: Override) -> None:
    for name, value in override.recipe.items():
        if name == LIKE:
            _check_known(source, (*place, "recipe", LIKE), "recipe", str(value), recipe_names())
        elif problem := recipe_problem(name, value):
            source.blame((*place, "recipe", name), problem)
    # Listed only where one is named: the libraries have thousands.
    families = architecture_names() if override.variants else ()
    named = [(kind, variant) for kind in families for variant in describe(kind).variants]
    known = sorted({spelled for kind, name in named for spelled in (name, f"{kind}:{name}")})
    for pair in override.variants.items():
        for name in pair:
            _check_known(source, (*place, "variants", pair[0]), "variant", name, known)

"""Mistakes in labels: names of nothing, and names of things that several factors have."""

from collections.abc import Mapping

from ablate.errors import hint
from ablate.recipes.schema import Scalar
from ablate.study.labels import levels_by_factor, meant
from ablate.study.levels import level_text
from ablate.study.schema import Level, Study
from ablate.study.source import Source, step


def check_labels(study: Study, source: Source) -> None:
    """Note every label that is of nothing, or not of one thing."""
    factors = levels_by_factor(study)
    for key, label in study.labels.items():
        if not isinstance(label, str):
            _check_levels(str(key), label, study, source)
        elif problem := _problem(key, label, factors):
            source.blame(("labels", step(key)), problem)


def _problem(key: Level, label: str, factors: Mapping[str, list[Level]]) -> str:
    """Why a label is not that of one factor, or of a level of one; nothing if it is."""
    owners = [factor for factor, levels in factors.items() if meant(key, levels) is not None]
    if not owners and key not in factors:
        levels = {level_text(level) for own in factors.values() for level in own}
        return f"no factor or level {hint(key, sorted({*factors, *levels}))}"
    if len(owners) + (key in factors) < 2:
        return ""
    own = f"{owners[0]}: {{{meant(key, factors[owners[0]])}: {level_text(label)}}}"
    if key in factors:
        whole = f"factors: {{{key}: {{label: {level_text(label)}}}}}"
        return f"is a factor and a level of {owners[0]}; write {whole} or labels: {{{own}}}"
    return f"is a level of {' and of '.join(owners)}; say of which, as in labels: {{{own}}}"


def _check_levels(factor: str, labels: Mapping[Scalar, str], study: Study, source: Source) -> None:
    levels = levels_by_factor(study)
    if factor not in levels:
        source.blame(("labels", factor), f"no factor {hint(factor, sorted(levels))}")
        return
    flat = [key for key, label in study.labels.items() if isinstance(label, str)]
    told = {meant(key, levels[factor]): key for key in flat}
    for key in labels:
        place = ("labels", factor, step(key))
        text = meant(key, levels[factor])
        if text is None:
            known = sorted({level_text(level) for level in levels[factor]})
            source.blame(place, f"no level {hint(level_text(key), known)}")
        elif (other := told.setdefault(text, key)) is not key:
            source.blame(place, f"is the level that {other!r} is a label of")

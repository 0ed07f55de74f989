"""The printed names of models, factors and levels: what the study says, else the name in words.

What differs is never printed alike: of names that look the same, each has its exact one beside it.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from ablate.recipes.schema import Scalar
from ablate.study.designs import MADE_OF, default_of, levels_of
from ablate.study.levels import alike, level_text, read_level
from ablate.study.schema import Level, Study

NETWORK = re.compile(r"[\w.]+:[\w.]+")
"""A name that is typed as it is, such as `timm:resnet_50`."""
YES, NO = "✓", "✗"


def model_labels(study: Study) -> dict[str, str]:
    """Model → its printed name."""
    return distinct({name: model.label or name for name, model in study.models.items()})


def factor_labels(study: Study) -> dict[str, str]:
    """Factor → its printed name. Two share one where no model varies both: they ask the same."""
    own: dict[Scalar, str] = {k: one.label for k, one in study.factors.items() if one.label}
    own |= {key: text for key, text in study.labels.items() if isinstance(text, str)}
    labels = {name: own.get(name, factor_words(name)) for name in levels_by_factor(study)}
    made_of = MADE_OF.get(study.design, "ablate")
    for model in study.models.values():
        places = ((place[0], factor) for place, factor, _ in levels_of(model))
        varied = dict.fromkeys(factor for part, factor in places if part == made_of)
        labels |= distinct({name: labels[name] for name in varied})
    return labels


def level_labels(study: Study) -> dict[str, dict[str, str]]:
    """Factor → the text of a level → its printed name."""
    return {
        factor: distinct({level_text(level): _label(level, named) for level in levels})
        for factor, levels in levels_by_factor(study).items()
        for named in [named_levels(study, factor, levels)]
    }


def named_levels(study: Study, factor: str, levels: Collection[Level]) -> dict[str, str]:
    """The labels that the study gives to levels of a factor: the text of the level → label."""
    own = study.labels.get(factor)
    given = {key: text for key, text in study.labels.items() if isinstance(text, str)}
    given |= own if isinstance(own, dict) else {}
    found = {meant(key, levels): text for key, text in given.items()}
    return {level: text for level, text in found.items() if level is not None}


def meant(key: Level, levels: Collection[Level]) -> str | None:
    """The text of the level, or part of a level, that a label is for; None if it is for none.

    A key is the level itself, else what it says as YAML: `"1"` is the text, or where there is none
    the number.
    """
    known = {level_text(part) for level in levels for part in (level, *_parts(level))}
    try:
        ways = (level_text(key), level_text(read_level(key)) if isinstance(key, str) else "")
    except ValueError:
        ways = (level_text(key), "")
    return next((text for text in ways if text in known), None)


def levels_by_factor(study: Study) -> dict[str, list[Level]]:
    """Factor → its levels in all models, with the default of each."""
    found: dict[str, list[Level]] = {}
    for model in study.models.values():
        for _, factor, level in levels_of(model):
            default = default_of(model, factor)
            found.setdefault(factor, []).extend([level] if default is None else [level, default])
    return found


def factor_words(factor: str) -> str:
    """The name of a factor in words: `Pos embed`."""
    words = factor.replace("_", " ").replace(".", ": ")
    return words[:1].upper() + words[1:]


def level_words(level: Level) -> str:
    """✓ or ✗, the number as it was chosen, or the name in words."""
    return _label(level, {})


def number(value: float) -> str:
    """A chosen number, as it was chosen: `20`, `0.002`, `1e-05`."""
    return f"{value:.6g}".replace("-", "−", 1) if value < 0 else f"{value:.6g}"


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Name → label, with the name in it where labels look the same."""
    times = Counter(map(alike, labels.values()))
    shared = {name for name, label in labels.items() if times[alike(label)] > 1}
    named = {k: f"{label} ({k})" if k in shared else label for k, label in labels.items()}
    return distinct(named) if shared else named


def _label(level: Level, named: Mapping[str, str]) -> str:
    if (text := level_text(level)) in named:
        return named[text]
    if isinstance(level, bool):
        return YES if level else NO
    if isinstance(level, int | float):
        return number(level)
    if isinstance(level, tuple):
        return ", ".join(_label(part, named) for part in level)
    return level if NETWORK.fullmatch(level) else level.replace("_", " ")


def _parts(level: Level) -> tuple[Level, ...]:
    return level if isinstance(level, tuple) else ()

"""Results as a CSV file: the same frame, with mappings and lists as JSON.

Histories, predictions, confounds and interpretations stay with the store that has them.
"""

import json
from pathlib import Path
from typing import Any

from ablate.errors import AblateError
from ablate.results.frame import COLUMNS, NUMBERS, Results, make_frame
from ablate.settings import load_setting, overridden
from ablate.settings.schema import Override
from ablate.store.files import write_text
from ablate.study.schema import Adaptive, Study

NESTED = ("changes", "levels", "stale", "environment")
FLAGS = ("teaches", "adaptive")
TEXTS = ("setting", *COLUMNS)


def write_csv(results: Results, path: Path) -> None:
    """A line per trial; `setting` and `adaptive` stand in each, so that the file says it all."""
    frame = results.frame.copy()
    for name in NESTED:
        frame[name] = frame[name].map(_as_json, na_action="ignore")
    frame.insert(0, "setting", results.setting)
    frame.insert(1, "adaptive", results.adaptive is not None)
    write_text(path, frame.to_csv(index=False, lineterminator="\n"))


def read_csv(path: Path, study: Study) -> Results:
    """The results that `write_csv` left in a file. Raises `AblateError` for another file."""
    import pandas as pd

    metrics = (study.metric, *study.more_metrics)
    wanted = ["setting", "adaptive", *make_frame((), metrics).columns]
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise AblateError(f"{path} cannot be read as CSV: {error}") from error
    if missing := [name for name in wanted if name not in frame]:
        raise AblateError(f"{path} has no column {', '.join(missing)}")
    if len({*frame["setting"]}) != 1:
        raise AblateError(f"{path} must hold one setting, not {sorted({*frame['setting']})}")
    rows = [_parsed(row) for row in frame[wanted].to_dict("records")]
    name = rows[0]["setting"]
    override = study.settings.get(name, Override())
    setting = overridden(load_setting(name), override)
    is_adaptive = rows[0]["adaptive"] and isinstance(study.seeds, Adaptive)
    return Results(
        frame=make_frame(rows, metrics),
        setting=name,
        setting_title=setting.title,
        recipe=setting.recipe.model_dump(exclude_defaults=True),
        margin=override.margin or study.margin,
        adaptive=study.seeds if is_adaptive else None,  # type: ignore[arg-type]
        claims_seen=(None,) * len(study.claims),
    )


def _parsed(row: dict[Any, Any]) -> dict[str, Any]:
    """A line's texts as values; what is empty is missing."""
    texts = {str(name): text for name, text in row.items() if text != ""}
    return {name: _value(name, text) for name, text in texts.items()}


def _value(name: str, text: str) -> Any:
    if name in NESTED:
        return _frozen(json.loads(text))
    if name in FLAGS:
        return text == "True"
    if NUMBERS.get(name) == "Int64":
        return int(text)
    return float(text) if name in NUMBERS or name not in TEXTS else text


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _frozen(value: Any) -> Any:
    """Lists as tuples, as levels are in a study."""
    if isinstance(value, dict):
        return {name: _frozen(member) for name, member in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value

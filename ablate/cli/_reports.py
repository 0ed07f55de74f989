"""The folder of a study's report, which no other study's report may take."""

import json
from pathlib import Path
from typing import Any

from ablate.errors import AblateError
from ablate.plan.make import Plan
from ablate.study.load import is_of_another


def folder_of(plan: Plan, reports: Path) -> Path:
    """The folder of a plan's report. Raises `AblateError` if another study's report is there."""
    folder = reports / plan.study.name / plan.setting_name
    there = _summary(folder / "summary.json")
    if is_of_another(str(there.get("file", "")), plan.study, reports):
        raise AblateError(
            f"{folder} holds the report on another study of this name, {there.get('title')!r}; "
            "rename one of the two files, or write elsewhere with --reports"
        )
    return folder


def _summary(path: Path) -> dict[str, Any]:
    """The summary in a report's folder; nothing where there is none, or a damaged one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

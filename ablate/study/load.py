"""From a file to a `Study`: parsed once, all mistakes together, each with its line."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ablate.errors import StudyError, UnknownNameError
from ablate.study.meaning import find_problems
from ablate.study.schema import Study
from ablate.study.shape import shape_problems
from ablate.study.source import Source, read_source

STUDIES = Path("studies")


def study_names(folder: Path = STUDIES) -> tuple[str, ...]:
    """The studies in a folder, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def find_study(name: str, folder: Path = STUDIES) -> Path:
    """The file of a study, given by its name or its path. Raises `UnknownNameError`."""
    if name.endswith((".yaml", ".yml")) and Path(name).is_file():
        return Path(name)
    if name not in study_names(folder):
        raise UnknownNameError("study", name, study_names(folder))
    return folder / f"{name}.yaml"


def load_study(path: str | Path) -> Study:
    """The study in the file at `path`. Raises `StudyError` with every mistake in it."""
    path = Path(path)
    source = read_source(path)
    study = _validated(source, path.stem)
    if study is None or source.problems:
        raise StudyError(source.problems)
    return study


def _validated(source: Source, name: str) -> Study | None:
    if source.problems and source.data is None:
        return None
    if not isinstance(source.data, dict):
        source.blame((), "a study is a mapping; see `ablate schema`")
        return None
    if "name" in source.data:
        source.blame(("name",), "a study is named by its file; leave this key out")
    study: Study | None = None
    try:
        study = Study.model_validate({**source.data, "name": name})
    except ValidationError as error:
        shape_problems(error, source)
    find_problems(source)
    return study

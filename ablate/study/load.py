"""From a file to a `Study`: read once, all mistakes together, each with its line."""

import hashlib
import os
from pathlib import Path

from ablate.errors import StudyError, UnknownNameError
from ablate.study.parse import parse_study
from ablate.study.schema import Study
from ablate.study.source import read_source
from ablate.study.validate import validate

STUDIES = Path("studies")
ELSEWHERE = "elsewhere:"
"""Begins what is noted of a file that lies far from the folder."""


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


def file_from(study: Study, folder: Path) -> str:
    """The study's file as seen from a folder; empty for a study without one.

    Of a file that lies elsewhere than beside the folder or below, a hash: names of the machine's
    folders are nobody's business.
    """
    if not study.source.start:
        return ""
    path = Path(os.path.relpath(Path(study.source.file).resolve(), folder.resolve())).as_posix()
    is_near = not path.startswith("../../")
    return path if is_near else ELSEWHERE + hashlib.sha256(path.encode()).hexdigest()[:12]


def is_of_another(noted: str, study: Study, folder: Path) -> bool:
    """Whether a file noted in a folder is another study's, and not where this one once was."""
    own = file_from(study, folder)
    is_there = noted.startswith(ELSEWHERE) or (folder / noted).is_file()
    return bool(noted and own) and noted != own and is_there


def load_study(path: str | Path) -> Study:
    """The study in the file at `path`. Raises `StudyError` with every mistake in it."""
    path = Path(path)
    source, study = read_source(path), None
    if isinstance(source.data, dict):
        if "name" in source.data:
            source.blame(("name",), "a study is named by its file; leave this key out")
        study = parse_study(source, path.stem)
    elif source.data is not None or not source.problems:
        source.blame((), "a study is a mapping; see `ablate schema`")
    if study:
        validate(study, source)
    if study is None or source.problems:
        raise StudyError(source.problems)
    # Not a field: studies are equal wherever they were read.
    object.__setattr__(study, "source", source)
    return study

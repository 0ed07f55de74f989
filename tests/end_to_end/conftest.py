"""A project folder with a small study, and `ablate` as a user calls it: in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

STUDY = """\
title: A small study of positions
models:
  deit_s:
    label: DeiT-S
    architecture: vit
    variant: deit-s
    baseline: {pos_embed: learned, depth: 1}
    ablate: {pos_embed: [none]}
seeds: [100, 101]
margin: 50
claims:
  - says: positions help by less than fifty points
    contrast: deit_s[pos_embed=none]
    expect: not_lower
settings: {digits: {recipe: {epochs: 2, batch_size: 128}}}
"""

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit of `small`, made once: it would take each test five seconds more."""
    folder = make_project(tmp_path_factory.mktemp("checked"))
    subprocess.run(command("check", "small"), cwd=folder, check=True, capture_output=True)
    return folder / "runs/checks"


@pytest.fixture
def project(tmp_path: Path, checked: Path) -> Path:
    """A folder as a user's, with `studies/small.yaml`, checked already."""
    folder = make_project(tmp_path / "project")
    shutil.copytree(checked, folder / "runs/checks")
    return folder


def make_project(folder: Path) -> Path:
    (folder / "studies").mkdir(parents=True)
    (folder / "studies/small.yaml").write_text(STUDY, encoding="utf-8")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user who is not logged in to W&B and has set nothing."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("WANDB_", "ABLATE_"))}
    return {**kept, "HOME": str(tmp_path), "COLUMNS": "100"}


@pytest.fixture
def ablate(project: Path, environment: dict[str, str]) -> Call:
    """Run `ablate …` in the project and wait for it."""

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments),
            cwd=project,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def begin(project: Path, environment: dict[str, str]):
    """Start `ablate …` in a process group of its own and do not wait."""
    begun: list[subprocess.Popen[str]] = []

    def call(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(*arguments),
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        begun.append(process)
        return process

    yield call
    for process in begun:
        process.kill()
        process.communicate()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from ablate.cli.main import main; main()", *arguments]

"""A user's own network: what is read of it without importing it, and how it is built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import pytest

from ablate.errors import AblateError, UnknownNameError
from ablate.models import build
from ablate.models.catalog import describe
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import make_plan
from ablate.study.schema import Study

MAIN = '''
"""Mine."""

import os
import torch
from torch import nn
from . import parts
from .deep.layers import layer
import OTHER

DEFAULT = 3


class Net(nn.Module):
    def __init__(self, a, b: int = 2, c: str = "x", d=DEFAULT, *, seed: int, e: bool = False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2))
        self.seed, self.a = seed, a


class Bare(nn.Module):
    pass


def number():
    return 3
'''


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package in the folder where one types; every test has one of another name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    name = f"mine_{abs(hash(tmp_path))}"
    files = {
        f"{name}/__init__.py": "",
        f"{name}/nets.py": MAIN.replace("OTHER", f"{name}_other"),
        f"{name}/parts.py": "from .deep import layers",
        f"{name}/deep/__init__.py": "",
        f"{name}/deep/layers.py": "def layer(): ...",
        f"{name}/unused.py": "",
        f"{name}_other.py": "",
    }
    for file, text in files.items():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text, encoding="utf-8")
    return name


def test_keywords_are_read_with_types_and_defaults(mine: str) -> None:
    described = describe(f"{mine}.nets:Net")
    assert f"{mine}.nets" not in sys.modules
    assert described.title == "Mine."
    assert described.variants == {"Net": {}}
    assert set(described.toggles) == {"a", "b", "c", "d", "e"}
    assert set(described.sizes) == {"seed"}
    assert not described.takes_any
    toggles = described.toggles
    assert (toggles["b"].default, toggles["d"].default, toggles["a"].default) == (2, "DEFAULT", ...)
    assert toggles["e"].levels == (True, False)
    assert toggles["b"].problem("x") == "'x' is not a value of b; allowed: a whole number"
    assert toggles["d"].problem("x") is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("MINE.nets:net", "unknown factory of MINE.nets 'net'; did you mean 'Net'? "),
        ("MINE.net:Net", "no module 'MINE.net' can be imported from this folder"),
        ("nowhere.at.all:Net", "no module 'nowhere.at.all' can be imported from this folder"),
        ("MINE.nets:", "'MINE.nets:' is not of the form package.module:Factory"),
        ("math:sqrt", "no module 'math' can be imported from this folder"),
    ],
)
def test_what_cannot_be_found_is_said(mine: str, name: str, message: str) -> None:
    with pytest.raises(AblateError) as error:
        describe(name.replace("MINE", mine))
    assert str(error.value).startswith(message.replace("MINE", mine))


def test_it_is_built_with_what_it_names_and_drawn_from_the_seed(mine: str) -> None:
    one, two, other = (
        cast(Any, build(f"{mine}.nets:Net", "Net", {"a": 1}, seed=seed)) for seed in (3, 3, 4)
    )
    assert one.seed == 3
    assert one.weight.tolist() == two.weight.tolist() != other.weight.tolist()
    assert type(build(f"{mine}.nets:Bare", "Bare", {}, seed=0)).__name__ == "Bare"


def test_what_is_no_network_is_refused(mine: str) -> None:
    with pytest.raises(TypeError) as error:
        build(f"{mine}.nets:number", "number", {}, seed=0)
    assert str(error.value) == f"{mine}.nets:number returned int, not an nn.Module"
    with pytest.raises(ValueError, match=r"unknown keyword of .* 'z'"):
        build(f"{mine}.nets:Net", "Net", {"a": 1, "z": 2}, seed=0)
    with pytest.raises(UnknownNameError):
        describe(f"{mine}.nets:Net").defaults("Other")


def test_its_own_files_answer_for_its_results(mine: str) -> None:
    model = {"model": f"{mine}.nets:Net", "baseline": {"a": 1}}
    plan = make_plan(Study.model_validate({"title": "T", "models": {"m": model}}))
    known = set(fingerprint(plan.trials[0]))
    assert {f"{mine}/nets.py", f"{mine}/parts.py", f"{mine}/deep/layers.py"} <= known
    assert f"{mine}_other.py" in known
    assert not {f"{mine}/unused.py", "os.py", "models/vit.py"} & known

"""Interpretation of trained networks: what is found, what is not, and that it costs no run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ablate.analysis.interpretation import interpretations, not_interpreted
from ablate.analysis.make import analyze
from ablate.interpret.make import interpret
from ablate.interpret.model import Interpretation
from ablate.models import build
from ablate.plan.make import Plan, make_plan
from ablate.results.store import read_store
from ablate.run.executors.inline import InlineExecutor
from ablate.run.scheduler import Options, execute
from ablate.run.worker import run_trial
from ablate.store.files import read_json, write_json
from ablate.store.store import Store
from ablate.study.load import load_study
from tests.run.test_scheduler import Notes

STUDY = """\
title: Two networks
models:
  vit: {architecture: vit, variant: deit-s, baseline: {pos_embed: learned},
        ablate: {pos_embed: [none]}}
  mixer: {architecture: convmixer, variant: convmixer-256-8}
seeds: 2
settings: {digits: {recipe: {epochs: 1, batch_size: 512, warmup_epochs: 0}}}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("study") / "two.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return make_plan(load_study(path))


@pytest.fixture(scope="module")
def store(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Every trial trained for an epoch."""
    made = Store(tmp_path_factory.mktemp("runs"))
    execute(plan, InlineExecutor(run_trial), made, Options(), Notes())
    return made


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(150, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def small(architecture: str = "vit", variant: str = "deit-8px", **toggles):
    return build(architecture, variant, toggles, seed=0)


def test_what_is_found_is_what_the_architecture_has(images):
    vit = interpret(small(), images)
    assert (vit.images, vit.image_size, vit.cause) == (128, 8, None)
    assert [len(layer.distances) for layer in vit.layers] == [4] * 4
    assert [(table.part, table.side, len(table.tiles)) for table in vit.positions] == [
        ("patches", 4, 16)
    ]
    assert [(len(one.image), len(one.rollout)) for one in vit.rollouts] == [(8, 4)] * 4
    assert all(sum(map(sum, one.rollout)) == pytest.approx(1) for one in vit.rollouts)
    assert all(
        0 <= min(map(min, one.image)) <= max(map(max, one.image)) <= 1 for one in vit.rollouts
    )
    assert interpret(small(pos_embed="none"), images).positions == ()
    mixer = interpret(small("convmixer", "convmixer-8px"), images)
    assert (mixer.layers, mixer.positions, mixer.rollouts) == ((), (), ())
    assert mixer.filters is not None


def test_distances_do_not_depend_on_batches(images, monkeypatch):
    whole = interpret(small(), images)
    monkeypatch.setattr("ablate.interpret.make.PIXELS", 8 * 8 * 50)
    parts = interpret(small(), images)
    for one, other in zip(whole.layers, parts.layers, strict=True):
        assert one.distances == pytest.approx(other.distances)
    assert len(parts.rollouts) == 4


def test_of_a_users_network_the_filters_are_found(images):
    own = torch.nn.Sequential(torch.nn.Conv2d(1, 6, 3), torch.nn.Flatten(), torch.nn.Linear(216, 9))
    found = interpret(own, images)
    assert (found.layers, found.positions, found.cause) == ((), (), None)
    assert found.filters.count == 6


def test_a_network_that_raises_is_a_cause(images, monkeypatch):
    def fails(*_):
        raise RuntimeError("no")

    monkeypatch.setattr("ablate.interpret.make.record", fails)
    assert interpret(small(), images) == Interpretation(cause="RuntimeError in the forward pass")


def test_every_run_of_a_small_study_leaves_its_interpretation(plan, store, tmp_path):
    analysis = analyze(plan.study, read_store(store, plan))
    assert [one.cell for one in analysis.interpretations] == [cell.name for cell in plan.cells]
    assert [one.seeds for one in analysis.interpretations] == [(0, 1)] * 3
    write_json(tmp_path / "a.json", analysis)
    assert read_json(tmp_path / "a.json", type(analysis)) == analysis


def test_the_seeds_of_a_cell_are_put_together(images):
    one, other = interpret(small(), images), interpret(build("vit", "deit-8px", {}, seed=1), images)
    (vit,) = interpretations({"vit": [(0, one), (1, other), (2, Interpretation(cause="no"))]})
    assert (vit.cell, vit.seeds) == ("vit", (0, 1))
    distances = one.layers[2].distances + other.layers[2].distances
    assert vit.layers[2].distances == distances
    assert vit.layers[2].mean == pytest.approx(sum(distances) / 8)
    assert vit.positions == one.positions
    (lost,) = not_interpreted({"vit": [(2, Interpretation(cause="no"))]})
    assert (lost.cause, lost.count) == ("no", 1)


def test_a_damaged_interpretation_costs_only_itself(plan, store):
    folder = store.run(plan.trials[0]).folder
    whole = folder.interpretation_file.read_bytes()
    folder.interpretation_file.write_text("{", encoding="utf-8")
    try:
        analysis = analyze(plan.study, read_store(store, plan))
    finally:
        folder.interpretation_file.write_bytes(whole)
    assert analysis.interpretations[0].seeds == (1,)
    assert [one.cause for one in analysis.not_interpreted] == ["interpretation.json is damaged"]


def test_of_many_cells_fewer_seeds_are_interpreted(plan, tmp_path, monkeypatch):
    monkeypatch.setattr("ablate.run.scheduler.MOST_INTERPRETED", 2)
    store = Store(tmp_path)
    asked = []

    def notes(path: Path) -> None:
        asked.append(path)

    execute(plan, InlineExecutor(notes), store, Options(), Notes())
    wanted = {
        (folder.trial().cell, folder.trial().seed)
        for trial in plan.trials
        for folder in store.attempts(trial)
        if folder.execution().interpret
    }
    assert wanted == {("vit", 0), ("vit[pos_embed=none]", 0)}


def test_a_report_needs_no_torch(store, tmp_path):
    (tmp_path / "two.yaml").write_text(STUDY, encoding="utf-8")
    code = (
        "import sys; from ablate.cli.main import main\n"
        f"try: main(['report', {str(tmp_path / 'two.yaml')!r}, '--runs', {str(store.root)!r},"
        f" '--reports', {str(tmp_path / 'reports')!r}])\n"
        "except SystemExit as end: print(end.code, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "0 False"
    page = (tmp_path / "reports/two/digits/report.md").read_text(encoding="utf-8")
    assert "## Interpretation" in page

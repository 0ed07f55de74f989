"""Looking into trained networks: what is kept, what is left out, and that no run is in the way."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ablate.analysis.interpretation import interpretations, not_interpreted, seen
from ablate.analysis.make import analyze
from ablate.interpret.cached import cached_interpretation, chosen, waiting
from ablate.interpret.make import look
from ablate.models import build
from ablate.plan.make import Plan, make_plan
from ablate.store.files import read_json, write_json
from ablate.store.record import Execution, Record, State
from ablate.store.store import Store
from ablate.study.load import load_study
from ablate.train.build import make_data, make_model
from ablate.train.fit import save_predictions

EXECUTION = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
STUDY = """\
title: Two networks
models:
  vit: {architecture: vit, variant: deit-s, baseline: {pos_embed: learned},
        ablate: {pos_embed: [none]}}
  mixer: {architecture: convmixer, variant: convmixer-256-8}
seeds: 2
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("study") / "two.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return make_plan(load_study(path))


@pytest.fixture(scope="module")
def finished(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every trial finished, with the weights that it began with and what these answer."""
    made = Store(tmp_path_factory.mktemp("finished"))
    images, labels = make_data(plan.trials[0]).test
    for trial in plan.trials:
        folder = made.start(trial, EXECUTION)
        folder.checkpoints.mkdir()
        model = make_model(trial).eval()
        torch.save(model.state_dict(), folder.best_file)
        with torch.no_grad():
            save_predictions(folder, model(images), labels)
        folder.close(Record(state=State.FINISHED, scores={"top1": 10.0}, parameters=200_000))
    return made.root


@pytest.fixture
def store(tmp_path: Path, finished: Path) -> Store:
    shutil.copytree(finished, tmp_path / "runs")
    return Store(tmp_path / "runs")


def of(plan: Plan, store: Store, cell: str, seed: int = 0):
    return next(run for run in chosen(plan, store)[cell] if run.trial.seed == seed)


def causes(plan: Plan, store: Store) -> dict[str, int]:
    look(waiting(plan, store), store)
    return {one.cause: one.count for one in not_interpreted(seen(chosen(plan, store), store))}


def test_every_network_is_looked_into_once(plan, store):
    runs = waiting(plan, store)
    assert [run.trial.name for run in runs] == [
        "vit/s0",
        "vit/s1",
        "vit[pos_embed=none]/s0",
        "vit[pos_embed=none]/s1",
        "mixer/s0",
        "mixer/s1",
    ]
    look(runs, store)
    assert waiting(plan, store) == ()


def test_what_is_seen_is_what_the_architecture_has(plan, store):
    look(waiting(plan, store), store)
    vit = cached_interpretation(of(plan, store, "vit"), store)
    assert (vit.images, vit.image_size, vit.cause) == (128, 8, None)
    assert [len(layer.distances) for layer in vit.layers] == [4] * 4
    assert [(table.part, table.side, len(table.tiles)) for table in vit.positions] == [
        ("patches", 4, 16)
    ]
    assert [(len(one.image), len(one.rollout)) for one in vit.looks] == [(8, 4)] * 4
    assert all(sum(map(sum, one.rollout)) == pytest.approx(1) for one in vit.looks)
    assert all(0 <= min(map(min, one.image)) <= max(map(max, one.image)) <= 1 for one in vit.looks)
    assert cached_interpretation(of(plan, store, "vit[pos_embed=none]"), store).positions == ()
    mixer = cached_interpretation(of(plan, store, "mixer"), store)
    assert (mixer.layers, mixer.positions, mixer.looks) == ((), (), ())
    assert mixer.filters.count == 128


def test_distances_do_not_depend_on_batches(plan, store, monkeypatch):
    run = of(plan, store, "vit")
    look([run], store)
    whole = cached_interpretation(run, store)
    monkeypatch.setattr("ablate.interpret.make.PIXELS", 8 * 8 * 50)
    look([run], store)
    for one, other in zip(whole.layers, cached_interpretation(run, store).layers, strict=True):
        assert one.distances == pytest.approx(other.distances)
    assert len(cached_interpretation(run, store).looks) == 4


def test_the_seeds_of_a_cell_are_put_together(plan, store):
    look(waiting(plan, store), store)
    vit, *_ = interpretations(seen(chosen(plan, store), store))
    own = [cached_interpretation(of(plan, store, "vit", seed), store) for seed in (0, 1)]
    assert (vit.cell, vit.seeds) == ("vit", (0, 1))
    distances = own[0].layers[2].distances + own[1].layers[2].distances
    assert vit.layers[2].distances == distances
    assert vit.layers[2].mean == pytest.approx(sum(distances) / 8)
    assert vit.positions == own[0].positions


def test_an_analysis_holds_it_and_can_be_written_and_read(plan, store, tmp_path):
    look(waiting(plan, store), store)
    analysis = analyze(plan, store)
    assert [one.cell for one in analysis.interpretations] == [cell.name for cell in plan.cells]
    write_json(tmp_path / "a.json", analysis)
    assert read_json(tmp_path / "a.json", type(analysis)) == analysis


def test_nothing_looked_into_nothing_said(plan, store):
    analysis = analyze(plan, store)
    assert (analysis.interpretations, analysis.not_interpreted) == ((), ())


class TestWhatCannotBeSeen:
    def test_a_missing_checkpoint_is_passed_over(self, plan, store):
        of(plan, store, "vit").folder.best_file.unlink()
        assert causes(plan, store) == {}
        found = {one.cell: one.seeds for one in interpretations(seen(chosen(plan, store), store))}
        assert found["vit"] == (1,)

    def test_a_damaged_one_is_told(self, plan, store):
        of(plan, store, "vit").folder.best_file.write_bytes(b"nothing")
        assert causes(plan, store) == {"the checkpoint cannot be read": 1}

    def test_nothing_is_unpickled(self, plan, store):
        torch.save(print, of(plan, store, "vit").folder.best_file)
        assert causes(plan, store) == {"the checkpoint cannot be read": 1}

    def test_one_that_does_not_fit_is_told(self, plan, store):
        other = build("cvt", "cvt-8px", {}, seed=0)
        torch.save(other.state_dict(), of(plan, store, "vit").folder.best_file)
        assert causes(plan, store) == {"the checkpoint does not fit today's code": 1}

    def test_a_network_that_answers_differently_is_not_the_one_that_ran(self, plan, store):
        first = of(plan, store, "vit")
        fresh = make_model(replace(first.trial, seed=7))
        torch.save(fresh.state_dict(), first.folder.best_file)
        assert causes(plan, store) == {"today's code answers differently than the run did": 1}
        vit, *_ = interpretations(seen(chosen(plan, store), store))
        assert vit.seeds == (1,)

    @pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04cut off"])
    def test_answers_that_are_lost_are_told(self, plan, store, content):
        of(plan, store, "vit").folder.predictions_file.write_bytes(content)
        assert causes(plan, store) == {"the run's answers cannot be read": 1}

    def test_a_network_that_raises_is_told(self, plan, store, monkeypatch):
        def fails(*_):
            raise RuntimeError("no")

        monkeypatch.setattr("ablate.interpret.make.record", fails)
        assert causes(plan, store) == {"today's code cannot run the network": 6}

    def test_a_damaged_insight_is_made_again(self, plan, store):
        look(waiting(plan, store), store)
        next((store.root / "interpretations").glob("*.json")).write_text("{", encoding="utf-8")
        assert len(waiting(plan, store)) == 1
        assert len(analyze(plan, store).interpretations) == 3

    def test_a_folder_that_cannot_be_written_keeps_nothing(self, plan, store):
        (store.root / "interpretations").write_text("in the way", encoding="utf-8")
        look(waiting(plan, store), store)
        assert analyze(plan, store).interpretations == ()


class TestBounds:
    def test_of_large_networks_one_of_each_cell(self, plan, store):
        for trial in plan.trials:
            folder = store.attempts(trial)[0]
            folder.result_file.unlink()
            large = {"scores": {"top1": 1.0}, "parameters": 22_000_000}
            folder.close(Record(state=State.FINISHED, **large))
        assert [run.trial.seed for run in waiting(plan, store)] == [0, 0, 0]

    def test_of_many_cells_fewer_seeds(self, plan, store, monkeypatch):
        monkeypatch.setattr("ablate.interpret.cached.MOST_RUNS", 5)
        assert [run.trial.seed for run in waiting(plan, store)] == [0, 0, 0]
        monkeypatch.setattr("ablate.interpret.cached.MOST_RUNS", 2)
        assert [run.trial.cell for run in waiting(plan, store)] == ["vit", "vit[pos_embed=none]"]


def test_torch_stays_out_where_nothing_is_new(plan, store, tmp_path):
    look(waiting(plan, store), store)
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

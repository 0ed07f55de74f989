"""What a worker adds to training: the record, with what the network costs, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from ablate.measure.macs import image_shape, measure, sketch
from ablate.plan.trial import Trial
from ablate.run.worker import run_trial
from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.record import Execution, Record, State
from ablate.train.fit import fit
from tests.train.test_fit import RECIPE, trial, without_times

EXECUTION = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")


def worked(where: Path, asked: Trial) -> tuple[RunFolder, Record]:
    where.mkdir(parents=True)
    folder = RunFolder(where)
    write_json(folder.trial_file, asked)
    write_json(folder.execution_file, EXECUTION)
    run_trial(where)
    return folder, folder.record()


def test_a_record_says_what_the_network_costs(tmp_path):
    asked = trial("cvt_13[pos_embed_stages=every]")
    _, record = worked(tmp_path / "1", asked)
    assert record.state is State.FINISHED
    changes = {"pos_embed": "learned"}
    image = image_shape("cvt", "cvt-8px", changes)
    assert record.macs == measure(sketch("cvt", "cvt-8px", changes), image).macs
    assert 0.05 < record.memory_gb < 100


def test_measuring_changes_nothing_that_training_leaves(tmp_path):
    asked = trial("deit_s")
    plain = RunFolder(tmp_path / "plain")
    plain.path.mkdir()
    fitted = fit(asked, plain)
    folder, record = worked(tmp_path / "measured", asked)
    assert (record.scores, record.best_epoch) == (fitted.scores, fitted.best_epoch)
    assert without_times(folder) == without_times(plain)
    assert folder.predictions_file.read_bytes() == plain.predictions_file.read_bytes()
    ours, theirs = (torch.load(one.best_file, weights_only=True) for one in (folder, plain))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_what_cannot_be_measured_is_missing_and_the_run_finished(tmp_path, monkeypatch):
    def broken(*_: object) -> float:
        raise RuntimeError("no such operation")

    monkeypatch.setattr("ablate.measure.macs.measure", broken)
    asked = replace(trial("deit_s"), recipe=RECIPE.model_copy(update={"epochs": 1}))
    _, record = worked(tmp_path / "1", asked)
    assert record.state is State.FINISHED
    assert record.macs is None
    assert record.scores

"""Averaged weights: their arithmetic, and that they are what is validated, kept and tested."""

from __future__ import annotations

from typing import Any

import torch

from ablate.store.folder import RunFolder
from ablate.train.averaging import make_average
from ablate.train.build import make_data, make_model
from ablate.train.callbacks import BestEpoch
from ablate.train.fit import fit, scores
from tests.train.loop import RECIPE, Net, Noise, train, with_fields
from tests.train.test_fit import RECIPE as DIGITS
from tests.train.test_fit import trial

AVERAGED = with_fields(weight_averaging=0.9)


def test_the_average_begins_at_the_first_step_and_follows_by_its_decay():
    model = Net()
    average = make_average(model, 0.8)
    expected = None
    for value in (1.0, 3.0, 2.0):
        with torch.no_grad():
            model.head.weight.fill_(value)
            model.norm.running_mean.fill_(-value)
        average.update_parameters(model)
        expected = value if expected is None else 0.8 * expected + 0.2 * value
    torch.testing.assert_close(average.module.head.weight, torch.full((3, 4), expected))
    torch.testing.assert_close(average.module.norm.running_mean, torch.full((4,), -expected))


def test_whole_numbers_are_copied_not_averaged():
    model = Net()
    average: Any = make_average(model, 0.7)
    for _ in range(20):
        model.norm.num_batches_tracked += 1
        average.update_parameters(model)
    assert torch.equal(average.module.table, torch.arange(200))
    assert int(average.module.norm.num_batches_tracked) == 20


def test_the_weights_that_are_trained_do_not_feel_the_average():
    plain, averaged = train(RECIPE).model, train(AVERAGED).model
    assert all(
        torch.equal(a, b) for a, b in zip(plain.parameters(), averaged.parameters(), strict=True)
    )


def test_the_average_is_validated_and_kept(tmp_path):
    best = BestEpoch(tmp_path / "best.pt", "top1")
    run = train(with_fields(weight_averaging=0.9, epochs=1), callbacks=(best,))
    kept = torch.load(best.file, weights_only=True)
    ours = run.average.module.state_dict()
    assert kept.keys() == run.model.state_dict().keys()
    assert all(torch.equal(kept[name], ours[name]) for name in ours)
    assert not torch.equal(kept["head.weight"], run.model.head.weight)
    with torch.no_grad():
        run.eval()
        right = [(run(images).argmax(1) == labels) for images, labels in Noise(AVERAGED).batches]
    assert float(run.trainer.callback_metrics["val/top1"]) == (
        float(100 * torch.cat(right).double().mean())
    )


def test_a_fitted_trial_is_scored_by_its_averaged_weights(tmp_path):
    asked = trial("cvt_13", recipe=DIGITS.model_copy(update={"weight_averaging": 0.6}))
    fitted = fit(asked, RunFolder(tmp_path))
    model = make_model(asked)
    assert fitted.parameters == sum(p.numel() for p in model.parameters())
    model.load_state_dict(torch.load(RunFolder(tmp_path).best_file, weights_only=True))
    with torch.no_grad():
        data: Any = make_data(asked)
        images, labels = data.test
        assert scores(model.eval()(images), labels) == fitted.scores

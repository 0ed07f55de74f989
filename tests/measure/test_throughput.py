"""Images per second and peak memory: real passes in evaluation mode that leave nothing behind."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ablate.measure import throughput
from ablate.measure.memory import peak_memory_gb
from ablate.measure.throughput import LEAST, WARM_UP, images_per_s


class Watched(nn.Module):
    """Remembers in which mode it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(1)
        self.calls: list[tuple[int, bool, bool]] = []

    def forward(self, images: Tensor) -> Tensor:
        self.calls.append((len(images), self.training, torch.is_grad_enabled()))
        return self.norm(images)


class Clock:
    """Each pass takes as long as the next number says."""

    def __init__(self, *seconds: float) -> None:
        self.now, self.seconds, self.asked = 0.0, list(seconds), 0

    def perf_counter(self) -> float:
        self.asked += 1
        if self.asked % 2 == 0:
            self.now += self.seconds.pop(0)
        return self.now


def test_a_batch_is_answered_several_times_in_evaluation_mode_without_gradient():
    model = Watched()
    assert images_per_s(model, torch.zeros(3, 1, 5, 5)) > 0
    assert len(model.calls) >= WARM_UP + LEAST
    assert set(model.calls) == {(3, False, False)}


def test_it_is_the_median_of_the_passes_after_the_warm_up(monkeypatch):
    monkeypatch.setattr(throughput, "time", Clock(9.0, 9.0, 1.0, 0.5, 100.0, 0.5, 0.5))
    assert images_per_s(Watched(), torch.zeros(4, 1, 5, 5)) == 8.0


def test_quick_passes_are_timed_until_there_are_enough(monkeypatch):
    monkeypatch.setattr(throughput, "time", Clock(*[0.01] * 40))
    model = Watched()
    assert images_per_s(model, torch.zeros(4, 1, 5, 5)) == pytest.approx(400)
    assert WARM_UP + 15 <= len(model.calls) <= WARM_UP + 16


def test_it_draws_nothing_and_changes_no_number_of_the_network():
    model = Watched()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    images_per_s(model, torch.ones(3, 1, 5, 5))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_memory_is_counted_in_gigabytes_and_never_falls():
    before = peak_memory_gb()
    where = "cuda" if torch.cuda.is_available() else "cpu"
    held = torch.ones(50_000_000, device=where)  # 0.2 GB
    after = peak_memory_gb()
    assert max(before, 0.2) <= after < before + 0.5
    del held
    assert peak_memory_gb() >= after

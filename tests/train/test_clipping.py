"""Gradients are clipped as PyTorch does by norm, and as timm does unit by unit."""

from __future__ import annotations

import pytest
import torch
from timm.utils.agc import adaptive_clip_grad
from torch import nn

from ablate.train.clipping import clip
from tests.train.loop import Net, train, with_fields


class Odd(Net):
    """With parameters that have no gradient, no size, and three axes."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, 4) / 100)
        self.scale = nn.Parameter(torch.tensor(0.5))
        self.unused = nn.Parameter(torch.ones(2))

    def features(self, images):
        return super().features(images) * self.scale + self.token[0]


def with_gradients() -> nn.Module:
    model = Odd()
    images = torch.randn(6, 1, 5, 5, generator=torch.Generator().manual_seed(1))
    model(images).square().sum().backward()
    return model


def gradients(model: nn.Module) -> list[torch.Tensor]:
    return [p.grad for p in model.parameters() if p.grad is not None]


@pytest.mark.parametrize("part", [0.001, 0.01, 1.0, 100.0])
def test_units_are_clipped_as_by_timm(part):
    ours, theirs = with_gradients(), with_gradients()
    clip(ours, with_fields(clip_adaptive=part))
    adaptive_clip_grad(theirs.parameters(), clip_factor=part)
    torch.testing.assert_close(gradients(ours), gradients(theirs))


def test_units_that_are_short_enough_stay_exactly_as_they_are():
    model, before = with_gradients(), gradients(with_gradients())
    clip(model, with_fields(clip_adaptive=1e4))
    assert all(torch.equal(a, b) for a, b in zip(gradients(model), before, strict=True))


def test_the_whole_is_clipped_to_its_norm():
    model, before = with_gradients(), gradients(with_gradients())
    clip(model, with_fields(clip_norm=0.1))
    length = torch.cat([grad.flatten() for grad in gradients(model)]).norm()
    assert float(length) == pytest.approx(0.1, rel=1e-3)
    assert torch.allclose(
        gradients(model)[0] / gradients(model)[0].norm(), before[0] / before[0].norm()
    )


def test_nothing_is_clipped_that_is_not_asked_for():
    model, before = with_gradients(), gradients(with_gradients())
    clip(model, with_fields())
    assert all(torch.equal(a, b) for a, b in zip(gradients(model), before, strict=True))


def test_a_run_makes_steps_no_longer_than_its_clipped_gradients():
    recipe = with_fields(
        optimizer="sgd", momentum=0.0, schedule="constant", epochs=1, clip_norm=0.01
    )
    before = torch.cat([p.detach().flatten() for p in Net().parameters()])
    after = torch.cat([p.detach().flatten() for p in train(recipe).model.parameters()])
    assert 0 < float((after - before).norm()) <= 4 * recipe.lr * 0.01 * 1.001

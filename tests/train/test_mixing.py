"""Mixup and CutMix: images and shares that fit each other, for batches of any size."""

from __future__ import annotations

import pytest
import torch
from timm.data.mixup import mixup_target
from timm.loss.cross_entropy import SoftTargetCrossEntropy

from ablate.models.initialize import stream
from ablate.train.losses import loss_of, probabilities
from ablate.train.mixing import mixed, mixes
from tests.train.loop import CLASSES, train, with_fields

KINDS = [{"mixup": 0.8}, {"cutmix": 1.0}, {"mixup": 0.8, "cutmix": 1.0}]


def flat(count: int) -> torch.Tensor:
    """Images of one value each, which tells them apart: 0, 1, 2, ….."""
    return torch.arange(float(count))[:, None, None, None].expand(count, 2, 8, 8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 7, 64])
def test_the_shares_tell_what_the_images_are_made_of(kind, count):
    for draw in range(20):
        images, shares = mixed(flat(count), with_fields(**kind), stream(draw, "mix"))
        assert shares.shape == (count, count)
        torch.testing.assert_close(shares.sum(1), torch.ones(count))
        torch.testing.assert_close(shares.sum(0), torch.ones(count))
        made_of = shares @ torch.arange(float(count))
        torch.testing.assert_close(images.mean((1, 2, 3)), made_of, atol=1e-4, rtol=1e-5)


def is_cut(images: torch.Tensor) -> bool:
    """Whether every pixel is from one image alone."""
    return bool((images == images.round()).all())


def test_a_recipe_with_both_gives_each_to_half_of_the_batches():
    recipe = with_fields(mixup=1.0, cutmix=1.0)
    cut = sum(is_cut(mixed(flat(6), recipe, stream(draw, "mix"))[0]) for draw in range(400))
    assert 160 <= cut <= 240


def test_one_kind_is_that_kind_in_every_batch():
    draws = [stream(draw, "mix") for draw in range(50)]
    assert not any(is_cut(mixed(flat(6), with_fields(mixup=1.0), draw)[0]) for draw in draws)
    assert all(is_cut(mixed(flat(6), with_fields(cutmix=1.0), draw)[0]) for draw in draws)


def test_copies_that_stand_together_are_mostly_mixed_with_other_images():
    copies = torch.arange(20).repeat_interleave(3)
    recipe = with_fields(mixup=1.0, repeated_augmentation=3)
    own = [
        probabilities(copies, mixed(flat(60), recipe, stream(draw, "mix"))[1], 20).max(1).values
        for draw in range(10)
    ]
    assert float((torch.cat(own) > 0.999).double().mean()) < 0.2


def test_drawing_leaves_the_global_stream_as_it_was():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    mixed(flat(6), with_fields(mixup=1.0), stream(0, "mix"))
    assert torch.equal(torch.rand(4), expected)


def test_a_recipe_without_either_does_not_mix():
    assert not mixes(with_fields())
    assert all(mixes(with_fields(**kind)) for kind in KINDS)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_of_mixed_labels_is_that_of_timm(smoothing):
    labels, logits = torch.arange(6) % CLASSES, torch.randn(6, CLASSES)
    shares = 0.7 * torch.eye(6) + 0.3 * torch.eye(6).flip(0)  # timm mixes first and last
    targets = probabilities(labels, shares, CLASSES)
    expected = SoftTargetCrossEntropy()(logits, mixup_target(labels, CLASSES, 0.7, smoothing))
    found = loss_of((logits,), targets, None, with_fields(label_smoothing=smoothing))
    torch.testing.assert_close(found, expected)


def test_targets_are_of_the_images_own_precision():
    _, shares = mixed(flat(4).double(), with_fields(mixup=1.0), stream(0, "mix"))
    assert probabilities(torch.arange(4), shares, 5).dtype == torch.float64


@pytest.mark.parametrize("batch_size", [1, 5, 13])
def test_batches_of_any_size_can_be_trained(batch_size):
    run = train(with_fields(batch_size=batch_size, mixup=0.8, cutmix=1.0, epochs=1))
    assert torch.isfinite(run.model.head.weight).all()

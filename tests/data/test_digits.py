"""The digits: fixed stratified splits, in [0, 1] from black to white, then standardized."""

from __future__ import annotations

import torch

from ablate.data.digits import Digits, splits
from ablate.models.initialize import stream
from tests.data.noise import RECIPE, at_epoch


def test_the_splits_have_the_announced_sizes_and_every_class_in_equal_parts():
    sizes = []
    for images, labels in splits():
        assert images.shape[1:] == (1, 8, 8)
        counts = torch.bincount(labels, minlength=10)
        assert counts.max() - counts.min() <= max(3, len(labels) // 100)
        sizes.append(len(labels))
    assert sizes == [1077, 360, 360]


def test_the_splits_are_the_same_every_time_and_share_no_place():
    first, second = splits(), splits()
    for (a, b), (c, d) in zip(first, second, strict=True):
        assert torch.equal(a, c)
        assert torch.equal(b, d)


def test_pixels_go_from_black_to_white():
    for images, _ in splits():
        assert (float(images.min()), float(images.max())) == (0.0, 1.0)


def test_training_images_are_standardized():
    images = torch.cat([images for images, _ in Digits(RECIPE, 0).train_dataloader()])
    assert abs(float(images.mean())) < 1e-6
    assert abs(float(images.std()) - 1) < 1e-6


def test_an_epoch_has_every_image_once_in_an_order_from_seed_and_epoch():
    # The reports that are kept were made of these very batches.
    images, labels = splits()[0]
    images = (images - images.mean()) / images.std()
    order = torch.randperm(1077, generator=stream(7, "data 3"))
    batches = at_epoch(Digits(RECIPE, 7), 3)
    assert torch.equal(torch.cat([images for images, _ in batches]), images[order])
    assert torch.equal(torch.cat([labels for _, labels in batches]), labels[order])
    assert {len(labels) for _, labels in batches[:-1]} == {RECIPE.batch_size}

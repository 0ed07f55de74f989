"""The digits: fixed stratified splits, standardised, and shifts that are what they say."""

from __future__ import annotations

import torch

from ablate.data.catalog import DATA_SETS
from ablate.data.digits import shifted, splits
from ablate.models.initialise import stream


def test_the_splits_have_the_announced_sizes_and_every_class_in_equal_parts():
    sizes = []
    for images, labels in splits():
        assert images.shape[1:] == (1, 8, 8)
        counts = torch.bincount(labels, minlength=10)
        assert counts.max() - counts.min() <= max(3, len(labels) // 100)
        sizes.append(len(labels))
    assert sizes == [1077, 360, 360]
    assert sizes[2] == DATA_SETS["digits"].test_images


def test_the_splits_are_the_same_every_time_and_share_no_place():
    first, second = splits(), splits()
    for (a, b), (c, d) in zip(first, second, strict=True):
        assert torch.equal(a, c)
        assert torch.equal(b, d)


def test_training_images_are_standardised():
    images, _ = splits()[0]
    assert abs(float(images.mean())) < 1e-6
    assert abs(float(images.std()) - 1) < 1e-6


def test_without_shifts_nothing_changes():
    images = torch.rand(5, 1, 4, 4)
    assert torch.equal(shifted(images, 0.0, stream(0, "x")), images)


def test_a_shift_moves_by_one_pixel_and_fills_with_black():
    image = torch.zeros(200, 1, 4, 4)
    image[:, :, 1, 1] = 1.0
    moved = shifted(image, 1.0, stream(0, "x"))
    places = {tuple(map(int, place[1:])) for place in moved[:, 0].nonzero()}
    around = {(y, x) for y in (0, 1, 2) for x in (0, 1, 2)} - {(1, 1)}
    assert places == around
    assert moved.sum() == 200


def test_the_probability_is_the_part_that_moves():
    image = torch.zeros(4000, 1, 4, 4)
    image[:, :, 1, 1] = 1.0
    still = shifted(image, 0.3, stream(0, "x"))[:, 0, 1, 1].mean()
    assert abs(float(still) - 0.7) < 0.03

"""Data in memory: what each field of the recipe does to the batches, and what it leaves alone."""

from __future__ import annotations

import pytest
import torch

from ablate.data.catalog import Images
from ablate.data.memory import repeated, resized, shifted, windows
from ablate.models.initialize import stream
from tests.data.noise import COLOR_32, GRAY_8, GRAY_16, RECIPE, Noise, at_epoch, equal, with_fields

FIELDS = {
    "crop_scale": 0.5,
    "flip": 0.5,
    "rand_augment": 9.0,
    "auto_augment": True,
    "color_jitter": 0.4,
    "erasing": 0.5,
    "shift": 0.5,
    "repeated_augmentation": 3,
}
SHAPES = {"gray 8": GRAY_8, "gray 16": GRAY_16, "color 32": COLOR_32}
each_field = pytest.mark.parametrize("field", FIELDS)
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


@each_field
@each_shape
def test_each_field_alone_changes_the_training_batches_and_no_others(field, shape):
    plain = Noise(RECIPE, 0, shape)
    data = Noise(with_fields(**{field: FIELDS[field]}), 0, shape)
    (images, labels), (others, _) = at_epoch(data, 0)[0], at_epoch(plain, 0)[0]
    assert not torch.equal(images, others)
    assert images.shape == others.shape == (16, *shape)
    assert images.dtype == torch.float32
    assert images.isfinite().all()
    assert labels.shape == (16,)
    assert equal(list(data.val_dataloader()), list(plain.val_dataloader()))
    assert equal(list(data.test_dataloader()), list(plain.test_dataloader()))


@each_field
def test_each_field_draws_from_seed_and_epoch_alone(field):
    recipe = with_fields(**{field: FIELDS[field]})
    torch.manual_seed(1)
    first = at_epoch(Noise(recipe, 0), 4)
    torch.manual_seed(2)  # whatever was drawn elsewhere in the process does not matter
    assert equal(at_epoch(Noise(recipe, 0), 4), first)
    assert not equal(at_epoch(Noise(recipe, 0), 5), first)
    assert not equal(at_epoch(Noise(recipe, 1), 4), first)


@pytest.mark.parametrize("field", [name for name in FIELDS if name != "repeated_augmentation"])
def test_labels_and_order_are_those_of_the_plain_recipe(field):
    recipe = with_fields(**{field: FIELDS[field]})
    for (_, labels), (_, plain) in zip(
        at_epoch(Noise(recipe, 3), 2), at_epoch(Noise(RECIPE, 3), 2), strict=True
    ):
        assert torch.equal(labels, plain)


def test_augmenting_a_batch_draws_nothing_that_a_model_would_draw():
    batches = iter(Noise(with_fields(rand_augment=9.0, erasing=1.0), 0).train_dataloader())
    before = torch.get_rng_state()
    assert len(list(batches)) == 2
    assert torch.equal(torch.get_rng_state(), before)


def test_repeated_images_stand_in_a_row_with_their_labels_each_augmented_anew():
    plain = Noise(RECIPE, 0)
    order = torch.cat([labels for _, labels in at_epoch(plain, 0)])
    repeats = at_epoch(Noise(with_fields(repeated_augmentation=3), 0), 0)
    images, labels = (torch.cat(part) for part in zip(*repeats, strict=True))
    # Of 32 images an epoch sees the first 11, the last of them twice: 32 in all.
    assert labels.tolist() == [int(order[i // 3]) for i in range(32)]
    assert torch.equal(images, plain.standard(plain.unplaced[0][labels]))

    recipe = with_fields(repeated_augmentation=3, crop_scale=0.5)
    images = at_epoch(Noise(recipe, 0), 0)[0][0]
    assert not torch.equal(images[0], images[1])


@pytest.mark.parametrize(("times", "expected"), [(1, [3, 1, 2]), (2, [3, 3, 1]), (9, [3, 3, 3])])
def test_an_epoch_keeps_its_length_when_images_are_repeated(times, expected):
    assert repeated(torch.tensor([3, 1, 2]), times).tolist() == expected


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


def test_a_window_begins_at_its_corner():
    images = torch.arange(2 * 3 * 5 * 4).reshape(2, 3, 5, 4)
    cut = windows(images, torch.tensor([(0, 1), (3, 2)]), (2, 2))
    assert torch.equal(cut[0], images[0, :, 0:2, 1:3])
    assert torch.equal(cut[1], images[1, :, 3:5, 2:4])


def labels_of(data: Noise) -> list[int]:
    return torch.cat([labels for _, labels in at_epoch(data, 0)]).tolist()


def test_a_part_of_the_images_is_the_same_for_all_seeds_and_lies_within_a_larger_one():
    half, quarter = (Images(train_share=share) for share in (0.5, 0.25))
    some = set(labels_of(Noise(RECIPE, 0, changes=half)))
    assert len(some) == 16
    assert set(labels_of(Noise(RECIPE, 7, changes=half))) == some
    assert set(labels_of(Noise(RECIPE, 0, changes=quarter))) < some
    assert len(Noise(RECIPE, 0, changes=half).test[1]) == 32


@pytest.mark.parametrize("side", [4, 16])
def test_images_are_resized_in_every_split(side):
    data = Noise(with_fields(shift=1.0, crop_scale=0.5), 0, changes=Images(image_size=side))
    assert at_epoch(data, 0)[0][0].shape == (16, 1, side, side)
    assert data.validation[0].shape == data.test[0].shape == (32, 1, side, side)


def test_a_flat_image_stays_flat_in_any_size():
    flat = torch.full((2, 1, 8, 8), 0.3)
    for side in (3, 8, 20):
        assert torch.allclose(resized(flat, side), torch.full((2, 1, side, side), 0.3))

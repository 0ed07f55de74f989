"""Augmentation of single images: as strong as asked, from black to white, each step by itself."""

from __future__ import annotations

import pytest
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2 as transforms

from ablate.data.transforms import Augmentation, Standard, each, make_seeds, pixel_steps
from tests.data.noise import RECIPE, with_fields

HALF = Standard(torch.tensor(0.5), torch.tensor(0.5))
PIXELS = {
    "crop_scale": 0.3,
    "flip": 0.5,
    "rand_augment": 10.0,
    "auto_augment": True,
    "color_jitter": 0.8,
}


def augmented(images: torch.Tensor, **fields: object) -> torch.Tensor:
    augmentation = Augmentation(with_fields(**fields), images.shape[-1], HALF)
    return augmentation(images, make_seeds(0, 0, len(images)))


def test_without_a_field_there_is_nothing_to_do():
    assert not Augmentation(RECIPE, 8, HALF)
    images = torch.rand(4, 1, 8, 8)
    assert torch.equal(augmented(images), HALF(images))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("field", PIXELS)
def test_pixels_stay_between_black_and_white(field, channels):
    images = augmented(torch.rand(100, channels, 8, 8), **{field: PIXELS[field]})
    assert float(images.min()) >= -1 - 1e-5
    assert float(images.max()) <= 1 + 1e-5


@pytest.mark.parametrize("magnitude", range(1, 11))
def test_magnitudes_are_those_of_the_papers_ten(magnitude):
    images = torch.rand(60, 3, 8, 8)
    ten = transforms.RandAugment(
        2, magnitude, num_magnitude_bins=11, interpolation=InterpolationMode.BILINEAR
    )
    ours = pixel_steps(with_fields(rand_augment=magnitude), 8)
    seeds = make_seeds(0, 0, len(images))
    expected = each({"rand_augment": ten}, images, seeds)
    torch.testing.assert_close(each(ours, images, seeds), expected, atol=1e-5, rtol=0)


def test_half_a_step_of_magnitude_counts():
    images = torch.rand(20, 1, 8, 8)
    nine, more = (augmented(images, rand_augment=m) for m in (9.0, 9.5))
    assert not torch.equal(nine, more)


def test_what_comes_in_from_outside_is_black():
    white = torch.ones(200, 1, 8, 8)
    turned = augmented(white, rand_augment=10.0)
    moved = turned[(turned[:, 0, 3:5, 3:5] > 0.99).all(dim=(1, 2))]  # solarized ones are black
    assert float(moved.min()) == -1.0


def test_every_image_is_augmented_by_itself_and_by_its_place_in_the_order():
    images = torch.rand(1, 1, 8, 8).expand(12, -1, -1, -1)
    many = augmented(images, crop_scale=0.3)
    assert len({tuple(image.flatten().tolist()) for image in many}) == 12
    seeds = make_seeds(0, 0, 12)
    augmentation = Augmentation(with_fields(crop_scale=0.3), 8, HALF)
    assert torch.equal(augmentation(images[:1], seeds[7:8]), many[7:8])


def test_taking_one_step_away_leaves_the_others():
    images = torch.rand(50, 1, 8, 8)
    noise = augmented(images, erasing=0.5)
    erased = noise != HALF(images)
    both = augmented(images, crop_scale=0.3, flip=0.5, rand_augment=9.0, erasing=0.5)
    assert 0.4 < float(erased.any(dim=(1, 2, 3)).float().mean()) < 0.6
    assert torch.equal(both[erased], noise[erased])


def test_a_mirrored_image_is_the_image_from_right_to_left_as_often_as_asked():
    images = torch.rand(2000, 1, 2, 2)
    mirrored = (augmented(images, flip=0.3) == HALF(images.flip(-1))).all(dim=(1, 2, 3))
    same = (augmented(images, flip=0.3) == HALF(images)).all(dim=(1, 2, 3))
    assert bool((mirrored ^ same).all())
    assert abs(float(mirrored.float().mean()) - 0.3) < 0.04


def test_erased_pixels_are_noise_as_wide_as_standardized_images():
    images = torch.full((2000, 1, 8, 8), 0.5)  # standardized: 0
    erased = augmented(images, erasing=1.0)
    noise = erased[erased != 0]
    assert abs(float(noise.mean())) < 0.05
    assert abs(float(noise.std()) - 1) < 0.05
    parts = (erased != 0).float().mean(dim=(1, 2, 3))
    assert float(parts.min()) > 0
    assert float(parts.max()) < 0.45  # a third, rounded to whole pixels


def test_a_crop_is_a_part_of_the_image_in_its_size():
    ramp = torch.linspace(0, 1, 32).expand(200, 1, 32, 32).contiguous()
    seen = augmented(ramp, crop_scale=0.25)
    widths = seen[:, 0, 16, -1] - seen[:, 0, 16, 0]
    assert bool((widths > 0).all())
    assert float(widths.min()) < 1.1  # of 2, all of the ramp
    assert float(widths.max()) > 1.8

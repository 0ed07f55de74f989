"""The digits on a canvas: whole, anywhere, elsewhere in every epoch, and fixed where scored."""

from __future__ import annotations

import pytest
import torch

from ablate.data.digits import splits
from ablate.data.digits_shifted import CANVAS, DigitsShifted
from ablate.models.initialize import stream
from tests.data.noise import RECIPE, at_epoch, equal, with_fields

DATA = DigitsShifted(RECIPE, 0)


def places(images: torch.Tensor) -> set[tuple[int, int]]:
    """First row and column of each image B·C·H·W that is not black."""
    rows, columns = images.amax(dim=(1, 3)), images.amax(dim=(1, 2))
    pairs = zip((rows > 0).int().argmax(1), (columns > 0).int().argmax(1), strict=True)
    return {(int(row), int(column)) for row, column in pairs}


def test_every_digit_is_whole_and_all_places_occur():
    images = torch.ones(3000, 1, 8, 8) * torch.rand(3000, 1, 1, 1) + 0.1
    placed = DATA.place(images, stream(0, "x"))
    assert placed.shape == (3000, 1, CANVAS, CANVAS)
    torch.testing.assert_close(placed.sum(dim=(1, 2, 3)), images.sum(dim=(1, 2, 3)))
    assert places(placed) == {(y, x) for y in range(9) for x in range(9)}


def test_the_digits_and_their_splits_are_those_of_digits():
    for (images, labels), (plain, expected) in zip(
        (DATA.validation, DATA.test), splits()[1:], strict=True
    ):
        assert torch.equal(labels, expected)
        grays = images * DATA.standard.std + DATA.standard.mean
        torch.testing.assert_close(grays.sum(dim=(1, 2, 3)), plain.sum(dim=(1, 2, 3)))


def test_validation_and_test_have_the_same_places_for_every_seed_and_recipe():
    other = DigitsShifted(with_fields(shift=1.0, flip=1.0), 7)
    assert equal([DATA.validation, DATA.test], [other.validation, other.test])
    assert len(places(DATA.test[0] - DATA.test[0].min())) > 60


def test_places_of_validation_and_test_never_change():
    # Committed scores belong to these places.
    assert places(DATA.place(torch.ones(3, 1, 8, 8), stream(0, "test"))) == {(5, 2), (4, 0), (8, 1)}


def test_training_digits_lie_elsewhere_in_every_epoch_and_for_every_seed():
    data = DigitsShifted(RECIPE, 0)
    first = at_epoch(data, 0)
    assert equal(at_epoch(DigitsShifted(RECIPE, 0), 0), first)
    assert not equal(at_epoch(data, 1), first)
    assert not equal(at_epoch(DigitsShifted(RECIPE, 1), 0), first)
    repeats = at_epoch(DigitsShifted(with_fields(repeated_augmentation=16), 0), 0)[0][0]
    assert len(places(repeats - repeats.min())) > 8


def test_shifts_leave_the_places_as_they_are():
    still, moved = (at_epoch(DigitsShifted(with_fields(shift=p), 0), 2)[0][0] for p in (0.0, 1.0))
    for ours, theirs in zip(still - still.min(), moved - moved.min(), strict=True):
        (a, b), (c, d) = (*places(ours[None]),)[0], (*places(theirs[None]),)[0]
        assert max(abs(a - c), abs(b - d)) <= 1


def test_training_images_are_standardized():
    images = torch.cat([images for images, _ in at_epoch(DATA, 5)])
    assert float(images.mean()) == pytest.approx(0, abs=1e-5)
    assert float(images.std()) == pytest.approx(1, abs=1e-5)

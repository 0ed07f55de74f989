"""Position tables drawn to another grid."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ablate.models.layers import resize_positions

SIDES = st.integers(1, 9)
EXTRA = st.integers(0, 2)
MODES = st.sampled_from(["bilinear", "bicubic"])


def table_of(grid: int, extra_tokens: int, dim: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(0)
    return torch.randn(1, extra_tokens + grid**2, dim, generator=draw, dtype=torch.float64)


@given(grid=SIDES, extra=EXTRA, mode=MODES)
def test_a_table_that_fits_is_itself(grid: int, extra: int, mode: str) -> None:
    table = table_of(grid, extra)
    assert resize_positions(table, extra, grid, grid, mode) is table


@settings(deadline=None)
@given(grid=SIDES, extra=EXTRA, height=SIDES, width=SIDES, mode=MODES)
def test_rows_without_a_place_stay(
    grid: int, extra: int, height: int, width: int, mode: str
) -> None:
    table = table_of(grid, extra)
    drawn = resize_positions(table, extra, height, width, mode)
    assert drawn.shape == (1, extra + height * width, 3)
    assert torch.equal(drawn[:, :extra], table[:, :extra])
    without = resize_positions(table[:, extra:], 0, height, width, mode)
    assert torch.equal(drawn[:, extra:], without)


@settings(deadline=None)
@given(grid=SIDES, height=SIDES, width=SIDES, mode=MODES)
def test_rows_and_columns_are_treated_alike(grid: int, height: int, width: int, mode: str) -> None:
    table = table_of(grid, 0)
    turned = table.reshape(grid, grid, 3).transpose(0, 1).reshape(1, -1, 3)
    drawn = resize_positions(table, 0, height, width, mode).reshape(height, width, 3)
    other = resize_positions(turned, 0, width, height, mode).reshape(width, height, 3)
    torch.testing.assert_close(drawn, other.transpose(0, 1), rtol=0, atol=1e-12)


@settings(deadline=None)
@given(grid=SIDES, height=SIDES, width=SIDES, mode=MODES)
def test_equal_places_stay_equal(grid: int, height: int, width: int, mode: str) -> None:
    table = table_of(1, 0).expand(1, grid**2, 3)
    drawn = resize_positions(table, 0, height, width, mode)
    torch.testing.assert_close(drawn, table[:, :1].expand_as(drawn), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # places at ¼, ¾, … of a cell between the old ones, which lie at ½; the last one repeats
        ("bilinear", [0, 0.25, 0.75, 1, 1, 1, 1, 1]),
        # a cubic with a = −¾ through four places: overshoots on either side of the step
        ("bicubic", [-0.10546875, 0.2265625, 0.7734375, 1.10546875, 1.03515625, 1, 1, 1]),
    ],
)
def test_a_step_twice_as_wide(mode: str, expected: list[float]) -> None:
    step = torch.tensor([0.0, 1, 1, 1], dtype=torch.float64).repeat(4)[None, :, None]
    drawn = resize_positions(step, 0, 8, 8, mode).reshape(8, 8)
    torch.testing.assert_close(drawn[3], torch.tensor(expected, dtype=torch.float64))

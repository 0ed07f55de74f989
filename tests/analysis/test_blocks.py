"""The largest block: against a search through all of them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.analysis.blocks import largest_block


def area(rows, columns) -> tuple[bool, int]:
    return len(columns) > 1, len(rows) * len(columns)


def largest(rows) -> tuple[bool, int]:
    """By trying every choice of rows."""
    choices = (some for size in range(1, len(rows) + 1) for some in combinations(rows, size))
    return max(area(some, set(some[0]).intersection(*some)) for some in choices)


ROWS = st.lists(st.lists(st.integers(0, 4), unique=True), min_size=1, max_size=5)


@given(rows=ROWS)
def test_a_block_has_no_gap_and_is_no_smaller_than_all_rows_together(rows):
    kept, columns = largest_block(rows)
    assert all(column in rows[row] for row in kept for column in columns)
    together = [column for column in rows[0] if all(column in row for row in rows)]
    assert area(kept, columns) >= area(rows, together)


@given(length=st.integers(2, 5), others=st.integers(0, 4), short=st.lists(st.integers(0, 4)))
def test_beside_one_row_with_gaps_it_is_the_largest_of_all(length, others, short):
    whole = list(range(length))
    rows = [[column for column in whole if column not in short], *[whole] * others]
    assert area(*largest_block(rows)) == largest(rows)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], ([], [])),
        ([[]], ([0], [])),
        ([[1, 2, 3], [1, 2, 3]], ([0, 1], [1, 2, 3])),
        ([[1, 2, 3], [], [1, 2, 3]], ([0, 2], [1, 2, 3])),
        ([[1, 2, 3], [1], [1, 2]], ([0, 2], [1, 2])),
    ],
)
def test_examples(rows, found):
    assert largest_block(rows) == found

"""Blocks: what is complete in a table with gaps, so that means compare like with like."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

Column = TypeVar("Column", bound=Hashable)
Pattern = tuple[Column, ...]


def largest_block(rows: Sequence[Sequence[Column]]) -> tuple[list[int], list[Column]]:
    """The numbers of the rows, and the columns that all of them have, of the largest block.

    Rows are left out, those alike together, always such that the others share most. Any block of
    two columns, which make a test, is better than one of a single column.
    """
    patterns: list[Pattern[Column]] = list(dict.fromkeys(tuple(row) for row in rows))
    blocks = [patterns]
    while len(patterns) > 1:
        patterns = max(
            ([other for other in patterns if other != one] for one in patterns),
            key=lambda some: len(_shared(some)),
        )
        blocks.append(patterns)
    return max((_block(rows, some) for some in blocks), key=_size)


def _block(
    rows: Sequence[Sequence[Column]], patterns: Collection[Pattern[Column]]
) -> tuple[list[int], list[Column]]:
    kept = [number for number, row in enumerate(rows) if tuple(row) in patterns]
    return kept, _shared(list(patterns))


def _shared(patterns: Sequence[Pattern[Column]]) -> list[Column]:
    first = patterns[0] if patterns else ()
    return [column for column in first if all(column in other for other in patterns)]


def _size(block: tuple[list[int], list[Column]]) -> tuple[bool, int]:
    rows, columns = block
    return len(columns) > 1, len(rows) * len(columns)

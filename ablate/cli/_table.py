"""Aligned text tables, the same in a terminal and in a file."""

from collections.abc import Collection, Iterable, Sequence


def table(rows: Iterable[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Lines with the columns aligned, those of `right` on the right, indented by two."""
    columns = [_aligned(column, i in right) for i, column in enumerate(zip(*rows, strict=True))]
    return ["  " + "  ".join(row).rstrip() for row in zip(*columns, strict=True)]


def _aligned(cells: Sequence[str], on_the_right: bool) -> list[str]:
    width = max(map(len, cells))
    return [cell.rjust(width) if on_the_right else cell.ljust(width) for cell in cells]

"""Places for the names of points: near them, touching neither points nor each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LETTER, LINE = 4.7, 10.0
"""Room for a letter of a name, in a wide font, and for a line of it."""
GAPS = (4.5, 8.0, 13.0, 19.0, 27.0, 37.0, 50.0, 66.0, 85.0)
CROSSED = 12.0
"""To cross a line is as bad as to be so much farther away."""


@dataclass(frozen=True, slots=True)
class Box:
    """In points from the lower left corner of the axes."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def distance(self, x: float, y: float) -> float:
        """From a point to the nearest edge."""
        return math.hypot(
            max(self.left - x, 0, x - self.right), max(self.bottom - y, 0, y - self.top)
        )

    def is_within(self, width: float, height: float) -> bool:
        return self.left >= 0 and self.right <= width and self.bottom >= 0 and self.top <= height


def around(x: float, y: float, radius: float) -> Box:
    """The square around a point."""
    return Box(x - radius, y - radius, x + radius, y + radius)


def places(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    radius: float,
    lines: Sequence[Box],
    size: tuple[float, float],
) -> list[Box | None]:
    """A box within `size` for the name of each point, or None where there is no room.

    Points have a radius. Lines are crossed only where nothing else is as near.
    """
    taken = [around(x, y, radius) for x, y in points]
    found: list[Box | None] = []
    for (x, y), name in zip(points, names, strict=True):
        boxes = (box for box in _candidates(x, y, LETTER * len(name)) if box.is_within(*size))
        free = [box for box in boxes if not any(box.meets(other) for other in taken)]
        best = min(free, key=lambda box: _cost(box, x, y, lines), default=None)
        found.append(best)
        taken += [best] if best and name else []
    return found


def _cost(box: Box, x: float, y: float, lines: Iterable[Box]) -> float:
    return box.distance(x, y) + CROSSED * sum(box.meets(line) for line in lines)


def _candidates(x: float, y: float, width: float) -> Iterator[Box]:
    """Boxes of that width right, left, above and below a point, near ones first."""
    for gap in GAPS:
        for shift in (0.0, gap, -gap):
            bottom = y + shift - LINE / 2
            yield Box(x + gap, bottom, x + gap + width, bottom + LINE)
            yield Box(x - gap - width, bottom, x - gap, bottom + LINE)
        for share in (0.5, 0.0, 1.0):
            left = x - share * width
            yield Box(left, y + gap, left + width, y + gap + LINE)
            yield Box(left, y - gap - LINE, left + width, y - gap)

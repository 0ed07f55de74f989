"""Panels of rows: a label and numbers over marks, row by row on one axis."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ablate.report.figures import _style
from ablate.report.figures._panel import Panel
from ablate.report.figures._style import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One run: its score, and its baseline's with the same seed."""

    score: float
    paired: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cell. What is unknown is None: no mean without a score, no bounds where n is too small."""

    label: str
    text: str
    mean: float | None
    low: float | None
    high: float | None
    baseline: bool = False
    published: float | None = None
    start: float | None = None
    """In a ladder, where the step starts; None for the baseline."""
    dots: tuple[Dot, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RowPanel(Panel):
    """Rows of one height on an axis from `low` to `high`. Heights are points."""

    ROW: ClassVar[float]
    LABEL: ClassVar[float]
    """The height of a row's words above its lower edge."""
    axis: str
    rows: tuple[Row, ...]
    low: float
    high: float

    def draw(self) -> Axes:
        axes, height = _style.row_axes(len(self.rows), self.ROW, self.low, self.high)
        labels = _style.row_labels([(row.label, row.text) for row in self.rows])
        for row, label, foot in zip(self.rows, labels, self.feet, strict=True):
            _style.row_words(axes, label, row.text, foot + self.LABEL, muted=row.mean is None)
            self.draw_row(axes, row, foot)
        self.draw_axis(axes)
        _style.title(axes, self.title, _style.SIDE, height - 10)
        self.draw_rest(axes, height - 10)
        return axes

    @property
    def feet(self) -> list[float]:
        """The lower edge of each row."""
        return [self.ROW * number for number in reversed(range(len(self.rows)))]

    @abstractmethod
    def draw_row(self, axes: Axes, row: Row, foot: float) -> None:
        """Draw the marks of a row that begins at `foot`."""

    def draw_axis(self, axes: Axes) -> None:
        """Draw the marks and the title of the axis."""
        _style.marks_across(axes, _style.ticks(self.low, self.high))
        axes.set_xlabel(self.axis, labelpad=3)

    def draw_rest(self, axes: Axes, y: float) -> None:
        """Draw what lies between rows or beside the title, which stands at `y`."""

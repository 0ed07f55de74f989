"""The rows in which a paper prints an architecture: what each architecture's `outline` returns."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A row of the architecture's table. What a part does not have is None."""

    name: str
    """Such as `stage 1`, `patches`, `head`."""
    holds: tuple[str, ...]
    """The modules and parameters that make it: names, or beginnings of names up to a dot."""
    side: int | None = None
    """Rows of its square grid, at the image size that the model was built for."""
    tokens: int | None = None
    """All tokens, class token included."""
    dim: int | None = None
    blocks: int | None = None
    num_heads: int | None = None


@runtime_checkable
class Outlined(Protocol):
    """A model of ours: it knows its rows."""

    def outline(self) -> tuple[Part, ...]:
        """The rows from the images to the head."""
        ...

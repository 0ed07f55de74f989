"""The official code of one architecture, as a file of this folder describes it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import final

from torch import Tensor

from ablate.models.layers import resize_positions

Weights = Mapping[str, Tensor]
Toggles = Mapping[str, object]
Renames = tuple[tuple[str, str], ...]


def classes(weights: Weights, head: str) -> int:
    """How many classes the weights of a head tell apart."""
    return weights[head].shape[0] if head in weights else 1000


def resized(table: Tensor, rows: int, mode: str) -> Tensor:
    """A position table with another number of rows. Tokens more than a square have no place."""
    extra_tokens = table.shape[1] - math.isqrt(table.shape[1]) ** 2
    side = math.isqrt(rows - extra_tokens)
    return resize_positions(table, extra_tokens, side, side, mode)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Names of official models, toggles and keys, beside ours."""

    architecture: str
    variants: Mapping[str, str]
    """Official model → our variant."""
    toggles: Mapping[str, str] = field(default_factory=dict)
    """Official toggle → our keyword."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Official level → ours, where they differ."""
    renames: Renames | Callable[[Toggles], Renames]
    """Patterns and replacements, applied in turn, that make our keys official; where they depend
    on our keywords, a function of those."""
    read: Callable[[Weights], dict[str, object]]
    """Official weights → our keywords as far as the weights tell them, `num_classes` among them."""
    computed_keys: str = r"$^"
    """Pattern of official keys that hold what a model can compute, and are not loaded."""
    undropped: Mapping[str, object] = field(default_factory=lambda: {"drop_path": 0.0})
    """Our keywords that switch every drop off."""
    resize: str = ""
    """How position tables are resized for another image size: "bilinear" or "bicubic"."""

    def official_key(self, key: str, overrides: Toggles) -> str:
        """The official name of one of our keys."""
        renames = self.renames(overrides) if callable(self.renames) else self.renames
        for pattern, replacement in renames:
            key = re.sub(pattern, replacement, key)
        return key

    def computed(self, weights: Weights) -> set[str]:
        """The official keys that are not loaded."""
        return {key for key in weights if re.search(self.computed_keys, key)}

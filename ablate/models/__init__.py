"""What is trained: one file per architecture, each reading like its paper.

`catalog` says what exists without importing torch; `build` makes a model of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from ablate.errors import hint
from ablate.models.catalog import as_tuples, code_of, describe

if TYPE_CHECKING:
    from torch import nn


def build(
    architecture: str, variant: str, overrides: Mapping[str, object], *, seed: int
) -> nn.Module:
    """The model of a cell: a variant with some keywords changed, its values drawn from `seed`.

    Leaves torch's global random stream as it was, whatever the size of the model.
    """
    import torch

    described = describe(architecture)
    keywords = described.defaults(variant)
    allowed = {**described.toggles, **described.sizes}
    problems = [
        allowed[name].problem(value)
        if name in allowed
        else f"unknown keyword of {architecture} {hint(name, allowed)}"
        for name, value in overrides.items()
    ]
    if found := [problem for problem in problems if problem]:
        raise ValueError("\n".join(found))
    changed = {name: as_tuples(value) for name, value in overrides.items()}
    module, class_name = code_of(architecture)
    with torch.random.fork_rng(devices=[]):
        model: nn.Module = getattr(import_module(module), class_name)(
            **{**keywords, **changed, "seed": seed}
        )
    return model

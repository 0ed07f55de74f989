"""The networks: one file per architecture, each reading like its paper.

`catalog` says what exists without importing torch; `build` makes a model of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from ablate.errors import hint
from ablate.models.catalog import as_tuples, code_of, describe
from ablate.models.user_model import file_of, is_user_model

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
    allowed = {**described.toggles, **described.sizes}
    problems = [
        allowed[name].problem(value)
        if name in allowed
        else f"unknown keyword of {architecture} {hint(name, allowed)}"
        for name, value in overrides.items()
        if name in allowed or not described.takes_any
    ]
    if found := [problem for problem in problems if problem]:
        raise ValueError("\n".join(found))
    changed = {name: as_tuples(value) for name, value in overrides.items()}
    if is_user_model(architecture):
        return build_user_model(architecture, changed, seed)
    module, class_name = code_of(architecture)
    with torch.random.fork_rng(devices=[]):
        model: nn.Module = getattr(import_module(module), class_name)(
            **{**described.defaults(variant), **changed, "seed": seed}
        )
    return model


def build_user_model(architecture: str, keywords: Mapping[str, object], seed: int) -> nn.Module:
    """A user's network. What it draws from torch's global stream belongs to `seed`.

    Raises `TypeError` if the factory returns something else.
    """
    import torch

    from ablate.models.initialize import stream

    module, factory = code_of(architecture)
    file_of(module)  # makes this folder importable
    known = {"seed": seed} if "seed" in describe(architecture).sizes else {}
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(stream(seed, architecture).initial_seed())
        model = getattr(import_module(module), factory)(**keywords, **known)
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"{architecture} returned {type(model).__name__}, not an nn.Module")
    return model

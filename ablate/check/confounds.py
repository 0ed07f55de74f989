"""How two observed cells differ: in which aspects, and by which amounts."""

import torch
from torch import Tensor

from ablate.check.model import Aspect, Confound
from ablate.check.observe import Observation, Tensors

NAMED = 3
"""As many weights are named where the initial values of some differ."""


def aspects(one: Observation, other: Observation) -> tuple[Aspect, ...]:
    """The aspects in which the two differ."""
    alike = {
        Aspect.STRUCTURE: one.shapes == other.shapes,
        Aspect.VALUES: not started_differently(one, other),
        Aspect.EVALUATION: equal(one.outputs, other.outputs),
        Aspect.TRAINING: equal(one.training_outputs, other.training_outputs),
        Aspect.RECIPE: one.recipe == other.recipe,
        Aspect.BATCH: equal(one.batch, other.batch),
        Aspect.RATES: one.rates == other.rates,
    }
    return tuple(aspect for aspect, same in alike.items() if not same)


def acts(differs: tuple[Aspect, ...]) -> bool:
    """Whether a difference in these counts: parameters that no output reads do not."""
    return any(aspect is not Aspect.STRUCTURE for aspect in differs)


def confounds(before: Observation, after: Observation) -> tuple[Confound, ...]:
    """The amounts that differ from those of `before`."""
    found = [
        Confound(what=what, before=amount, after=after.amounts[what])
        for what, amount in before.amounts.items()
        if amount != after.amounts[what]
    ]
    if names := started_differently(before, after):
        shared = len(before.shapes.items() & after.shapes.items())
        found.append(
            Confound(what="initial_values", before=shared, after=len(names), names=names[:NAMED])
        )
    return tuple(found)


def started_differently(one: Observation, other: Observation) -> tuple[str, ...]:
    """The weights that the two share by name and shape but start with other values."""
    shared = (key for key, shape in one.shapes.items() if other.shapes.get(key) == shape)
    return tuple(key for key in shared if one.values[key] != other.values[key])


def equal(one: Tensors, other: Tensors) -> bool:
    """Whether the tensors are the same but for rounding, that of the less exact type."""
    return len(one) == len(other) and all(
        a.shape == b.shape
        and torch.allclose(a.double(), b.double(), rtol=rounding(a, b), equal_nan=True, atol=1e-12)
        for a, b in zip(one, other, strict=True)
    )


def rounding(one: Tensor, other: Tensor) -> float:
    """The relative difference that two equal results may have."""
    return 1e-9 if one.dtype == other.dtype == torch.float64 else 1e-5

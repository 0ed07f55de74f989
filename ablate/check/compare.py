"""How two observed cells differ: in which aspects, and by which amounts.

What is alike at first sight is looked at more closely: in three worlds, and through the first
optimizer steps.
"""

from collections import Counter
from dataclasses import replace

import torch
from torch import Tensor

from ablate.check.model import FEW, MANY, Aspect, Confound
from ablate.check.observe import Observation, Probe, probe
from ablate.check.steps import Tensors, first_steps
from ablate.check.worlds import Weight, World
from ablate.models.user_model import is_user_model

STREAMS = (0, 1, 2)
COMPUTED = {Aspect.EVALUATION, Aspect.TRAINING, Aspect.STEPS}
"""The aspects that a draw thrown away could seem to change."""
NAMED = 3
"""As many weights are named where the initial values of some differ."""


class Comparison:
    """Comparisons of observed cells. What a cell does in one world is computed once."""

    def __init__(self) -> None:
        self.probes: dict[tuple[str, World], Probe] = {}
        self.steps: dict[tuple[str, World, int], Tensors] = {}

    def aspects(self, one: Observation, other: Observation) -> tuple[Aspect, ...]:
        """The aspects in which the two differ; those that are alike are surely so."""
        found = at_sight(one, other)
        if Aspect.VALUES in found and not acts(found - {Aspect.VALUES}):
            found -= set() if self._reads(one, other) else {Aspect.VALUES}
        if _is_renamed(one, other) and not self._closer(one, other, World(by_place=True)):
            found -= {Aspect.VALUES, *COMPUTED}
        elif not acts(found):
            found |= self._closer(one, other, World())
        if _are_users(one, other) and found & COMPUTED and not acts(found - COMPUTED):
            found -= set() if self._closer(one, other, World(by_line=True)) else COMPUTED
        return tuple(aspect for aspect in Aspect if aspect in found)

    def _closer(self, one: Observation, other: Observation, kind: World) -> set[Aspect]:
        """The aspects of the network that differ in some world of that kind."""
        for stream in STREAMS:
            world = replace(kind, stream=stream)
            found = of_probes(self._probe(one, world), self._probe(other, world))
            # By names, initial values that differ have been found to be read by nothing.
            if found := found if world.by_place else found - {Aspect.VALUES}:
                return found
            if not self._steps_alike(one, other, world, FEW):
                return {Aspect.STEPS}
        if _are_users(one, other) and not self._steps_alike(one, other, kind, MANY):
            return {Aspect.STEPS}
        return set()

    def _steps_alike(self, one: Observation, other: Observation, world: World, count: int) -> bool:
        return equal(self._steps(one, world, count), self._steps(other, world, count))

    def _reads(self, one: Observation, other: Observation) -> bool:
        """Whether the loss reads any of the weights that start differently in the two."""
        names = frozenset(
            name for name, _ in started_differently(one.probe.values, other.probe.values)
        )
        return any(
            not equal(self._steps(cell, World(), FEW), self._steps(cell, World(redrawn=names), FEW))
            for cell in (one, other)
        )

    def _probe(self, cell: Observation, world: World) -> Probe:
        if world == World():
            return cell.probe
        key = cell.trial.signature, world
        if key not in self.probes:
            self.probes[key] = probe(cell.trial, world)
        return self.probes[key]

    def _steps(self, cell: Observation, world: World, count: int) -> Tensors:
        key = cell.trial.signature, world, count
        if key not in self.steps:
            self.steps[key] = first_steps(cell.trial, world, count)
        return self.steps[key]


def at_sight(one: Observation, other: Observation) -> set[Aspect]:
    """The aspects in which the two differ at first sight."""
    alike = {
        Aspect.STRUCTURE: one.values.keys() == other.values.keys(),
        Aspect.RECIPE: one.recipe == other.recipe,
        Aspect.BATCH: equal(one.batch, other.batch),
        Aspect.RATES: one.rates == other.rates,
    }
    return {aspect for aspect, same in alike.items() if not same} | of_probes(
        one.probe, other.probe
    )


def acts(differs: set[Aspect] | tuple[Aspect, ...]) -> bool:
    """Whether a difference in these counts: parameters that no output reads do not."""
    return any(aspect is not Aspect.STRUCTURE for aspect in differs)


def of_probes(one: Probe, other: Probe) -> set[Aspect]:
    """The aspects in which the networks of two cells differ in one world."""
    alike = {
        Aspect.VALUES: not started_differently(one.values, other.values),
        Aspect.EVALUATION: equal(one.outputs, other.outputs),
        Aspect.TRAINING: equal(one.training_outputs, other.training_outputs),
    }
    return {aspect for aspect, same in alike.items() if not same}


def _are_users(*cells: Observation) -> bool:
    """Whether a network among those is a user's."""
    return any(is_user_model(cell.trial.architecture) for cell in cells)


def _is_renamed(one: Observation, other: Observation) -> bool:
    """Whether weights of the same shapes may only have other names in the two."""
    gone, come = one.values.keys() - other.values.keys(), other.values.keys() - one.values.keys()
    mine, theirs = (Counter(shape for _, shape in weights) for weights in (gone, come))
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def confounds(before: Observation, after: Observation) -> tuple[Confound, ...]:
    """The amounts that differ from those of `before`."""
    kept = before.recipe.optimizer == after.recipe.optimizer  # then rates are factors themselves
    found = [
        Confound(what=what, before=amount, after=after.amounts[what])
        for what, amount in before.amounts.items()
        if amount != after.amounts[what] and not (kept and what == "optimizer")
    ]
    if weights := started_differently(before.values, after.values):
        shared, names = before.values.keys() & after.values.keys(), [name for name, _ in weights]
        found.append(
            Confound(
                what="initial_values",
                before=len(shared),
                after=len(names),
                names=tuple(names[:NAMED]),
            )
        )
    return tuple(found)


def started_differently(one: dict[Weight, str], other: dict[Weight, str]) -> list[Weight]:
    """The weights that the two share by name and shape but start with other values."""
    return [weight for weight in one if weight in other and one[weight] != other[weight]]


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

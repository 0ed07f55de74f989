"""Networks whose values depend on names and shapes alone: what two cells share is then equal.

Initial values would not do: branches that end in a zero are silent and biases are nothing, so a
switch inside them would seem dead. Here nothing is zero or one. Numbers are float64, which keeps
rounding apart from effects; a network that cannot do that is asked in float32, and one that cannot
bear other values than its own keeps them.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar, final

import torch
from torch import Tensor, nn

from ablate.check.draws import Draws
from ablate.models.initialize import stream
from ablate.plan.trial import Trial
from ablate.train.build import make_model

Result = TypeVar("Result")
Weight = tuple[str, tuple[int, ...]]
"""A name and a shape."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One way in which all that is random could be."""

    stream: int = 0
    by_place: bool = False
    """Weights and modules count by their place among their like, and not by their names."""
    by_line: bool = False
    """Draws count by the line of the user's code as well."""
    redrawn: frozenset[str] = frozenset()
    """The weights that have other values than the stream gives them."""


def built(trial: Trial, world: World) -> nn.Module:
    """The trial's network with initial values that depend on how they are drawn alone."""
    try:
        with Draws(world.stream):
            return make_model(trial)
    except Exception:  # noqa: BLE001  # such as one that draws until two numbers differ
        return make_model(trial)


def in_world(
    trial: Trial, world: World, use: Callable[[nn.Module, Draws, torch.dtype], Result]
) -> Result:
    """The result of `use` on the network, its draws and its type of numbers."""
    for dtype, fills in ((torch.float64, True), (torch.float32, True)):
        try:
            return _used(trial, world, use, dtype, fills)
        except Exception:  # noqa: BLE001  # whatever a user's network raises
            continue
    return _used(trial, world, use, torch.float32, False)


def _used(
    trial: Trial,
    world: World,
    use: Callable[[nn.Module, Draws, torch.dtype], Result],
    dtype: torch.dtype,
    fills: bool,
) -> Result:
    model = built(trial, world).to(dtype)
    if fills:
        fill(model, world)
    modules = {module: name for name, module in model.named_modules()}
    if world.by_place:
        places = numbered(type(module).__name__ for module in modules)
        modules = dict(zip(modules, places, strict=True))
    return use(model, Draws(world.stream, modules, by_line=world.by_line), dtype)


@torch.no_grad()
def fill(model: nn.Module, world: World) -> None:
    """Give every weight and every kept number of `model` its value in that world."""
    state = _floats(model)
    labels = placed(model, state) if world.by_place else list(state)
    for label, (name, value) in zip(labels, state.items(), strict=True):
        again = "again " if name in world.redrawn else ""
        value.copy_(drawn(name, value, stream(world.stream, again + label)))


def kept(model: nn.Module) -> dict[str, Tensor]:
    """All tensors of the network's state."""
    state = model.state_dict()
    return {name: value for name, value in state.items() if isinstance(value, Tensor)}


def _floats(model: nn.Module) -> dict[str, Tensor]:
    """All that is kept in floating point, what has several names under the first."""
    names: dict[tuple[int, tuple[int, ...]], str] = {}
    state = kept(model)
    for name, value in state.items():
        if value.is_floating_point():
            names.setdefault((value.data_ptr(), tuple(value.shape)), name)
    return {name: state[name] for name in names.values()}


def placed(model: nn.Module, state: dict[str, Tensor]) -> list[str]:
    """The places of weights among those of the same shape in modules of the same class."""
    owners = (model.get_submodule(name.rpartition(".")[0]) for name in state)
    shapes = (tuple(value.shape) for value in state.values())
    return numbered(f"{type(o).__name__} {shape}" for o, shape in zip(owners, shapes, strict=True))


def numbered(kinds: Iterable[str]) -> list[str]:
    """`[a, b, a]` → `[a 0, b 0, a 1]`."""
    seen = Counter[str]()
    labels = []
    for kind in kinds:
        labels.append(f"{kind} {seen[kind]}")
        seen[kind] += 1
    return labels


def drawn(name: str, value: Tensor, source: torch.Generator) -> Tensor:
    """A value for the weight of that name: of the usual size, and nothing is zero or one."""
    x = torch.randn(value.shape, generator=source, dtype=torch.float64)
    if name.endswith("running_var"):
        return 1 + x.abs() / 10
    if name.endswith("weight"):
        return 1 + x / 10 if value.dim() == 1 else x / max(1, value[0].numel()) ** 0.5
    return x / 10


def values(model: nn.Module, *, by_place: bool = False) -> dict[Weight, str]:
    """A digest of the bytes of every weight and kept number."""
    state = kept(model)
    names = placed(model, state) if by_place else list(state)
    return {
        (name, tuple(value.shape)): digest(value)
        for name, value in zip(names, state.values(), strict=True)
    }


def digest(value: Tensor) -> str:
    """A digest of the bytes of a tensor of any type."""
    raw = value.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return hashlib.sha256(raw).hexdigest()[:16]

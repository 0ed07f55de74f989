"""Random numbers that depend on what is drawn, and for whom, but not on what was drawn before.

A switch that draws one number more shifts all that come after it, and a network that never reads
the switch would seem to change with it. Here every draw of torch, NumPy and Python's `random` is
from a stream of its own. While a network is built, operation, arguments and shape choose that
stream; while it computes, also the module that draws, and how often it has drawn so.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any, final
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from ablate.check.mistakes import users_line, users_modules

PATIENCE = 1000
"""So often is the same drawn while a network is built: loops that wait for another number end."""


@final
class Draws(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While this is entered, draws are keyed; `stream` chooses among all such worlds.

    `names` are those of the modules that may draw; without any, a network is being built. With
    `by_line`, the line of the user's code counts too: what is drawn and thrown away on another
    line then shifts nothing.
    """

    def __init__(
        self, stream: int, names: Mapping[nn.Module, str] | None = None, *, by_line: bool = False
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.stream, self.names, self.by_line = stream, names, by_line
        self.stack: list[str] = []
        self.turns = Counter[str]()
        self.drawing = False

    def __enter__(self) -> Draws:
        with ExitStack() as stack:
            stack.enter_context(torch.random.fork_rng(devices=[]))
            stack.enter_context(_others_replaced(self))
            if self.names is not None:
                stack.callback(register_module_forward_pre_hook(self._entered).remove)
                stack.callback(register_module_forward_hook(self._left, always_call=True).remove)
            self.leaving = stack.pop_all()
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        self.leaving.close()

    def _entered(self, module: nn.Module, _: Any) -> None:
        assert self.names is not None
        self.stack.append(self.names.get(module, type(module).__name__))

    def _left(self, *_: Any) -> None:
        self.stack.pop()

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        said = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **said)
        torch.default_generator.manual_seed(self.seed(str(func), (args, said)))
        args, said = tree_map(_without_generator, (args, said))
        return func(*args, **said)

    def seed(self, operation: str, asked: Any) -> int:
        """The seed of a draw, from all that its stream depends on."""
        who = self.stack[-1] if self.stack else ""
        who += users_line() if self.by_line else ""
        key = f"{self.stream}/{who}/{operation}/{tree_map(_described, asked)}"
        turn = self.turns[key]
        self.turns[key] += 1
        turn = turn // PATIENCE if self.names is None else turn
        return int.from_bytes(hashlib.sha256(f"{key}/{turn}".encode()).digest()[:4], "little")

    @contextmanager
    def own(self) -> Iterator[bool]:
        """Whether a draw begins, and not one that another draw is made of."""
        begins, self.drawing = not self.drawing, True
        try:
            yield begins
        finally:
            self.drawing = self.drawing and not begins


def _described(value: Any) -> Any:
    """Of an argument, whatever a draw may depend on."""
    if isinstance(value, torch.Generator):
        return None
    if isinstance(value, Tensor | np.ndarray):
        return f"{value.dtype} {tuple(value.shape)}"
    return value if isinstance(value, bool | int | float | str | None) else type(value).__name__


def _without_generator(value: Any) -> Any:
    return None if isinstance(value, torch.Generator) else value


@contextmanager
def _others_replaced(draws: Draws) -> Iterator[None]:
    """NumPy's and Python's random numbers come from `draws`, under whatever name they are known."""
    known = {id(theirs): ours for theirs, ours in _replacements(draws)}
    with ExitStack() as stack:
        for module in (np.random, random, *users_modules()):
            for name, value in tuple(vars(module).items()):
                if id(value) in known:
                    stack.enter_context(mock.patch.object(module, name, known[id(value)]))
        yield


def _replacements(draws: Draws) -> Iterator[tuple[Any, Any]]:
    """Every function and class that draws, and what takes its place."""
    ours = _keyed(np.random.RandomState, draws, lambda state, seed: state.seed(seed))
    generator = _keyed(np.random.Generator, draws, _reseed)
    pythons = _keyed(random.Random, draws, lambda source, seed: source.seed(seed))
    yield from ((np.random.RandomState, ours), (np.random.Generator, generator))
    yield from ((random.Random, pythons), (np.random.default_rng, _default(generator)))
    for module, owner, instance in (
        (np.random, np.random.RandomState, ours(0)),
        (random, random.Random, pythons(0)),
    ):
        for value in vars(module).values():
            if type(getattr(value, "__self__", None)) is owner:
                yield value, getattr(instance, value.__name__)


def _reseed(generator: np.random.Generator, seed: int) -> None:
    bits = generator.bit_generator
    bits.state = type(bits)(seed).state


def _default(generator: Callable[..., Any]) -> Callable[..., Any]:
    def default_rng(seed: Any = None) -> Any:
        return seed if isinstance(seed, np.random.Generator) else generator(np.random.PCG64(0))

    return default_rng


def _keyed(base: Any, draws: Draws, reseed: Callable[[Any, int], None]) -> Any:
    """A kind of `base` that is given a seed of `draws` before each of its draws."""

    def drawing(name: str) -> Callable[..., Any]:
        plain = getattr(base, name)

        @wraps(plain)
        def draw(self: Any, *args: Any, **said: Any) -> Any:
            with draws.own() as begins:
                if begins:
                    reseed(self, draws.seed(f"{base.__name__}.{name}", (args, said)))
                return plain(self, *args, **said)

        return draw

    return type(base.__name__, (base,), {name: drawing(name) for name in _drawers(base)})


def _drawers(base: Any) -> Iterable[str]:
    """The methods that draw, not those that seed."""
    states = {"seed", "getstate", "setstate", "get_state", "set_state", "spawn", "bit_generator"}
    return (n for n in dir(base) if n[0] != "_" and n not in states and callable(getattr(base, n)))

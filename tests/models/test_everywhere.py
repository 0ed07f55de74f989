"""What every model must bear: other sizes and types, copying, compiling, exporting.

Each level of each toggle that is not the small variant's own goes through what is cheap; what is
not, compiling and exporting, is for the slow tests. A network is built once, and what changes it is
given a copy.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, as_tuples, describe
from tests.models.expected import EXPECTED

BASELINES = [pytest.param(name, {}, id=name) for name in ARCHITECTURES]
LEVELS = [
    pytest.param(
        name,
        EXPECTED[name].CONTEXT.get(toggle.name, {}) | {toggle.name: level},
        id=f"{name}-{toggle.name}={level}",
    )
    for name in ARCHITECTURES
    for toggle in describe(name).toggles.values()
    for level in toggle.levels
    if level != describe(name).defaults(EXPECTED[name].SMALL)[toggle.name]
]
every_cell = pytest.mark.parametrize(("name", "overrides"), [*BASELINES, *LEVELS])
every_architecture = pytest.mark.parametrize(("name", "overrides"), BASELINES)
every_level = pytest.mark.parametrize(("name", "overrides"), LEVELS)


# Deep enough to have every kind of block, and one that drops paths: compiling takes long.
SHALLOW: dict[str, dict[str, Any]] = {
    "vit": {"depth": 2},
    "cvt": {"depths": (1, 2)},
    "pvt": {},
    "convmixer": {"depth": 2},
    "graft": {"depth": 2},
    "levit": {"depths": (1, 1)},
}


Cell = tuple[tuple[str, Any], ...]


def frozen(overrides: dict[str, Any]) -> Cell:
    return tuple((keyword, as_tuples(value)) for keyword, value in overrides.items())


@cache
def built(name: str, cell: Cell, seed: int) -> nn.Module:
    return build(name, EXPECTED[name].SMALL, dict(cell), seed=seed)


def small(name: str, overrides: dict[str, Any], seed: int = 0) -> nn.Module:
    return copy.deepcopy(built(name, frozen(overrides), seed))


@cache
def usual_logits(name: str, cell: Cell) -> Tensor:
    return judged(built(name, cell, 0), images_of(name))


def usual(name: str, overrides: dict[str, Any]) -> Tensor:
    """What the network says of the images, as it is built."""
    return usual_logits(name, frozen(overrides))


def images_of(name: str, side: int | None = None, count: int = 3) -> Tensor:
    sizes = describe(name).defaults(EXPECTED[name].SMALL)
    side = side or int(str(sizes["image_size"]))
    draw = torch.Generator().manual_seed(0)
    return torch.randn(count, int(str(sizes["in_channels"])), side, side, generator=draw)


@torch.no_grad()
def judged(model: nn.Module, images: Tensor) -> Tensor:
    logits: Tensor = model.eval()(images)
    return logits


def trained(model: nn.Module, images: Tensor) -> Tensor:
    """Logits in training mode, the same random drops each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        logits: Tensor = model.train()(images)
    return logits


@every_cell
def test_another_image_size(name: str, overrides: dict[str, Any]) -> None:
    for side in EXPECTED[name].IMAGE_SIZES:
        model = build(name, EXPECTED[name].SMALL, overrides | {"image_size": side}, seed=0)
        logits = trained(model, images_of(name, side))
        assert logits.shape == (3, 10)
        assert logits.isfinite().all()


@every_cell
def test_one_image_alone(name: str, overrides: dict[str, Any]) -> None:
    model, image = small(name, overrides), images_of(name, count=1)
    for logits in (trained(model, image), judged(model, image)):
        assert logits.shape == (1, 10)
        assert logits.isfinite().all()


@every_cell
def test_double_precision_gives_the_same_in_more_digits(
    name: str, overrides: dict[str, Any]
) -> None:
    double = judged(small(name, overrides).double(), images_of(name).double())
    assert double.dtype is torch.float64
    single = usual(name, overrides)
    torch.testing.assert_close(single.double(), double, rtol=1e-4, atol=1e-5)


@pytest.fixture
def _double_by_default() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@every_cell
@pytest.mark.usefixtures("_double_by_default")
def test_any_default_precision(name: str, overrides: dict[str, Any]) -> None:
    model = build(name, EXPECTED[name].SMALL, overrides, seed=0)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float64}
    assert judged(model, images_of(name)).dtype is torch.float64
    assert judged(model.float(), images_of(name).float()).dtype is torch.float32


@every_cell
def test_mixed_precision_trains(name: str, overrides: dict[str, Any]) -> None:
    model, images = small(name, overrides), images_of(name)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = cross_entropy(trained(model, images).float(), torch.arange(3))
    torch.autograd.backward(loss)
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
    exact = cross_entropy(trained(model, images), torch.arange(3))
    torch.testing.assert_close(loss, exact, rtol=0.1, atol=0.1)


@every_cell
def test_images_may_lie_in_memory_with_their_channels_last(
    name: str, overrides: dict[str, Any]
) -> None:
    model = small(name, overrides).to(memory_format=torch.channels_last)
    other = judged(model, images_of(name).to(memory_format=torch.channels_last))
    torch.testing.assert_close(usual(name, overrides), other, rtol=1e-4, atol=1e-5)


@every_cell
def test_a_copy_and_a_reloaded_state_give_the_same(name: str, overrides: dict[str, Any]) -> None:
    model, images = small(name, overrides), images_of(name)
    trained(model, images)  # moves the running means, where there are any
    reloaded = small(name, overrides, seed=1)
    assert not torch.equal(judged(reloaded, images), judged(model, images))
    reloaded.load_state_dict(model.state_dict())
    for twin in (reloaded, copy.deepcopy(model)):
        assert torch.equal(judged(twin, images), judged(model, images))


@every_architecture
def test_initial_values_do_not_depend_on_the_global_random_stream(
    name: str, overrides: dict[str, Any]
) -> None:
    states = []
    for seed in (1, 2):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            states.append(build(name, EXPECTED[name].SMALL, overrides, seed=0).state_dict())
    first, second = states
    assert all(torch.equal(first[key], second[key]) for key in first)


def check_compiled(name: str, overrides: dict[str, Any]) -> None:
    """One graph, without a break, in evaluation and in training; forward and backward."""
    torch.compiler.reset()
    drops = {toggle: 0.2 for toggle in ("drop_path", "dropout") if toggle in describe(name).toggles}
    model, images = small(name, SHALLOW[name] | drops | overrides), images_of(name)
    compiled: Any = torch.compile(copy.deepcopy(model), backend="eager", fullgraph=True)
    close: dict[str, Any] = {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(judged(compiled, images), judged(model, images), **close)
    losses = [cross_entropy(trained(one, images), torch.arange(3)) for one in (compiled, model)]
    torch.testing.assert_close(*losses, **close)


def check_exported(name: str, overrides: dict[str, Any]) -> None:
    """Once, for batches of any size."""
    model, images = small(name, SHALLOW[name] | overrides).eval(), images_of(name)
    any_batch = ({0: torch.export.Dim("batch")},)
    exported = torch.export.export(model, (images,), dynamic_shapes=any_batch).module()
    for batch in (images, images[:2]):
        with torch.no_grad():
            torch.testing.assert_close(exported(batch), judged(model, batch), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@every_architecture
def test_compiles_into_one_graph(name: str, overrides: dict[str, Any]) -> None:
    check_compiled(name, overrides)


@pytest.mark.slow
@every_architecture
def test_exports(name: str, overrides: dict[str, Any]) -> None:
    check_exported(name, overrides)


@pytest.mark.slow
@every_level
def test_every_level_compiles_into_one_graph(name: str, overrides: dict[str, Any]) -> None:
    check_compiled(name, overrides)


@pytest.mark.slow
@every_level
def test_every_level_exports(name: str, overrides: dict[str, Any]) -> None:
    check_exported(name, overrides)

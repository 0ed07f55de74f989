"""The official models' numbers, to the last digits of float64 (README of the parity folder)."""

import json
import math
import os
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ablate.models.checkpoints import OFFICIAL, load
from tests.models.expected import EXPECTED

AGREEMENT = 1e-8
SHARED = Path(os.environ.get("ABLATE_SHARED", Path(__file__).parents[2].with_name("shared")))

Answer = dict[str, Any]


def answers() -> list[Any]:
    """The fixtures of the models we have, or one skipped test that says why there is none."""
    found = [json.loads(path.read_text()) for path in sorted(SHARED.glob("parity/*.json"))]
    ours = [answer for answer in found if answer["name"] in OFFICIAL]
    if not ours:
        reason = f"no parity fixtures in {SHARED / 'parity'}; set ABLATE_SHARED"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(answer, id=identity(answer)) for answer in ours]


def identity(answer: Answer) -> str:
    return "-".join([answer["name"], *(f"{k}={v}" for k, v in answer["toggles"].items())])


def values(key: str, shape: list[int]) -> Tensor:
    """The weights that the parity rules give a key and a shape."""
    x = np.random.RandomState(zlib.crc32(key.encode())).standard_normal(tuple(shape))
    leaf = key.rsplit(".", 1)[-1]
    if leaf == "running_var":
        x = 1 + 0.1 * np.abs(x)
    elif leaf == "weight":
        x = 1 + 0.1 * x if len(shape) == 1 else x / math.sqrt(math.prod(shape[1:]))
    else:
        x = 0.1 * x
    return torch.from_numpy(np.asarray(x))


def images(side: int) -> Tensor:
    """The batch of two that the parity rules give."""
    return torch.from_numpy(np.random.RandomState(0).standard_normal((2, 3, side, side)))


def loaded(answer: Answer) -> nn.Module:
    weights = {
        key: values(key, shape) if kind == "float" else torch.zeros(shape, dtype=torch.int64)
        for key, shape, kind in answer["state_dict"]
    }
    return load(
        answer["name"], weights, answer["num_classes"], answer["image_size"], answer["toggles"]
    )


def difference(ours: Tensor, theirs: list[Any]) -> float:
    return (ours - torch.tensor(theirs, dtype=torch.float64)).abs().max().item()


def points_of(answer: Answer) -> dict[str, Any]:
    """Where to look in our model; a library's network has the official modules themselves."""
    architecture = OFFICIAL[answer["name"]].architecture
    if architecture in EXPECTED:
        points: dict[str, Any] = EXPECTED[architecture].POINTS
        return points
    official = answer["intermediate"].items()
    return {point: (f"network.{one['module']}", lambda out: out) for point, one in official}


@pytest.mark.parametrize("answer", answers())
def test_evaluation(answer: Answer) -> None:
    model = loaded(answer)
    points = points_of(answer)
    seen: dict[str, Tensor] = {}

    def look_at(point: str) -> None:
        path, official = points[point]

        def keep(module: nn.Module, args: object, out: object) -> None:
            seen[point] = official(out)

        model.get_submodule(path).register_forward_hook(keep)

    for point in answer["intermediate"]:
        look_at(point)
    of_heads = [answer[head] for head in ("logits_head", "logits_head_dist") if head in answer]
    with torch.no_grad():
        logits = model(images(answer["image_size"]))
        heads = model.heads(images(answer["image_size"])) if of_heads else ()  # type: ignore[operator]

    assert not model.training
    assert logits.dtype == torch.float64
    for point, expected in answer["intermediate"].items():
        tensor = seen[point]
        assert list(tensor.shape) == expected["shape"], point
        assert abs(tensor.mean().item() - expected["mean"]) < AGREEMENT, point
        assert abs(tensor.std(correction=0).item() - expected["std"]) < AGREEMENT, point
        assert difference(tensor[0].flatten()[:8], expected["first8"]) < AGREEMENT, point
    assert difference(logits, answer["logits"]) < AGREEMENT
    for ours, theirs in zip(heads, of_heads, strict=True):
        assert difference(ours, theirs) < AGREEMENT
    assert sum(p.numel() for p in model.parameters()) == answer["params"]


@pytest.mark.parametrize("answer", answers())
def test_training_step(answer: Answer) -> None:
    if "train" not in answer:
        pytest.skip("this fixture has no training step")
    expected = answer["train"]
    model = loaded(answer).train()
    logits = model(images(answer["image_size"]))
    loss = cross_entropy(logits, torch.tensor(expected["targets"]))
    torch.autograd.backward(loss)

    assert difference(logits, expected["logits"]) < AGREEMENT
    assert abs(loss.item() - expected["loss"]) < AGREEMENT
    key = partial(OFFICIAL[answer["name"]].official_key, overrides={})
    gradients = {key(name): p.grad for name, p in model.named_parameters()}
    norms = {name: grad.norm().item() for name, grad in gradients.items() if grad is not None}
    assert sorted(set(gradients) - set(norms)) == sorted(expected["without_gradient"])
    for name, norm in expected["grad_norm"].items():
        assert norms[name] == pytest.approx(norm, rel=AGREEMENT), name
    assert math.hypot(*norms.values()) == pytest.approx(expected["grad_norm_total"], rel=AGREEMENT)

    buffers = {key(name): buffer for name, buffer in model.named_buffers()}
    for name, after in expected.get("buffers_after", {}).items():
        for moment in ("running_mean", "running_var"):
            ours = buffers[f"{name}.{moment}"][:4]
            assert difference(ours, after[f"{moment}_first4"]) < AGREEMENT, name
        assert buffers[f"{name}.num_batches_tracked"].item() == after["num_batches_tracked"]

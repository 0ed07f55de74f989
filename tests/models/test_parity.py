"""The authors' numbers, to the last digits of float64; tests/parity/README.md says how."""

import json
import math
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ablate.models.checkpoints import CHECKPOINTS, load
from tests.models.expected import EXPECTED

AGREEMENT = 1e-8
Answer = dict[str, Any]
ANSWERS: list[Answer] = [
    json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parents[1] / "parity").glob("*.json"))
]


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


def test_every_family_of_ours_has_an_answer() -> None:
    answered = {CHECKPOINTS[answer["name"]].architecture for answer in ANSWERS}
    assert answered == {"vit", "cvt", "pvt", "convmixer", "levit"}


@pytest.mark.parametrize("answer", ANSWERS, ids=identity)
def test_evaluation(answer: Answer) -> None:
    model = loaded(answer)
    points = EXPECTED[CHECKPOINTS[answer["name"]].architecture].POINTS
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


@pytest.mark.parametrize(
    "answer", [answer for answer in ANSWERS if "train" in answer], ids=identity
)
def test_training_step(answer: Answer) -> None:
    expected = answer["train"]
    model = loaded(answer).train()
    logits = model(images(answer["image_size"]))
    loss = cross_entropy(logits, torch.tensor(expected["targets"]))
    torch.autograd.backward(loss)

    assert difference(logits, expected["logits"]) < AGREEMENT
    assert abs(loss.item() - expected["loss"]) < AGREEMENT
    key = partial(CHECKPOINTS[answer["name"]].official_key, overrides={})
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

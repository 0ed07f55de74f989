"""The optimizers are PyTorch's with the recipe's numbers, and decay what they should."""

from __future__ import annotations

import pytest
import torch
from torch.optim import SGD, Adam, AdamW

from ablate.train.build import make_model
from ablate.train.optimizers import decay_groups, make_optimizer
from tests.train.loop import Net, with_fields
from tests.train.test_fit import trial

NUMBERS = {"lr": 0.01, "weight_decay": 0.3, "momentum": 0.8, "epsilon": 1e-3}


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("adamw", lambda groups: AdamW(groups, lr=0.01, betas=(0.9, 0.999), eps=1e-3)),
        ("adam", lambda groups: Adam(groups, lr=0.01, betas=(0.9, 0.999), eps=1e-3)),
        ("sgd", lambda groups: SGD(groups, lr=0.01, momentum=0.8, nesterov=False)),
    ],
)
def test_steps_are_those_of_pytorchs_optimizer(name, reference):
    ours, theirs = Net(), Net()
    optimizers = (
        make_optimizer(ours, with_fields(optimizer=name, **NUMBERS)),
        reference(decay_groups(theirs, 0.3)),
    )
    images = torch.randn(6, 1, 5, 5)
    for model, optimizer in zip((ours, theirs), optimizers, strict=True):
        for _ in range(3):
            optimizer.zero_grad()
            model(images).square().sum().backward()
            optimizer.step()
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


def test_norms_biases_tokens_and_positions_are_not_decayed():
    model = make_model(trial("deit_s"))
    decayed, free = decay_groups(model, 0.05)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    assert decayed["weight_decay"] == 0.05
    assert free["weight_decay"] == 0.0
    assert {"cls_token", "pos_embed", "norm.weight", "head.bias"} <= {
        names[id(parameter)] for parameter in free["params"]
    }
    assert all(parameter.ndim >= 2 for parameter in decayed["params"])
    assert len(decayed["params"]) + len(free["params"]) == len(names)

"""Switches that only seem to act, those that act out of sight, and what stops a run later."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from ablate.check.make import check
from ablate.check.model import Audit, Kind
from ablate.plan.make import make_plan
from ablate.study.load import load_study

HEAD = """
import os
import random
import numpy as np
import torch
from numpy.random import randn
from torch import nn
from torch.nn import functional as F


def noise(shape):
    return torch.tensor(np.random.randn(*shape), dtype=torch.float32)
"""

NETWORK = """
class {name}(nn.Module):
    def __init__(self, switch: bool = False, num_classes: int = 10):
        super().__init__()
        width = {width}
        {first}
        self.body = nn.Linear(64, width)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, num_classes)
        self.switch = switch
        {last}

    def forward(self, images):
        x = images.flatten(1)
        {before}
        x = self.drop(self.norm(self.body(x)).relu())
        {after}
        return self.head(x)
"""


class Net(NamedTuple):
    """Lines of a network: around its layers, and around what it computes with them."""

    first: str = "pass"
    last: str = "pass"
    before: str = "pass"
    after: str = "pass"


DEAD = {
    "never_read": Net(),
    "a_draw_thrown_away": Net(first="if switch: torch.randn(3)"),
    "another_seed": Net(first="torch.manual_seed(7 + switch)"),
    "a_draw_of_numpy": Net(
        first="if switch: np.random.rand(3)",
        last="self.body.weight.data = noise((width, 64))",
    ),
    "a_draw_of_numpy_by_another_name": Net(
        first="if switch: randn(3)",
        last="self.body.weight.data = torch.tensor(randn(width, 64), dtype=torch.float32)",
    ),
    "a_draw_of_a_generator_of_numpy": Net(
        first="draw = np.random.default_rng(0); switch and draw.normal(size=3)",
        last="self.body.weight.data = torch.tensor(draw.normal(size=(width, 64))).float()",
    ),
    "a_draw_of_pythons_random": Net(
        first="if switch: random.random()",
        last="self.rate = self.drop.p = random.uniform(0.1, 0.2)",
    ),
    "a_draw_of_a_generator_of_torch": Net(
        first="source = torch.Generator(); switch and torch.randn(3, generator=source)",
        last="nn.init.normal_(self.body.weight, generator=source)",
    ),
    "a_layer_built_first": Net(first="switch and nn.Linear(64, width)"),
    "a_layer_kept_first": Net(first="self.spare = nn.Linear(64, width) if switch else None"),
    "an_unread_parameter": Net(first="if switch: self.table = nn.Parameter(torch.randn(1, 8, 8))"),
    "an_unread_buffer": Net(first="if switch: self.register_buffer('table', torch.randn(64))"),
    "an_unread_parameter_that_starts_wide": Net(
        first="self.table = nn.Parameter(torch.randn(64) * (1 + switch))"
    ),
    "a_parameter_times_zero": Net(
        first="if switch: self.table = nn.Parameter(torch.randn(64))",
        before="x = x + 0 * self.table if self.switch else x",
    ),
    "a_parameter_detached_into_nothing": Net(
        first="if switch: self.table = nn.Parameter(torch.randn(64))",
        before="if self.switch: _ = x + self.table.detach()",
    ),
    "an_unused_dropout": Net(first="self.spare = nn.Dropout(0.5) if switch else None"),
    "a_draw_in_forward": Net(before="if self.switch: torch.rand_like(x)"),
    "a_draw_like_the_next_in_forward": Net(
        after="if self.switch: F.dropout(x, 0.1)\n        x = F.dropout(x, 0.1)"
    ),
    "a_draw_of_numpy_in_forward": Net(
        before="if self.switch: np.random.rand()", after="x = x * (1 + np.random.randn() / 9)"
    ),
    "a_renamed_layer": Net(
        last="if switch: self.stem = self.body; del self.body; self.__dict__['body'] = self.stem"
    ),
    "an_identity_between": Net(
        last="self.body = nn.Sequential(*[nn.Identity()] * switch, self.body, self.norm, self.drop)"
    ),
    "a_second_name": Net(last="if switch: self.again = self.body"),
}
ALIVE = {
    "freezes": Net(last="self.body.requires_grad_(not switch)"),
    "freezes_a_bias": Net(last="self.head.bias.requires_grad_(not switch)"),
    "detaches": Net(after="x = x.detach() if self.switch else x"),
    "decays_less": Net(
        first="self.table = nn.Parameter(torch.randn(8, 8))",
        last="self.no_weight_decay = {'table'} if switch else set()",
        before="x = x + self.table.flatten()",
    ),
    "norms_ghost_batches": Net(
        before="if self.switch and self.training: return self.head(torch.cat("
        "[self.norm(self.body(part)) for part in x.split(16)]).relu())"
        "\n        if self.training: return self.head(self.norm(self.body(x)).relu())"
    ),
    "norms_by_fixed_numbers": Net(last="switch and self.norm.eval()"),
    "remembers_longer": Net(last="self.norm.momentum = 0.01 if switch else 0.1"),
    "scales_gradients": Net(
        last="switch and self.body.weight.register_hook(lambda grad: grad * 3)"
    ),
    "waits_for_a_step": Net(
        last="self.step = 0",
        before="self.step += self.training; x = x * 1.5 if self.switch and self.step > 20 else x",
    ),
    "starts_wider": Net(last="nn.init.normal_(self.body.weight, std=1.0 + switch)"),
    "starts_from_a_file": Net(last="if switch: self.body.weight.data.fill_(0.125)"),
    "drops_more": Net(last="self.drop.p = 0.2 if switch else 0.1"),
    "draws_a_second_time": Net(
        after="x = x + torch.randn_like(x)\n        if self.switch: x = x - torch.randn_like(x)"
    ),
    "takes_the_mean_of_two": Net(
        after="x = (x + F.dropout(x, 0.5) + F.dropout(x, 0.5)) / 2 if self.switch"
        " else x / 2 + F.dropout(x, 0.5)"
    ),
    "ties": Net(
        first="self.one, self.two = nn.Linear(64, 64), nn.Linear(64, 64)",
        last="if switch: self.two.weight = self.one.weight",
        before="x = self.two(self.one(x))",
    ),
    "reads_a_table_that_does_not_learn": Net(
        first="if switch: self.table = nn.Parameter(torch.randn(64))",
        before="x = x + self.table.detach() if self.switch else x",
    ),
}
BROKEN = {
    "fails_in_backward": (
        Net(before="x = self.body(x).sigmoid(); x.mul_(2); return self.head(x)"),
        r"RuntimeError: one of the variables needed for gradient computation has been modified by "
        r"an inplace operation: .*, at NETS.py:\d+: x = self.body\(x\).sigmoid\(\); .*",
    ),
    "answers_with_a_pair": (
        Net(before="return self.head(self.body(x)), x"),
        "the network answers with a tuple of 2; wanted: its logits alone, one tensor of "
        r"269 × 10 \(images × classes\)",
    ),
    "answers_with_a_dict": (
        Net(before="return {'logits': self.head(self.body(x)), 'aux': x}"),
        "the network answers with a dict of logits, aux; wanted: .*",
    ),
    "answers_a_tuple_in_evaluation": (
        Net(before="y = self.head(self.body(x)); return y if self.training else (y,)"),
        "the network answers with a tuple of 1; wanted: .*",
    ),
    "has_a_thousand_classes": (
        Net(last="self.norm, self.head = nn.Identity(), nn.Linear(width, 1000)"),
        "the network answers with a tensor 269 × 1000; wanted: its logits alone, one tensor of "
        r"269 × 10 \(images × classes\)",
    ),
    "is_nowhere_finite": (Net(after="x = x * float('inf')"), "the loss is nan in the first step"),
    "cannot_be_validated": (
        Net(before="assert self.training, 'no'; return self.head(self.body(x))"),
        r"AssertionError: no, at NETS.py:\d+: assert self.training, 'no'; .*",
    ),
    "cannot_stand_one_image": (
        Net(),
        r"ValueError: Expected more than 1 value per channel when training, got input size "
        r"torch.Size\(\[1, 23\]\), at NETS.py:\d+: x = self.drop\(.*",
    ),
    "gives_up": (
        Net(first="raise SystemExit('no license')"),
        r"SystemExit: no license, at NETS.py:\d+: raise SystemExit\('no license'\)",
    ),
    "is_never_the_same": (
        Net(
            last="self.body.weight.data += int.from_bytes(os.urandom(2)); self.norm = nn.Identity()"
        ),
        "is_never_the_same, built twice with one seed, differs in initial values: it draws random "
        "numbers outside of torch, NumPy and random, or remembers what was built before",
    ),
}


NETS = "disguised"


def audit_of(networks: Mapping[str, Net], batch_size: int, folder: Path) -> Audit:
    """The audit of a study in which each of the networks is a model with its switch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "path", [*sys.path])
        nets = f"{NETS}_{batch_size}_{len(networks)}"
        written = (
            NETWORK.format(name=name, width=16 + index, **net._asdict())
            for index, (name, net) in enumerate(networks.items())
        )
        Path(f"{nets}.py").write_text("".join([HEAD, *written]), encoding="utf-8")
        models = (
            f"  {name}: {{model: '{nets}:{name}', ablate: {{switch: [true]}}}}\n"
            for name in networks
        )
        recipe = f"{{batch_size: {batch_size}, lr: 0.01, weight_decay: 0.1}}"
        head = f"title: T\nsettings: {{digits: {{recipe: {recipe}}}}}\nmodels:\n"
        Path("s.yaml").write_text(head + "".join(models), encoding="utf-8")
        return check(make_plan(load_study("s.yaml")))


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    with pytest.MonkeyPatch.context() as patch:
        # Enough for what never acts.
        patch.setattr("ablate.check.compare.MANY", 4)
        patch.setattr("ablate.check.compare.STREAMS", (1,))
        return audit_of(DEAD, 64, tmp_path_factory.mktemp("dead"))


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return audit_of(ALIVE, 64, tmp_path_factory.mktemp("alive"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    networks = {name: network for name, (network, _) in BROKEN.items()}
    return audit_of(networks, 269, tmp_path_factory.mktemp("broken"))  # the last batch is of one


@pytest.mark.parametrize("name", DEAD)
def test_a_switch_in_disguise_is_found(name, dead):
    found = [finding for finding in dead.findings if finding.cell.partition("[")[0] == name]
    assert [(one.kind, one.factors) for one in found] == [(Kind.INERT, ("switch",))]


@pytest.mark.parametrize("name", ALIVE)
def test_a_switch_that_acts_out_of_sight_is_let_through(name, alive):
    assert [one.message for one in alive.findings if one.cell.startswith(f"{name}[")] == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_would_stop_a_run_stops_the_check(name, broken):
    (found,) = [finding for finding in broken.findings if finding.cell == name]
    assert found.kind is Kind.IMPOSSIBLE
    assert re.fullmatch(BROKEN[name][1].replace("NETS", rf"{NETS}_\w+"), found.message)

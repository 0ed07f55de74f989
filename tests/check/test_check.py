"""Whether a factor acts: what is caught, what is let through, and what is said to move along."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ablate.check.cached import cache_audit, cached_audit
from ablate.check.make import check
from ablate.check.model import Aspect, Audit, Confound, Kind
from ablate.plan.make import make_plan
from ablate.store.store import Store
from ablate.study.load import load_study
from ablate.study.schema import Study

NETWORKS = '''
"""Networks that somebody wrote for a paper."""

import torch
from torch import nn


class Net(nn.Module):
    """`pos_embed` is taken and never read, as in a reproduction that was published."""

    def __init__(self, dim: int = 16, pos_embed: bool = True, extra: bool = False, norm="none",
                 rate: float = 0.0, wide: bool = False, num_classes: int = 10):
        super().__init__()
        dim = 32 if wide else dim
        self.inside = nn.Linear(64, dim)
        self.norm = nn.LayerNorm(dim) if norm == "layer" else nn.Identity()
        self.drop = nn.Dropout(rate)
        self.head = nn.Linear(dim, num_classes)
        if extra:
            self.extra = nn.Linear(dim, dim)

    def forward(self, images):
        return self.head(self.drop(self.norm(self.inside(images.flatten(1)).relu())))


class Silent(nn.Module):
    """A branch that begins at zero, and a switch inside it."""

    def __init__(self, inside: str = "relu", num_classes: int = 10):
        super().__init__()
        self.act = nn.ReLU() if inside == "relu" else nn.Tanh()
        self.branch, self.head = nn.Linear(64, 64), nn.Linear(64, num_classes)
        nn.init.zeros_(self.branch.weight)

    def forward(self, images):
        tokens = images.flatten(1)
        return self.head(tokens + self.act(self.branch(tokens)) )


class Stubborn(nn.Module):
    """Computes in float32 whatever it is given, and wants to know its values when it is made."""

    def __init__(self, pos_embed: bool = True, scale: float = 1.0, num_classes: int = 10):
        super().__init__()
        self.inside, self.head = nn.Linear(1, 64), nn.Linear(64, num_classes)
        self.scale, self.start = scale, int(self.head.weight.sum())

    def forward(self, images):
        places = self.inside(torch.linspace(0, 1, 64)[:, None]).mean(1)
        return self.head(images.flatten(1) + self.scale * places)


def loose(num_classes, **keywords):
    """Whatever it is called with."""
    inside = nn.Linear(64, num_classes)
    return inside if keywords else nn.Sequential(nn.Flatten(), inside)


def broken(depth: int = 1):
    raise RuntimeError("there is no such depth")
'''


@pytest.fixture
def audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Audit]:
    """A function from the models of a study to its audit, beside a file `my_nets.py`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    # Each test has a module of its own: Python keeps what it once imported.
    name = f"nets_{abs(hash(tmp_path))}"
    Path(f"{name}.py").write_text(NETWORKS, encoding="utf-8")

    def audit(models: str, design: str = "one_factor") -> Audit:
        text = f"title: T\ndesign: {design}\nseeds: 2\nmodels:\n{models.replace('NETS', name)}"
        Path("s.yaml").write_text(text, encoding="utf-8")
        return check(make_plan(load_study("s.yaml")))

    return audit


def ours(architecture: str, variant: str, **model: object) -> Audit:
    study = {"architecture": architecture, "variant": variant, **model}
    design = "listed" if "cells" in model else "one_factor"
    return check(
        make_plan(Study.model_validate({"title": "T", "design": design, "models": {"m": study}}))
    )


def acts_on(audit: Audit, cell: str) -> set[Aspect]:
    assert audit.findings == ()
    return set(next(one.acts_on for one in audit.cells if one.cell == cell))


def moved(audit: Audit, cell: str) -> dict[str, tuple[object, object]]:
    return {move.what: (move.before, move.after) for move in audit.confounds_of(cell)}


def test_a_switch_that_nobody_reads_is_caught(audited):
    audit = audited("  net: {model: 'NETS:Net', ablate: {pos_embed: [false], dim: [24]}}")
    (finding,) = audit.findings
    assert (finding.kind, finding.cell) == (Kind.INERT, "net[pos_embed=false]")
    assert finding.factors == ("pos_embed",)
    assert finding.place == ("models", "net", "ablate", "pos_embed", 0)
    assert finding.message == (
        "pos_embed: false is inert: net[pos_embed=false] is its baseline again; alike: parameters "
        "and their shapes, initial values, outputs, outputs in training mode, recipe, first "
        "augmented batch, learning rate of every step, first optimizer steps; if it acts after 50 "
        "steps, say so under factors.pos_embed: {acts: later, reason: …}"
    )


def test_parameters_that_no_output_reads_do_not_help_a_switch(audited):
    audit = audited("  net: {model: 'NETS:Net', ablate: {extra: [true]}}")
    (finding,) = audit.findings
    assert finding.message == (
        "extra: true is inert: net[extra=true] is its baseline again; it has other parameters, but "
        "no output reads them; alike: initial values, outputs, outputs in training mode, recipe, "
        "first augmented batch, learning rate of every step, first optimizer steps; if it acts "
        "after 50 steps, say so under factors.extra: {acts: later, reason: …}"
    )


def test_two_switches_that_do_the_same_are_caught(audited):
    audit = audited("  net: {model: 'NETS:Net', ablate: {dim: [32], wide: [true]}}")
    (finding,) = audit.findings
    assert finding.kind is Kind.DUPLICATE
    assert finding.message.startswith("net[wide=true] is net[dim=32] under another name; alike: ")


def test_a_dead_switch_does_not_hide_behind_one_that_acts(audited):
    audit = audited(
        "  net: {model: 'NETS:Net', cells: [{dim: 24, pos_embed: false}, {dim: 24, norm: layer}]}",
        design="listed",
    )
    (finding,) = audit.findings
    assert finding.factors == ("pos_embed",)
    assert finding.message.startswith(
        "pos_embed is inert in net[dim=24,pos_embed=false]: without it the cell is the same; alike"
    )


def test_a_switch_in_a_branch_that_begins_at_zero_acts(audited):
    audit = audited("  net: {model: 'NETS:Silent', ablate: {inside: [tanh]}}")
    assert acts_on(audit, "net[inside=tanh]") == {Aspect.EVALUATION, Aspect.TRAINING}


def test_a_switch_of_training_alone_acts(audited):
    audit = audited("  net: {model: 'NETS:Net', ablate: {rate: [0.5]}}")
    assert acts_on(audit, "net[rate=0.5]") == {Aspect.TRAINING}


def test_a_norm_is_said_to_move(audited):
    audit = audited("  net: {model: 'NETS:Net', ablate: {norm: [layer]}}")
    moves = moved(audit, "net[norm=layer]")
    assert moves["norms"] == ("none", "1 LayerNorm")
    assert moves["parameters"] == (1210, 1242)


def test_a_network_of_loose_keywords_is_checked_like_any_other(audited):
    audit = audited("  net: {model: 'NETS:loose', ablate: {anything: [1]}}")
    (finding,) = audit.findings
    assert finding.kind is Kind.IMPOSSIBLE
    assert "mat1 and mat2" in finding.message


def test_a_network_that_insists_on_float32_and_on_values_is_checked_all_the_same(audited):
    audit = audited("  net: {model: 'NETS:Stubborn', ablate: {scale: [1.001], pos_embed: [false]}}")
    (finding,) = audit.findings
    assert (finding.kind, finding.factors) == (Kind.INERT, ("pos_embed",))
    (acting,) = [cell for cell in audit.cells if cell.cell == "net[scale=1.001]"]
    assert set(acting.acts_on) == {Aspect.EVALUATION, Aspect.TRAINING}
    assert acting.confounds == ()


def test_all_that_cannot_be_built_is_told_together(audited):
    audit = audited(
        "  one: {model: 'NETS:broken', ablate: {depth: [2]}}\n"
        "  two: {architecture: vit, variant: deit-s, ablate: {num_heads: [3], depth: [2]}}"
    )
    assert [(finding.kind, finding.cell) for finding in audit.findings] == [
        (Kind.IMPOSSIBLE, "one"),
        (Kind.IMPOSSIBLE, "one[depth=2]"),
        (Kind.IMPOSSIBLE, "two[num_heads=3]"),
    ]
    said, _, where = audit.findings[0].message.partition(", at ")
    assert said == "RuntimeError: there is no such depth"
    assert where.endswith('.py:60: raise RuntimeError("there is no such depth")')
    assert audit.findings[2].message == "dim 64 is not a multiple of num_heads 3"
    assert [cell.cell for cell in audit.cells] == ["two", "two[depth=2]"]


def test_what_is_silent_at_the_start_acts_nevertheless():
    audit = ours("vit", "deit-s", ablate={"qkv_bias": [False], "init_std": [0.2]})
    assert Aspect.EVALUATION in acts_on(audit, "m[qkv_bias=false]")
    assert acts_on(audit, "m[init_std=0.2]") == {Aspect.VALUES}
    names = {move.what: move for move in audit.confounds_of("m[init_std=0.2]")}[
        "initial_values"
    ].names
    assert names == ("cls_token", "pos_embed", "blocks.0.attn.qkv.weight")


def test_layer_norm_in_levit_moves_the_zeros_of_the_branches_too():
    moves = moved(ours("levit", "levit-128s", ablate={"norm": ["pre_layer"]}), "m[norm=pre_layer]")
    assert moves["norms"] == ("1 BatchNorm2d, 19 TokenNorm", "1 ChannelNorm, 11 LayerNorm")
    assert moves["zeros"] == (7, 0)
    assert moves["initial_values"][1]


def test_a_second_head_under_a_graft_is_seen():
    cell = {"stages": 2, "depth": 1, "use_distillation_head": True}
    baseline = {"stages": 1, "depth": 2, "use_distillation_head": False}
    audit = ours("graft", "graft-2", baseline=baseline, cells=[cell])
    name = "m[stages=2,depth=1,use_distillation_head=true]"
    assert Aspect.EVALUATION in acts_on(audit, name)
    assert moved(audit, name)["heads"] == (1, 2)


@pytest.mark.parametrize(
    ("factor", "level", "acts", "moves"),
    [
        ("label_smoothing", 0.0, {Aspect.RECIPE}, {}),
        ("mixup", 0.8, {Aspect.RECIPE, Aspect.BATCH}, {}),
        ("schedule", "linear", {Aspect.RATES}, {}),
        ("epochs", 10, {Aspect.RECIPE, Aspect.RATES}, {"epochs": (20, 10), "steps": (340, 170)}),
        (
            "batch_size",
            128,
            {Aspect.RECIPE, Aspect.BATCH, Aspect.RATES},
            {"batch_size": (64, 128), "steps": (340, 180)},
        ),
        (
            "repeated_augmentation",
            2,
            {Aspect.RECIPE, Aspect.BATCH},
            {"distinct_images": (1.0, 0.5)},
        ),
    ],
)
def test_parts_of_the_recipe_act_on_what_they_should(factor, level, acts, moves):
    audit = ours("vit", "deit-s", ablate={f"recipe.{factor}": [level]})
    name = audit.cells[-1].cell
    assert acts_on(audit, name) == acts
    assert moved(audit, name) == moves


def test_a_factor_that_acts_later_is_let_through_with_its_reason(audited):
    later = "  pos_embed: {acts: later, reason: it waits for step 200.}\n"
    audit = audited(
        "  net: {model: 'NETS:Net', cells: [{pos_embed: false}, {dim: 24, pos_embed: false}]}\n"
        f"factors:\n{later}",
        design="listed",
    )
    assert audit.findings == ()
    reason = {"pos_embed": "it waits for step 200."}
    assert [cell.later for cell in audit.cells] == [{}, reason, reason]
    assert [bool(cell.acts_on) for cell in audit.cells] == [False, False, True]


def test_a_part_of_the_schedule_that_changes_no_step_is_caught():
    audit = ours("vit", "deit-s", ablate={"recipe.cooldown_epochs": [0.01]})
    (finding,) = audit.findings
    assert finding.kind is Kind.INERT
    assert finding.message.startswith("recipe.cooldown_epochs: 0.01 is inert: ")
    assert "acts: later" not in finding.message


def test_another_optimizer_moves_its_rates():
    moves = moved(
        ours("vit", "deit-s", ablate={"recipe.optimizer": ["sgd"]}), "m[recipe.optimizer=sgd]"
    )
    assert moves == {
        "optimizer": ("AdamW at rate 0.002, decay 0.05", "SGD at rate 0.002, decay 0.05")
    }


def test_an_audit_is_kept_for_the_cells_and_the_code_it_is_about(tmp_path: Path):
    def plan(*levels: str):
        model = {"architecture": "vit", "variant": "deit-s", "ablate": {"pos_embed": levels}}
        return make_plan(Study.model_validate({"title": "T", "models": {"m": model}}))

    store, audit = Store(tmp_path), check(plan("none"))
    assert cached_audit(plan("none"), store) is None
    cache_audit(audit, plan("none"), store)
    assert cached_audit(plan("none"), store) == audit
    assert cached_audit(plan("none", "sincos_2d"), store) is None
    assert audit.confounds_of("m[pos_embed=none]") == (
        Confound(what="parameters", before=202186, after=201098),
    )
    assert audit.confounds_of("nothing of that name") == ()

"""Studies that a careful reviewer would send back: what Ablate refuses, and what it says of them.

Through the command line, in this process, so that torch is imported once. Networks are trained for
real where training matters; where a state is hard to come by, its records are written by hand.
"""

from __future__ import annotations

import gc
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ablate.cli.main import main
from ablate.plan.make import make_plan
from ablate.store.files import append_line
from ablate.store.record import Execution, Record, State
from ablate.store.store import Store
from ablate.study.load import load_study

NETWORKS = '''
from torch import nn
from torch.nn import functional


class Net(nn.Module):
    """`gate` is taken and never read; an activation that nobody knows is a ReLU."""

    def __init__(self, dim: int = 16, gate: bool = True, act: str = "relu", num_classes: int = 10):
        super().__init__()
        self.inside, self.head = nn.Linear(64, dim), nn.Linear(dim, num_classes)
        known = {"tanh": functional.tanh, "sinh_by_cosh": functional.tanh}
        self.act = known.get(act, functional.relu)

    def forward(self, images):
        return self.head(self.act(self.inside(images.flatten(1))))


class Fragile(Net):
    """With `norm` it takes the few batches of a check, and not all of a training."""

    def __init__(self, norm: bool = False, num_classes: int = 10):
        super().__init__(num_classes=num_classes)
        self.norm, self.batches = norm, 0

    def forward(self, images):
        self.batches += self.training
        if self.norm and self.batches > 3:
            raise RuntimeError(f"no room for {len(images)} images")
        return super().forward(2 * images if self.norm else images)
'''
STUDY = """\
title: A study that should not be
settings: {digits: {recipe: {epochs: 1, batch_size: 256}}}
seeds: 3
margin: 1
models:
  net:
    model: bad_networks:Net
    PARTS
"""
CLAIM = """\
claims:
  - {says: narrow is worse, contrast: "net[dim=8]", expect: lower}
"""
DIM = "ablate: {dim: [8]}"
ALIKE = (
    "parameters and their shapes, initial values, outputs, outputs in training mode, recipe, first "
)
ALIKE += "augmented batch, learning rate of every step, first optimizer steps"
LATER = "; if it acts after 50 steps, say so under factors.{}: {{acts: later, reason: …}}"
AGAIN = "again: the same model with the same recipe; leave one of them out"


class Said(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture(scope="module", autouse=True)
def networks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Networks of the user's own. A process imports a module once, so they are the same for all."""
    folder = tmp_path_factory.mktemp("networks")
    (folder / "bad_networks.py").write_text(NETWORKS, encoding="utf-8")
    sys.path.append(str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are typed."""
    (tmp_path / "studies").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("ABLATE_RUNS", "ABLATE_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def ablate(project: Path, capsys: pytest.CaptureFixture[str]):
    """Type `ablate …`; `run` trains in this process."""
    before = signal.getsignal(signal.SIGTERM)

    def call(command: str, *arguments: str) -> Said:
        how = ("--executor", "inline", "--wandb", "disabled") if command == "run" else ()
        with pytest.raises(SystemExit) as end:
            main([command, "bad", *how, *arguments])
        said = capsys.readouterr()
        return Said(end.value.code, said.out, said.err)

    yield call
    gc.enable()
    signal.signal(signal.SIGTERM, before)


def write(project: Path, parts: str, rest: str = "") -> None:
    """`studies/bad.yaml` with those parts of its model in line 8, and more from line 9 on."""
    text = STUDY.replace("PARTS", parts) + rest
    (project / "studies/bad.yaml").write_text(text, encoding="utf-8")


def report(project: Path) -> str:
    text = (project / "reports/bad/digits/report.md").read_text(encoding="utf-8")
    return text.replace("\u00a0", " ")


def refused(said: Said, *mistakes: str) -> None:
    """Every mistake, each with its line, and nothing else."""
    several = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
    lines = [f"error: studies/bad.yaml: {several}"]
    lines += [f"  studies/bad.yaml:{mistake}" for mistake in mistakes]
    assert said.err.splitlines() == lines
    assert said.code == 2


Left = float | Record | None
"""What a run left: a score, another end, or nothing."""


def leave(project: Path, table: dict[str, tuple[Left, ...]]) -> None:
    """Records as if the study had been run: cell → what each seed left."""
    store = Store(project / "runs")
    store.prepare()
    for trial in make_plan(load_study("studies/bad.yaml")).trials:
        left = table[trial.cell][trial.seed]
        if left is None:
            continue
        if isinstance(left, float):
            left = Record(state=State.FINISHED, scores={"top1": left}, best_epoch=0, parameters=9)
        how = Execution(threads=1, wandb="disabled", wandb_project="p", wandb_id="i")
        folder = store.start(trial, how)
        append_line(folder.history_file, {"epoch": 0, "val/top1": 50.0})
        folder.close(left)


def failed(cause: str) -> Record:
    return Record(state=State.FAILED, cause=cause)


# An argument that nothing reads, and a cell that is another one


@pytest.mark.parametrize(
    ("parts", "mistakes"),
    [
        (
            "ablate: {gate: [false], dim: [8]}",
            [
                "8: models.net.ablate.gate.0: gate: false is inert: net[gate=false] is its "
                f"baseline again; alike: {ALIKE}{LATER.format('gate')}"
            ],
        ),
        (
            "ablate: {act: [tanh, sinh_by_cosh, sin]}",
            [
                "8: models.net.ablate.act.1: net[act=sinh_by_cosh] is net[act=tanh] under another "
                f"name; alike: {ALIKE}",
                "8: models.net.ablate.act.2: act: sin is inert: net[act=sin] is its baseline "
                f"again; alike: {ALIKE}{LATER.format('act')}",
            ],
        ),
        (
            "cells: [{dim: 8, gate: false}]\ndesign: listed",
            [
                "8: models.net.cells.0: gate is inert in net[dim=8,gate=false]: without it the "
                f"cell is the same; alike: {ALIKE}{LATER.format('gate')}"
            ],
        ),
    ],
)
def test_a_network_that_does_not_change_is_refused_before_anything_is_run(
    project, ablate, parts, mistakes
):
    write(project, parts)
    refused(ablate("check"), *mistakes)
    refused(ablate("run"), *mistakes)
    assert not list((project / "runs").glob("v1-*"))


def test_also_where_the_network_is_ours(project, ablate):
    write(project, DIM)
    text = (project / "studies/bad.yaml").read_text(encoding="utf-8")
    levit = "architecture: levit\n    variant: levit-128s"
    text = text.replace("model: bad_networks:Net", levit)
    text = text.replace(
        DIM, "ablate: {narrow_key_dim: [20]}"
    )  # of narrow blocks, and they are wide
    (project / "studies/bad.yaml").write_text(text, encoding="utf-8")
    refused(
        ablate("check"),
        "9: models.net.ablate.narrow_key_dim.0: narrow_key_dim: 20 is inert: "
        f"net[narrow_key_dim=20] is its baseline again; alike: {ALIKE}",
    )


@pytest.mark.parametrize(
    ("parts", "mistakes"),
    [
        (
            "cells: [{dim: 8, act: tanh}, {act: tanh, dim: 8}, {dim: 16}]\ndesign: listed",
            [
                f"8: models.net.cells.1: net[act=tanh,dim=8] is net[dim=8,act=tanh] {AGAIN}",
                f"8: models.net.cells.2: net[dim=16] is net {AGAIN}",
            ],
        ),
        (
            f"{DIM}\n  other: {{model: 'bad_networks:Net', ablate: {{dim: [8]}}}}",
            [
                f"9: models.other.ablate.dim.0: other[dim=8] is net[dim=8] {AGAIN}",
                f"9: models.other.baseline: other is net {AGAIN}",
            ],
        ),
        (
            "ablate: {recipe.distillation_tau: [2.0]}",  # without distillation
            [
                "8: models.net.ablate.recipe.distillation_tau.0: net[recipe.distillation_tau=2] "
                f"is net {AGAIN}"
            ],
        ),
        (
            "ablate: {dim: [8, 8, 16]}",
            [
                "8: models.net.ablate.dim.1: 8 is listed twice",
                "8: models.net.ablate.dim.2: 16 is the baseline's own level",
            ],
        ),
        (  # a level that is the setting's own makes half of all cells twice: it is told once
            "ablate: {dim: [8], act: [tanh], recipe.epochs: [1]}\ndesign: full_factorial",
            [f"8: models.net.ablate.recipe.epochs.0: net[recipe.epochs=1] is net {AGAIN}"],
        ),
    ],
)
def test_the_same_run_is_not_counted_twice(project, ablate, parts, mistakes):
    write(project, parts)
    refused(ablate("check"), *mistakes)
    refused(ablate("plan"), *mistakes)


# Two things at once


def test_what_changes_together_is_told_by_the_check_and_below_the_table(project, ablate):
    write(project, "cells: [{dim: 8, recipe.lr: 0.01}, {act: tanh}]\ndesign: listed")
    checked = ablate("check")
    assert checked.code == 0
    assert (
        "net[dim=8,recipe.lr=0.01] changes 2 factors at once and acts on parameters and their "
        "shapes, initial values, outputs, outputs in training mode, recipe, learning rate of every "
        "step\n"
        "  parameters      1,210 → 610\n" in checked.out
    )
    assert "\nnet[act=tanh] acts on outputs" in checked.out
    assert ablate("run", "--seeds", "1").code == 0
    assert (
        "<sup>a</sup> Changes Dim and Recipe: lr at once; no other cell separates their effects. "
        "Confounds: parameters 1210 to 610; MACs 1184 to 592; initial values of 1 of the 1 shared "
        "weights.\n" in report(project)
    )


def test_changes_that_other_cells_tell_apart_have_no_such_note(project, ablate):
    write(project, "ablate: {dim: [8], act: [tanh]}\ndesign: cumulative")
    leave(
        project, {"net": (90.0,) * 3, "net[dim=8]": (91.0,) * 3, "net[dim=8,act=tanh]": (92.0,) * 3}
    )
    assert ablate("report").code == 0
    assert "at once" not in report(project)


def test_one_toggle_of_levit_that_also_takes_away_its_zeros(project, ablate):
    """A3 of its Table 5 exchanges BatchNorm, whose last scales start at zero, for LayerNorm."""
    write(project, "ablate: {norm: [pre_layer]}")
    text = (project / "studies/bad.yaml").read_text(encoding="utf-8")
    levit = "architecture: levit\n    variant: levit-128s"
    text = text.replace("model: bad_networks:Net", levit)
    (project / "studies/bad.yaml").write_text(text, encoding="utf-8")
    checked = ablate("check")
    assert checked.code == 0
    assert "\n  weights that start at zero  7 → 0\n" in checked.out
    leave(project, {"net": (90.0, 91.0, 90.0), "net[norm=pre_layer]": (95.0, 94.0, 95.0)})
    assert ablate("report").code == 0
    footnote = report(project).partition("<sup>a</sup> Confounds: ")[2].partition("\n")[0]
    assert "; weights that start at zero 7 to 0; initial values of 17 of the 32 shared" in footnote


# Runs that are missing


def test_seeds_that_are_not_the_same_are_told_and_only_shared_ones_compared(project, ablate):
    write(project, DIM, CLAIM)
    narrow = (80.0, failed("MemoryError: no room"), None)
    leave(project, {"net": (90.0, 91.0, 92.0), "net[dim=8]": narrow})
    assert ablate("report").code == 1
    page = report(project)
    for words in (
        "Every cell was to have the same 3 seeds; ",
        " 2 of 6 runs have no score.",
        "1 of 3 runs of Dim: 8 failed. 1 of 6 runs is awaited, so no verdict is final.**",
        "narrow is worse  \n  Not judged before its planned seeds have ended: seed 2.",
        "- Missing: net[dim=8], seed 1: failed (MemoryError: no room).",
        "- Missing: net[dim=8], seed 2: not run.",
        "| 80.0 (1/3)<sup>a</sup> | −10.0<sup>b</sup> | – |",
        "<sup>a</sup> 1 of 3 seeds: 1 failed and 1 not run.",
        "<sup>b</sup> No p before seed 2 has ended.",
    ):
        assert words in page


def test_a_run_that_diverged_has_no_score_and_decides_nothing(project, ablate):
    claim = 'claims: [{says: huge rates lose, contrast: "net[recipe.lr=1e+30]", expect: lower}]'
    write(project, "ablate: {recipe.lr: [1.0e+30]}", claim)
    said = ablate("run", "--seeds", "2")
    assert said.code == 1
    assert "net[recipe.lr=1e+30]/s0: diverged: val/loss is nan after epoch 1" in said.out
    page = report(project)
    for words in (
        "**The claim is undecided: “huge rates lose”. 2 of 2 runs of Recipe: lr: 1e+30 diverged.**",
        "  No seed has both the cell and its baseline: the cell has no score and its baseline has ",
        "- Missing: net[recipe.lr=1e+30], seeds 0 and 1: diverged (val/loss is nan after epoch 1).",
        "| 1e+30 | – | – | – | –<sup>a</sup> | – | – | undecided | – |",
        "<sup>a</sup> 0 of 2 seeds: 2 diverged.",
    ):
        assert words in page
    assert not re.search(r"\bnan\b", page.replace("is nan after epoch 1", ""), re.IGNORECASE)


def test_a_baseline_that_never_finished_leaves_nothing_to_compare_with(project, ablate):
    write(project, DIM, CLAIM)
    broken = (failed("OSError: disk on fire"),) * 3
    leave(project, {"net": broken, "net[dim=8]": (90.0, 91.0, 92.0)})
    assert ablate("report").code == 1
    page = report(project)
    for words in (
        "**The claim is undecided: “narrow is worse”. 3 of 3 runs of baseline failed.**",
        "  No seed has both the cell and its baseline: the cell has 91.0 ± 1.0 (3) from seeds 0–2 "
        "and its baseline has no score.",
        "- Missing: net, seeds 0–2: failed (OSError: disk on fire).",
        "| –<sup>a</sup> | baseline |",
        "| 91.0 ± 1.0 (3) | – | – |",
    ):
        assert words in page


def test_a_claim_on_a_cell_that_was_not_run_is_open(project, ablate):
    write(project, DIM, CLAIM)
    leave(project, {"net": (90.0, 91.0, 92.0), "net[dim=8]": (None,) * 3})
    said = ablate("report")
    assert said.code == 1
    assert "Undecided  narrow is worse" in said.out
    page = report(project)
    assert "**The claim is undecided: “narrow is worse”. 3 of 6 runs are awaited, " in page
    assert "  Not judged before its planned seeds have ended: seeds 0–2." in page
    assert "- Missing: net[dim=8], seeds 0–2: not run." in page


def test_a_network_that_fails_in_training_is_a_record_with_its_cause(project, ablate):
    write(project, "ablate: {norm: [true]}")
    text = (project / "studies/bad.yaml").read_text(encoding="utf-8")
    (project / "studies/bad.yaml").write_text(text.replace(":Net", ":Fragile"), encoding="utf-8")
    said = ablate("run", "--seeds", "1")
    assert said.code == 1
    assert "net[norm=true]/s0: failed: RuntimeError: no room for 256 images" in said.out
    assert "- Missing: net[norm=true], seed 0: failed (RuntimeError: no room for 256 images)." in (
        report(project)
    )
    status = ablate("status", "--seeds", "1")
    assert status.code == 1
    assert "failed    RuntimeError: no room for 256 images (runs/v1-" in status.out


def test_a_record_without_the_metric_is_no_score_and_run_again(project, ablate):
    write(project, DIM)
    other = Record(state=State.FINISHED, scores={"accuracy": 0.9}, best_epoch=0)
    leave(project, {"net": (90.0, 91.0, 92.0), "net[dim=8]": (80.0, 81.0, other)})
    assert ablate("report").code == 1
    page = report(project)
    assert "- Missing: net[dim=8], seed 2: unmeasured (its record has no top1)." in page
    assert "<sup>a</sup> 2 of 3 seeds: 1 unmeasured." in page
    status = ablate("status")
    assert status.code == 1
    assert "5 finished, 1 unmeasured" in status.out
    assert "unmeasured  its record has no top1 (runs/v1-" in status.out
    again = ablate("run")
    assert again.code == 0
    assert "5 of 6 trials are finished, 1 to run" in again.out
    assert "[6/6] net[dim=8]/s2: top1" in again.out


# Scores that say nothing


@pytest.mark.parametrize("scores", [(90.0, 91.0, 92.0), (90.0, 90.0, 90.0)])
def test_the_same_score_in_every_seed_raises_the_question_why(project, ablate, scores):
    write(project, DIM)
    leave(project, {"net": scores, "net[dim=8]": scores})
    assert ablate("report").code == 0
    page = report(project)
    assert "**The one change has no clear effect on Top-1: Dim: 8 (0.0 points).**" in page
    assert (
        "- Exactly the baseline's score: net[dim=8], seeds 0–2. Is the factor used at all?" in page
    )
    assert "(3) | 0.0 | – |" in page  # no p of 0 or 1, no interval of no width


def test_a_difference_that_is_the_same_in_every_seed_has_no_test(project, ablate):
    write(project, DIM, CLAIM)
    leave(project, {"net": (90.0, 91.0, 92.0), "net[dim=8]": (88.0, 89.0, 90.0)})
    assert ablate("report").code == 0
    page = report(project)
    assert (
        "−2.0 points in every one of 3 seeds: there is no spread, so nothing can be tested." in page
    )
    assert "(3) | −2.0 | – |" in page
    assert "Is the factor used" not in page


def test_one_seed_decides_nothing(project, ablate):
    write(project, DIM, CLAIM)
    assert ablate("run", "--seeds", "1").code == 0
    page = report(project)
    assert "Every cell has one seed, so no difference can be told from chance." in page
    assert "- **Undecided**: narrow is worse" in page
    assert "over 1 seed: one seed has no spread, so nothing can be tested." in page
    table = page.partition("| Dim |")[2].partition("\n\n")[0]
    assert "(1)" in table
    assert "±" not in table


# What there is no such thing as


def only(claim: str) -> str:
    return f"claims: [{{says: so, {claim}}}]"


@pytest.mark.parametrize(
    ("parts", "rest", "mistake"),
    [
        (
            DIM,
            only("contrast: 'net[dim=9]', expect: lower"),
            "9: claims.0.contrast: no such cell: 'net[dim=9]'; did you mean 'net[dim=8]'? "
            "(allowed: net[dim=8])",
        ),
        (
            DIM,
            only("contrast: net, expect: lower"),
            "9: claims.0.contrast: net is a baseline itself: say which cell it is compared "
            "`against`",
        ),
        (
            DIM,
            only("contrast: 'net[dim=8]', against: nte, expect: lower"),
            "9: claims.0.against: no such cell: 'nte'; did you mean 'net'? (allowed: net, "
            "net[dim=8])",
        ),
        (
            DIM,
            only("interaction: net, expect: lower"),
            "9: claims.0.interaction: net is a baseline itself: it changes nothing",
        ),
        (
            f"{DIM}\n    baseline: none",
            "",
            "9: models.net.baseline: must be a mapping, not 'none'",
        ),
        (
            f"{DIM}\n    baselin: {{dim: 4}}",
            "",
            "9: models.net.baselin: unknown key 'baselin'; did you mean 'baseline'? (allowed: "
            "architecture, variant, model, label, baseline, ablate, groups, cells)",
        ),
        (
            "cells: [{}]",
            "design: listed",
            "8: models.net.cells.0: must have 1 or more entries, not 0",
        ),
        (
            DIM,
            "metric: top5",
            "9: metric: unknown metric 'top5'; did you mean 'top1'? (allowed: top1, loss)",
        ),
        (
            DIM,
            "published: {net: {top5: 95}}",
            "9: published.net.top5: unknown metric 'top5'; did you mean 'top1'? (allowed: top1, "
            "loss)",
        ),
    ],
)
def test_a_name_of_nothing_is_told_with_its_line(project, ablate, parts, rest, mistake):
    write(project, parts, rest)
    for command in ("plan", "run", "report"):
        refused(ablate(command), mistake)


def test_a_study_of_baselines_alone_compares_nothing_and_says_so(project, ablate):
    write(project, "label: Net\n  tanh: {model: 'bad_networks:Net', baseline: {act: tanh}}")
    leave(project, {"net": (90.0, 91.0, 92.0), "tanh": (80.0, 81.0, 82.0)})
    assert ablate("report").code == 0
    assert (
        "**There is nothing to compare. Top-1 in %: Net · baseline 91.0 ± 1.0 (3); tanh · baseline "
        "81.0 ± 1.0 (3).**" in report(project)
    )

"""`ablate check` as a user types it, and a network of one's own from file to report."""

from __future__ import annotations

import json
from pathlib import Path

NETWORK = '''
from torch import nn


class Net(nn.Module):
    """`pos_embed` is taken and never read."""

    def __init__(self, dim: int = 16, pos_embed: bool = True, num_classes: int = 10):
        super().__init__()
        self.inside, self.head = nn.Linear(64, dim), nn.Linear(dim, num_classes)

    def forward(self, images):
        return self.head(self.inside(images.flatten(1)).relu())
'''
STUDY = """\
title: My own network
models:
  net:
    model: nets:Net
    ablate: FACTORS
seeds: 3
margin: 50
settings: {digits: {recipe: {epochs: 1, batch_size: 256}}}
"""


def write(project: Path, factors: str) -> None:
    (project / "nets.py").write_text(NETWORK, encoding="utf-8")
    text = STUDY.replace("FACTORS", factors)
    (project / "studies/own.yaml").write_text(text, encoding="utf-8")


def test_a_dead_switch_is_refused_before_anything_is_spent(project, ablate):
    write(project, "{pos_embed: [false], dim: [8]}")
    done = ablate("run", "own")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error: studies/own.yaml: 1 mistake\n"
        "  studies/own.yaml:5: models.net.ablate.pos_embed.0: pos_embed: false is inert: "
        "net[pos_embed=false] is its baseline again; alike: parameters and their shapes, "
    )
    assert not list((project / "runs").glob("v1-*"))

    done = ablate("check", "own", "--json")
    assert done.returncode == 2
    assert done.stderr == ""
    said = json.loads(done.stdout)
    (problem,) = said["problems"]
    assert (problem["file"], problem["line"]) == ("studies/own.yaml", 5)
    assert (problem["kind"], problem["cell"]) == ("inert", "net[pos_embed=false]")
    assert problem["factors"] == ["pos_embed"]
    assert [cell["cell"] for cell in said["cells"]] == ["net", "net[pos_embed=false]", "net[dim=8]"]


def test_mistakes_of_a_file_are_for_programs_too(project, ablate):
    write(project, "{pos_embd: [false]}")
    done = ablate("check", "own", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout) == {
        "problems": [
            {
                "file": "studies/own.yaml",
                "line": 5,
                "message": "models.net.ablate.pos_embd: unknown factor 'pos_embd'; did you mean "
                "'pos_embed'? (allowed: dim, pos_embed)",
            }
        ]
    }


def test_a_network_of_ones_own_is_trained_and_what_moves_is_in_the_report(project, ablate):
    write(project, "{dim: [8]}")
    checked = ablate("check", "own")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout == (
        "own/digits: 2 cells built and compared with their baselines\n"
        "\n"
        "net[dim=8] acts on parameters and their shapes, initial values, outputs, outputs in "
        "training mode\n"
        "  parameters      1,210 → 610\n"
        "  MACs            1,184 → 592\n"
        "  initial values  1 of 1 shared weights: head.bias\n"
    )
    done = ablate("run", "own", "--workers", "2")
    assert done.returncode == 0, done.stderr
    page = (project / "reports/own/digits/report.md").read_text(encoding="utf-8")
    assert (
        "<sup>a</sup> Confounds: parameters 1210 to 610; MACs 1184 to 592; initial values of 1 "
        "of the 1 shared weights." in page
    )
    status = ablate("status", "own")
    assert "own/digits: 6 finished" in status.stdout
    text = (project / "nets.py").read_text(encoding="utf-8")
    (project / "nets.py").write_text(text.replace("relu", "tanh"), encoding="utf-8")
    assert "changed since: nets.py" in ablate("status", "own").stdout

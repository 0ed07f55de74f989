"""`ablate plan` with real dry runs: once, kept, and what a cell that cannot be trained leaves."""

from __future__ import annotations

import json
from pathlib import Path

NETWORK = """\
import torch


class Net(torch.nn.Linear):
    def __init__(self, wrong: bool = False, num_classes: int = 10) -> None:
        super().__init__(64, num_classes)
        self.wrong = wrong

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.wrong:
            raise ValueError("no such thing")
        return super().forward(images.flatten(1))
"""
STUDY = """\
title: A network of one's own
models:
  net:
    model: nets:Net
    ablate: {wrong: [true]}
seeds: 2
settings: {digits: {recipe: {epochs: 3}}}
"""


def test_cells_are_dry_run_once_and_a_wrong_one_is_told_with_its_line(project: Path, ablate):
    (project / "nets.py").write_text(NETWORK, encoding="utf-8")
    (project / "studies/own.yaml").write_text(STUDY, encoding="utf-8")
    first = ablate("plan", "own", "--workers", "2")
    assert first.returncode == 2
    assert "Traceback" not in first.stderr
    *progress, head, problem = first.stderr.splitlines()
    assert sorted(line.partition("] ")[2] for line in progress) == [
        "dry run of net",
        "dry run of net[wrong=true]",
    ]
    assert head == "error: studies/own.yaml: 1 mistake"
    cause = "net[wrong=true] cannot be trained: ValueError: no such thing"
    assert problem == f"  studies/own.yaml:5: models.net.ablate.wrong.0: {cause}"
    assert "to run   4 trials: " in first.stdout
    assert "without 2 of them, whose cost is unknown" in first.stdout
    assert len(list((project / "runs/dry_runs").iterdir())) == 1

    second = ablate("plan", "own", "--workers", "2", "--no-dry-run", "--json")
    assert second.returncode == 0  # what failed is not kept, and was not tried again
    assert second.stderr == ""
    said = json.loads(second.stdout)
    sources = {cost["cell"]: cost["source"] for cost in said["costs"]}
    assert sources == {"net": "dry run", "net[wrong=true]": "unknown"}
    net = said["costs"][0]
    assert 0 < net["time_s"] < 60
    assert 0.05 < net["memory_gb"] < 100
    assert said["total"]["known"]["work_s"] == 2 * net["time_s"]

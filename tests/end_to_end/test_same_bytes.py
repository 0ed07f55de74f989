"""The same records give the same report, byte for byte, whoever makes it and wherever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ablate.plan.make import Plan, make_plan
from ablate.study.load import load_study
from tests.bench.size import ROOT, finish

STUDY = ROOT / "studies/pos_embedding.yaml"
HERE = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "USER": "a"}
THERE = {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "USER": "b"}


def made(
    folder: Path, plan: Plan, backwards: bool, environment: dict[str, str]
) -> dict[str, bytes]:
    """The report of the plan but for one run, by a process of its own: file → content."""
    (folder / "studies").mkdir(parents=True)
    (folder / "studies/asked.yaml").write_bytes(STUDY.read_bytes())
    finish(plan, plan.trials[-2::-1] if backwards else plan.trials[:-1], folder / "runs")
    done = subprocess.run(
        [sys.executable, "-m", "ablate.cli.main", "report", "asked"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "100"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # one run is missing
    files = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("reports/**/*.*")}
    return {**files, "what was printed": done.stdout}


def test_the_same_records_give_the_same_bytes(tmp_path):
    plan = make_plan(load_study(STUDY))
    one = made(tmp_path / "here", plan, False, HERE)
    other = made(tmp_path / "elsewhere/deeper", plan, True, THERE)
    assert {"reports/README.md", "reports/asked/digits/index.html"} < one.keys()
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []

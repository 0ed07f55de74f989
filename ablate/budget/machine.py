"""The machine that runs use, described without PyTorch, whose import alone takes seconds."""

import os
import subprocess
from importlib.metadata import version

from ablate.budget.model import Machine
from ablate.run.executors.local import share

HIDDEN = ("", "-1")
"""The values of `CUDA_VISIBLE_DEVICES` that hide every GPU."""


def this_machine(workers: int | None) -> Machine:
    """The machine as `ablate run` with that many workers would use it."""
    capacity, threads = share(workers)
    return Machine(device=device(), workers=capacity, threads=threads)


def device() -> str:
    """The GPU that runs will use, by the name that PyTorch gives it, or `CPU`."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() not in HIDDEN
    if not visible or "+cpu" in version("torch"):
        return "CPU"
    ask = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
    except OSError:
        return "CPU"
    return (done.returncode == 0 and done.stdout.partition("\n")[0].strip()) or "CPU"

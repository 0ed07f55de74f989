"""Bytes on the disk: of the runs that there are, and of those that there will be."""

from __future__ import annotations

import shutil
from pathlib import Path

from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder

BLOCK = 4096
"""A small file takes a whole block."""

# Measured over 370 runs with W&B offline: 76 to 165 kB besides four bytes for each parameter.
WEIGHT = 4
EPOCH = 400
"""A line of history, here and in W&B."""
REST = 110_000
"""The frame of the weights, the small files of the record, W&B's folder."""


def taken(folder: RunFolder) -> int:
    """By one attempt, W&B's folder included."""
    files = (path for path in folder.path.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in files)


def expected(trial: Trial, parameters: int) -> int:
    """By a run of a trial whose network has so many parameters."""
    return WEIGHT * parameters + EPOCH * trial.recipe.epochs + REST


def free(root: Path) -> int:
    """Where the runs will be."""
    there = next(path for path in (root, *root.absolute().parents) if path.is_dir())
    return shutil.disk_usage(there).free

"""Which W&B mode a study gets: what was asked for, else online for whoever is logged in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = """
import sys
from ablate.tracking.mode import prepare_wandb
print(prepare_wandb(*sys.argv[1:] or [None]))
"""
KEY = {"WANDB_API_KEY": "a" * 40}


@pytest.mark.parametrize(
    ("wish", "settings", "mode"),
    [
        ([], {}, "offline"),
        ([], KEY, "online"),
        ([], {**KEY, "WANDB_MODE": "offline"}, "offline"),
        ([], {**KEY, "WANDB_MODE": "dryrun"}, "offline"),
        ([], {"WANDB_MODE": "disabled"}, "disabled"),
        (["disabled"], KEY, "disabled"),
        (["offline"], KEY, "offline"),
    ],
)
def test_the_mode(wish, settings, mode, tmp_path):
    # W&B remembers a key for the life of a process, so each case has its own.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK, *wish],
        env={**kept, "HOME": str(tmp_path), **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == mode

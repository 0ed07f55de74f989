"""Tests share the machine with each other (`pytest -n auto`), so each has one thread."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read by torch when it is first imported, here or in a child

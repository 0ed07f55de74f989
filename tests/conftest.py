"""Tests share the machine with each other (`pytest -n auto`), so each has one thread.

They share Matplotlib's font cache too, which a test with a home of its own would build anew.
"""

import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # read by torch when it is first imported, here or in a child
FONTS = Path(__file__).parents[1] / ".pytest_cache/matplotlib"
os.environ["MPLCONFIGDIR"] = str(FONTS)
if not FONTS.exists():
    import matplotlib.font_manager  # noqa: F401 - builds it, before the workers of xdist start

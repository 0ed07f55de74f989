"""Tests share the machine with each other (`pytest -n auto`), so each has one thread.

They share Matplotlib's font cache too, which a test with a home of its own would build anew.

Reports are written without fonts in their PDFs and without a preview by pdflatex, which take three
quarters of the time and are seldom what a test is about; those marked `typeset` get both.
"""

import os
from pathlib import Path

import pytest

os.environ["OMP_NUM_THREADS"] = "1"  # read by torch when it is first imported, here or in a child
FONTS = Path(__file__).parents[1] / ".pytest_cache/matplotlib"
os.environ["MPLCONFIGDIR"] = str(FONTS)
if not FONTS.exists():
    import matplotlib.font_manager  # noqa: F401 - builds it, before the workers of xdist start


@pytest.fixture(autouse=True)
def _plain_pdfs(request, monkeypatch):
    if request.node.get_closest_marker("typeset"):
        return
    from ablate.report.figures._panel import Panel
    from ablate.report.formats.latex import preview

    monkeypatch.setattr(Panel, "pdf", property(lambda panel: panel.svg.encode()))
    monkeypatch.setattr(preview, "PROGRAM", "no-such-program")

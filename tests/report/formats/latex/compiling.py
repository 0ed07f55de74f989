"""Real compiles, where there is a `pdflatex`; elsewhere the tests that need them say so."""

import shutil

import pytest

from ablate.report.formats.latex.preview import run

PDFLATEX = shutil.which("pdflatex")
needs_pdflatex = pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")
BAD = (
    "! ",
    "Overfull",
    "ndefined",
    "too large",
    "multiply",
    "not available",
    "Missing char",
    "pk>",
)
"""The last is a font of dots, which publishers refuse."""
ARTICLE = r"""\documentclass{article}
%s
\usepackage{pifont}
\begin{document}
%s
\end{document}
"""


def complaints(folder):
    """What pdflatex has to say against the preview in a folder."""
    log = run(PDFLATEX, folder)
    assert (folder / "preview.pdf").exists(), log[-2000:]
    return [line for line in log.splitlines() if any(word in line for word in BAD)]


def complaints_about(text, folder, preamble=""):
    """The same of an article with that text."""
    (folder / "preview.tex").write_text(ARTICLE % (preamble, text))
    return complaints(folder)

"""`preview.pdf`, made in a folder of its own by whatever `pdflatex` is on the PATH."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

PROGRAM = "pdflatex"
TIMEOUT_S = 60
COMMAND = ("-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "preview.tex")
FIXED = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "1000"}
"""A time for what asks for one, and lines of the log that are not broken."""
ERROR = re.compile(r"^! (.*)", re.MULTILINE)


def compiled(files: dict[str, bytes]) -> tuple[bytes | None, str]:
    """`preview.pdf`, and what went wrong if it is None; nothing did where pdflatex is missing."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None, ""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        try:
            log = run(program, folder)
        except subprocess.TimeoutExpired:
            return None, f"nothing for {TIMEOUT_S} s"
        made = folder / "preview.pdf"
        if made.exists():
            return made.read_bytes(), ""
        error = ERROR.search(log)
        return None, error[1] if error else "nothing"


def run(program: str, folder: Path) -> str:
    """Compile `preview.tex` in the folder, which nothing leaves; what pdflatex says."""
    done = subprocess.run(
        [program, *COMMAND],
        cwd=folder,
        env=os.environ | FIXED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.stdout.decode(errors="replace")

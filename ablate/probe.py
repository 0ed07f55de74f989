"""`probe_alone(folder)`: time the first steps of a trial, in a process that does nothing else.

It finds in the folder what `run_alone` finds, and leaves a probe there, or a record that says why
there is none.
"""

from __future__ import annotations

from pathlib import Path

from ablate.store.files import write_json
from ablate.store.folder import RunFolder
from ablate.store.probes import PROBE_FILE
from ablate.worker import failure, log_output


def probe_alone(path: Path) -> None:
    """Leave the probe of a folder's trial in it."""
    folder = RunFolder(path)
    log_output(folder)
    import torch

    torch.set_num_threads(folder.execution().threads)
    try:
        from ablate.train.probing import probe

        write_json(path / PROBE_FILE, probe(folder.trial(), folder))
    except Exception as error:  # noqa: BLE001  # whatever a network raises is the answer
        folder.close(failure(error))

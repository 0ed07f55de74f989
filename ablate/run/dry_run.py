"""`dry_run_alone(folder)`: time the first steps of a trial, in a process that does nothing else.

It reads the same files of the folder as `run_alone`, and leaves a dry run there, or a record with
the cause that there is none.
"""

from pathlib import Path

from ablate.run.worker import failure, log_output
from ablate.store.dry_runs import DRY_RUN_FILE
from ablate.store.files import write_json
from ablate.store.folder import RunFolder


def dry_run_alone(path: Path) -> None:
    """Leave the dry run of a folder's trial in it."""
    folder = RunFolder(path)
    log_output(folder)
    import torch

    torch.set_num_threads(folder.execution().threads)
    try:
        from ablate.train.step_timing import dry_run

        write_json(path / DRY_RUN_FILE, dry_run(folder.trial(), folder))
    except Exception as error:  # noqa: BLE001  # whatever a network raises is the answer
        folder.close(failure(error))

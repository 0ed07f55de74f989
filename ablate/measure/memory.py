"""The most memory that this process has held so far."""

import sys

import torch

GB = 1e9


def peak_memory_gb() -> float | None:
    """Of the GPU where there is one, else of the process; None where the system keeps no count."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / GB
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / GB

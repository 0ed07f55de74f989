"""The imports that a fork server makes once for all runs; importing this module makes them.

Their fingerprint and the sizes of our variants are read here too, half a second for each run; the
fingerprint is that of the code which was loaded, whatever is edited while runs go on.

Without the garbage collector, which finds nothing in modules, it takes a sixth less time; frozen,
what was imported is not searched again in every run.
"""

import atexit
import contextlib
import gc
import importlib

from ablate.models.catalog import ARCHITECTURES, small_variants
from ablate.plan.fingerprint import hashes

gc.disable()
for name in (
    "ablate.train.fit",
    "ablate.tracking.live",
    "ablate.data.digits",
    "ablate.data.digits_shifted",
    # What W&B imports when it opens its first run, half a second in every process.
    "requests",
    "wandb.sdk.launch.inputs.internal",
):
    with contextlib.suppress(ImportError):  # a run says better than a server what is missing
        importlib.import_module(name)
hashes("ablate.train.fit")
for architecture in ARCHITECTURES:
    small_variants(architecture)
gc.freeze()
gc.enable()
atexit.register(gc.unfreeze)  # or a library complains at the end that something was not freed

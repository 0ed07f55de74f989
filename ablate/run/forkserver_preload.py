"""The imports that a fork server makes once for all runs; importing this module makes them.

Their fingerprint is taken here too, half a second of each run: it is that of the code which was
loaded, whatever is edited while runs go on.

Without the garbage collector, which finds nothing in modules, it takes a sixth less time; frozen,
what was imported is not searched again in every run.
"""

import atexit
import contextlib
import gc
import importlib

from ablate.plan.fingerprint import read_code

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
read_code()
gc.freeze()
gc.enable()
atexit.register(gc.unfreeze)  # or a library complains at the end that something was not freed

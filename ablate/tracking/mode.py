"""Whether runs are tracked in W&B, and the one W&B service that all of a study's runs share."""

import os


def prepare_wandb(wish: str | None) -> str:
    """The mode of every run: the one asked for, else online if the user is logged in.

    Starts W&B's background service here, so that runs need not start one each: it costs half a
    second. Workers find it by an environment variable. No failure of W&B stops a study.
    """
    mode = wish or os.environ.get("WANDB_MODE", "").replace("dryrun", "offline")
    if mode == "disabled":
        return mode
    os.environ.setdefault("WANDB_SILENT", "true")
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    try:
        import wandb

        wandb.setup()
        return mode or ("online" if wandb.api.api_key else "offline")
    except Exception:  # noqa: BLE001 - whatever W&B does, runs go on; each notes it in its log
        return mode or "offline"

"""The W&B run of a trial, which Ablate opens, lends to Lightning's logger, and closes itself.

The run folder is the truth and W&B a copy, so no failure here touches a run: the first one ends
the copy and is written to the run's log.
"""

import logging
from collections.abc import Callable
from typing import Any, final

from pytorch_lightning.loggers import WandbLogger
from pytorch_lightning.loggers.logger import Logger

from ablate.plan.trial import Trial
from ablate.store.folder import RunFolder
from ablate.store.record import Execution, Record, State
from ablate.study.metrics import METRICS

log = logging.getLogger(__name__)
SETTINGS: dict[str, Any] = {
    # W&B would wait 90 s for a server that does not answer; after 10 s the run is logged offline.
    "init_timeout": 10,
    # W&B would wait for ever; what is not uploaded after a minute stays in the run's folder.
    "finish_timeout": 60,
    "silent": True,
    "console": "off",
    "save_code": False,
    # The record holds commit and packages; finding them again costs W&B 0.3 s.
    "disable_git": True,
    "disable_job_creation": True,
    "x_save_requirements": False,
}

COSTS = ("parameters", "macs", "memory_gb", "train_s", "best_epoch")
"""The fields of a record that a run's summary shows beside its scores and its state."""


@final
class LiveTracking(Logger):
    """A Lightning logger that copies a run to W&B for as long as W&B works."""

    def __init__(self, trial: Trial, execution: Execution, folder: RunFolder) -> None:
        super().__init__()
        self._run: Any = None
        self._logger: WandbLogger | None = None
        if execution.wandb != "disabled":
            self._try(lambda: self._open(trial, execution, folder))

    def _open(self, trial: Trial, execution: Execution, folder: RunFolder) -> None:
        try:
            self._run = self._init(execution.wandb, trial, execution, folder)
        except Exception:
            if execution.wandb != "online":
                raise
            log.warning("W&B cannot be reached; this run is logged offline", exc_info=True)
            self._run = self._init("offline", trial, execution, folder)
        self._run.define_metric("epoch")
        for part in ("train/*", "val/*"):
            self._run.define_metric(part, step_metric="epoch")
        self._logger = WandbLogger(experiment=self._run)

    def _init(self, mode: str, trial: Trial, execution: Execution, folder: RunFolder) -> Any:
        import wandb

        # An older W&B has fewer settings and refuses the others.
        known = {k: v for k, v in SETTINGS.items() if k in wandb.Settings.model_fields}
        return wandb.init(
            project=execution.wandb_project,
            group=f"{trial.study}/{trial.setting}",
            job_type=trial.cell,
            name=trial.name,
            id=execution.wandb_id,
            tags=[tag[:64] for tag in (trial.study, trial.setting, trial.architecture)],
            config=config(trial, folder),
            dir=folder.path,
            mode=mode,  # type: ignore[arg-type]
            reinit="create_new",
            settings=wandb.Settings(**known),
        )

    name = "wandb"
    version = None

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        if logger := self._logger:
            self._try(lambda: logger.log_metrics(metrics, step))

    def log_hyperparams(self, params: Any, *args: Any) -> None:
        """The configuration was given when the run was opened."""

    def finish(self, record: Record) -> None:
        """Copy the scores and close the run with the exit code that fits its end."""
        if self._run is None:
            return
        self._try(lambda: self._summarize(record))
        run, self._run, self._logger = self._run, None, None
        self._try(lambda: run.finish(exit_code=int(record.state is not State.FINISHED)))

    def _summarize(self, record: Record) -> None:
        scores = {f"test/{name}": score for name, score in record.scores.items()}
        costs = {name: value for name in COSTS if (value := getattr(record, name)) is not None}
        self._run.summary.update({**scores, **costs, "state": record.state.value})

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:  # whatever W&B does, the run goes on
            log.warning("W&B failed; this run goes on without it", exc_info=True)
            self._logger = None


def config(trial: Trial, folder: RunFolder) -> dict[str, Any]:
    """The values to filter and group by: nested as in `trial.json`, the main parts flat."""
    return {
        "study": trial.study,
        "setting": trial.setting,
        "cell": trial.cell,
        "seed": trial.seed,
        "attempt": folder.attempt,
        "signature": trial.signature,
        "architecture": trial.architecture,
        "variant": trial.variant,
        "data": trial.data,
        "metric": f"test/{trial.metric}",
        "better": METRICS[trial.metric].direction,
        "toggles": dict(trial.toggles),
        "images": trial.images.model_dump(),
        "recipe": trial.recipe.model_dump(),
    }

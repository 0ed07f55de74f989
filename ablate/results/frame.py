"""Results: what a study's trials gave, as a pandas data frame with a row per planned trial.

Between those who run trials and those who judge them: readers (`ablate.results.store`,
`ablate.results.csv`) make it, and `analyze(study, results)` knows nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

from ablate.check.model import Confound
from ablate.interpret.model import Interpretation
from ablate.recipes.schema import Scalar
from ablate.study.schema import Adaptive

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FINISHED = "finished"
"""The state of a trial with a score. All others say why there is none."""
LOST_TO_CELL = ("failed", "diverged", "timed_out")
"""States of a run that the cell itself kept from a score. Without one for any other reason, a run
is awaited: it was lost to the machine, or has not ended."""

COLUMNS = {
    "cell": "`cvt_13[pos_embed=none]`, or what a teacher is called",
    "model": "the model's key in the study; missing for a teacher that is of no cell",
    "seed": "the trial's seed",
    "changes": "factor → level where the cell differs from its model's baseline",
    "levels": "factor → level of every factor of the study that the model has",
    "title": "the name of the group of factors that the cell leaves out together",
    "architecture": "what was trained: the architecture",
    "variant": "and its variant, which a setting may have put in the place of",
    "asked_variant": "the variant that the study names",
    "teaches": "whether other trials learn from this one",
    "signature": "the hash of what the trial asks",
    "state": "`finished`, `failed`, `diverged`, …, `running` or `not run`",
    "cause": "why there is no score, in a line",
    "stale": "what changed since in the code, data or libraries that would answer today",
    "best_epoch": "the epoch, from 1, whose weights were scored",
    "parameters": "parameters of the network",
    "macs": "multiply-accumulates of one image",
    "images_per_s": "images per second in evaluation, timed when no run was under way",
    "train_s": "seconds of training, validation and scoring",
    "environment": "where it ran: commit, packages, python, platform, device, threads, fingerprint",
}
"""Column → its meaning; scores follow, one column per metric (`score_column`). What is not known of
a trial is missing, never 0."""
NUMBERS = {
    "seed": "Int64",
    "best_epoch": "Int64",
    "parameters": "Int64",
    "macs": "Int64",
    "images_per_s": "Float64",
    "train_s": "Float64",
}
"""Columns of numbers → their dtype, which knows missing values."""


def is_awaited(state: str) -> bool:
    """Whether a trial in that state may still get a score when it is run again."""
    return state != FINISHED and state not in LOST_TO_CELL


def score_column(metric: str) -> str:
    """The column of a metric's scores on the test split, in the metric's unit."""
    return f"test/{metric}"


def make_frame(rows: Iterable[Mapping[str, Any]], metrics: Iterable[str]) -> pd.DataFrame:
    """The frame of these rows; a key that a row lacks is missing there."""
    import pandas as pd

    scores = dict.fromkeys(map(score_column, metrics), "Float64")
    frame = pd.DataFrame(list(rows), columns=[*COLUMNS, *scores], dtype=object)
    return frame.astype({**NUMBERS, **scores})


def no_history(signature: str) -> list[dict[str, Any]]:  # noqa: ARG001
    """The history of a trial whose source has none."""
    return []


def no_answers(signature: str) -> None:
    """The answers of a trial whose source has none."""


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """The results of a study at a setting, and what else is known of its runs."""

    frame: pd.DataFrame
    """With `COLUMNS`: teachers, all cells with the first seed, with the next, …."""
    setting: str
    setting_title: str = ""
    recipe: Mapping[str, Scalar] = field(default_factory=dict)
    """The parts of the recipe that all cells share and that are not the default."""
    teachers: Mapping[str, str] = field(default_factory=dict)
    """Teacher that a recipe names → the one that teaches in its place at this setting."""
    margin: float | None = None
    """The smallest difference that matters at this setting, in the metric's unit."""
    adaptive: Adaptive | None = None
    """By which rule some cells have more seeds than others."""
    claims_seen: Sequence[int | None] = ()
    """Per claim: seeds whose scores could be seen when it and they were first stated; None if
    unknown."""
    withdrawn: Sequence[str] = ()
    """Claims that the study once made, before some run, and makes no more."""
    extended_from: tuple[int, ...] | None = None
    """The seeds planned first, if others were planned after scores could be seen."""
    confounds: Mapping[str, Sequence[Confound]] = field(default_factory=dict)
    """Cell → what differs from its baseline besides its factors, where a check found it."""
    later: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Cell → factor → why it acts later than the steps that a check looks at, says the study."""
    interpretations: Mapping[str, Sequence[tuple[int, Interpretation]]] = field(
        default_factory=dict
    )
    """Cell → seed and interpretation of its networks."""
    history: Callable[[str], list[dict[str, Any]]] = no_history
    """Signature → a row per epoch, read when it is asked for."""
    answers: Callable[[str], np.ndarray | None] = no_answers
    """Signature → whether each test image was classified correctly; None if unknown."""

    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain values, None for what is missing."""
        plain = self.frame.astype(object)
        rows = plain.where(plain.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in rows]

"""Ablate in a notebook or a script.

    import ablate

    study = ablate.load("pos_embedding")
    study.report()                      # the answer, the verdicts and the table
    study.report(setting="digits_shifted", seeds=3).write("reports/mine")

A layer like the command line: it may use all others, and imports them when they are needed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from ablate.errors import AblateError

if TYPE_CHECKING:
    from ablate.report.formats.notebook import StudyReport
    from ablate.study.schema import Study


def load(name: str | Path) -> LoadedStudy:
    """A study by its name in ./studies, or by the path of its file. Raises `AblateError`."""
    from ablate.study.load import find_study, load_study

    return LoadedStudy(load_study(find_study(str(name))))


@final
@dataclass(frozen=True, slots=True, repr=False)
class LoadedStudy:
    """A study, and the reports on its runs."""

    study: Study

    def __repr__(self) -> str:
        return f"<study {self.study.name}: {self.study.title}>"

    def report(
        self,
        setting: str | None = None,
        runs: str | Path | None = None,
        seeds: int | str | tuple[int, ...] | None = None,
    ) -> StudyReport:
        """The report on the runs there are; nothing is run or written.

        Without a setting or seeds they are the study's own; without a folder of runs it is
        `ABLATE_RUNS`, else `runs`.
        """
        from ablate.analysis.make import analyze
        from ablate.plan.make import make_plan
        from ablate.report.formats.notebook import StudyReport
        from ablate.results.store import read_store
        from ablate.run.adaptive import grown
        from ablate.store.store import Store

        plan = make_plan(self.study, setting, chosen_seeds(seeds, self.study))
        store = Store(Path(runs) if runs else runs_folder())
        return StudyReport(analyze(self.study, read_store(store, grown(plan, store))))


def runs_folder() -> Path:
    """The folder of records unless another is named."""
    return Path(os.environ.get("ABLATE_RUNS", "runs"))


def chosen_seeds(asked: int | str | tuple[int, ...] | None, study: Study) -> tuple[int, ...] | None:
    """`5` → seeds 0 to 4; `(3, 7)` → those two; a word → those of that name in the study."""
    if asked is None:
        return None
    if isinstance(asked, str):
        return study.seeds_called(asked)
    seeds = tuple(range(asked)) if isinstance(asked, int) else tuple(asked)
    if not seeds or min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise AblateError(
            f"seeds are how many, from 1 upward, or different numbers from 0 upward, not {asked}"
        )
    return seeds

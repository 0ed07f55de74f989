"""From a plan to its audit: every cell is built and compared with its baseline and its neighbors.

A cell that changes several factors is compared with what it would be without each of them as well,
so that none hides behind the others.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from ablate.check.confounds import acts, aspects, confounds
from ablate.check.model import Aspect, Audit, CellAudit, Finding, Kind
from ablate.check.observe import Observation, observe
from ablate.errors import AblateError
from ablate.plan.make import Plan, trial_of
from ablate.plan.trial import Trial
from ablate.study.cells import Cell
from ablate.study.levels import level_text

SEED = 0


def check(plan: Plan) -> Audit:
    """The audit of a plan: whether every factor acts, and what changes with it. No training."""
    checker = Checker(plan)
    findings = tuple(finding for cell in plan.cells for finding in checker.judge(cell))
    return Audit(
        study=plan.study.name,
        setting=plan.setting_name,
        cells=tuple(checker.audit(cell) for cell in plan.cells if checker.seen(cell)),
        findings=findings,
    )


class Checker:
    """The cells of a plan, each built once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.baselines = {cell.model: cell for cell in plan.cells if cell.is_baseline}
        self.trials = {cell.name: trial_of(plan, cell, SEED) for cell in plan.cells}
        self.observed: dict[str, Observation | str] = {}

    def seen(self, cell: Cell) -> Observation | None:
        """The observation of a cell; None if it could not be built."""
        return self._seen(self.trials[cell.name])

    def _seen(self, trial: Trial) -> Observation | None:
        observed = self._observed(trial)
        return observed if isinstance(observed, Observation) else None

    def _observed(self, trial: Trial) -> Observation | str:
        """The observation of a trial, or why there is none."""
        if trial.signature not in self.observed:
            self.observed[trial.signature] = _observation(trial)
        return self.observed[trial.signature]

    def judge(self, cell: Cell) -> Iterator[Finding]:
        """The findings on a cell."""
        observed = self._observed(self.trials[cell.name])
        if isinstance(observed, str):
            yield _finding(Kind.IMPOSSIBLE, cell, tuple(cell.changes), observed)
            return
        baseline = self.seen(self.baselines[cell.model])
        if cell.is_baseline or baseline is None:
            return
        if same := _same(baseline, observed):
            reason = f"{named(cell)} is inert: {cell.name} is its baseline again; {same}"
            yield _finding(Kind.INERT, cell, tuple(cell.changes), reason)
            return
        yield from self._duplicates(cell, observed)
        yield from self._inert_parts(cell, observed)

    def _duplicates(self, cell: Cell, observed: Observation) -> Iterator[Finding]:
        """The first cell before this one that is the same."""
        for other in self.plan.cells[: self.plan.cells.index(cell)]:
            rival = self.seen(other)
            if rival is None or (other.is_baseline and other.model == cell.model):
                continue
            if same := _same(rival, observed):
                reason = f"{cell.name} is {other.name} under another name; {same}"
                yield _finding(Kind.DUPLICATE, cell, tuple(cell.changes), reason)
                return

    def _inert_parts(self, cell: Cell, observed: Observation) -> Iterator[Finding]:
        """The factors of a cell without which it would be the same."""
        for factor in cell.changes if len(cell.changes) > 1 else ():
            without = self._without(cell, factor)
            if without and (same := _same(without, observed)):
                reason = f"{factor} is inert in {cell.name}: without it the cell is the same"
                yield _finding(Kind.INERT, cell, (factor,), f"{reason}; {same}")

    def _without(self, cell: Cell, factor: str) -> Observation | None:
        """The cell with the baseline's level of a factor, if that is no cell and can be built."""
        start = self.baselines[cell.model]
        changes = {name: level for name, level in cell.changes.items() if name != factor}
        other = Cell(model=cell.model, levels={**start.levels, **changes}, changes=changes)
        if other.name in self.trials:
            return None
        try:
            return self._seen(trial_of(self.plan, other, SEED))
        except AblateError:  # such as a teacher's part without a teacher
            return None

    def audit(self, cell: Cell) -> CellAudit:
        """The aspects that a cell acts on, and its confounds."""
        baseline, observed = self.seen(self.baselines[cell.model]), self.seen(cell)
        if cell.is_baseline or baseline is None or observed is None:
            return CellAudit(cell=cell.name, acts_on=(), confounds=())
        return CellAudit(
            cell=cell.name,
            changes=tuple(cell.changes),
            acts_on=aspects(baseline, observed),
            confounds=confounds(baseline, observed),
        )


def _observation(trial: Trial) -> Observation | str:
    try:
        return observe(trial)
    except (AblateError, ValueError) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  # whatever a network raises is a finding
        return traceback.format_exception_only(error)[-1].strip()


def _finding(kind: Kind, cell: Cell, factors: tuple[str, ...], message: str) -> Finding:
    return Finding(kind=kind, cell=cell.name, factors=factors, place=cell.place, message=message)


def _same(one: Observation, other: Observation) -> str:
    """The aspects in which two cells are found alike; nothing if one acts otherwise."""
    differs = aspects(one, other)
    if acts(differs):
        return ""
    alike = ", ".join(aspect for aspect in Aspect if aspect not in differs)
    unread = "it has other parameters, but no output reads them; " if differs else ""
    return f"{unread}alike: {alike}"


def named(cell: Cell) -> str:
    """`pos_embed: none`, as the study spells it."""
    return ", ".join(f"{name}: {level_text(level)}" for name, level in cell.changes.items())

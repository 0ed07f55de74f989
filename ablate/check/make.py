"""From a plan to its audit: every cell is built and compared with its baseline and its neighbors.

A cell that changes several factors is compared with what it would be without each of them as well,
so that none hides behind the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ablate.check.compare import Comparison, acts, confounds, of_probes
from ablate.check.mistakes import mistake
from ablate.check.model import MANY, Aspect, Audit, CellAudit, Finding, Kind
from ablate.check.observe import Observation, observe, probe
from ablate.check.worlds import World
from ablate.errors import AblateError
from ablate.models.user_model import is_user_model
from ablate.plan.make import Plan, trial_of
from ablate.plan.trial import Trial
from ablate.study.cells import Cell
from ablate.study.levels import level_text

SEED = 0


def check(plan: Plan) -> Audit:
    """The audit of a plan: whether every factor acts, and what changes with it."""
    with one_thread():
        checker = Checker(plan)
        findings = tuple(finding for cell in plan.cells for finding in checker.judge(cell))
        return Audit(
            study=plan.study.name,
            setting=plan.setting_name,
            cells=tuple(checker.audit(cell) for cell in plan.cells if checker.seen(cell)),
            findings=findings,
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """A few steps of a network are over before several threads have found one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class Checker:
    """The cells of a plan, each observed once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.baselines = {cell.model: cell for cell in plan.cells if cell.is_baseline}
        self.trials = {cell.name: trial_of(plan, cell, SEED) for cell in plan.cells}
        self.observed: dict[str, Observation | str] = {}
        self.compare = Comparison()
        self.silent: dict[str, dict[str, str]] = {}
        """Cell → factor → why it acts later, of the factors that are silent until then."""

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
        if cell.is_baseline:
            yield from _unrepeatable(cell, observed)
        if cell.is_baseline or baseline is None:
            return
        if same := self._same(baseline, observed):
            reason = f"{named(cell)} is inert: {cell.name} is its baseline again; {same}"
            yield from self._inert(cell, tuple(cell.changes), reason)
            return
        yield from self._duplicates(cell, observed)
        yield from self._inert_parts(cell, observed)

    def _inert(self, cell: Cell, factors: tuple[str, ...], reason: str) -> Iterator[Finding]:
        """The finding that factors are inert, unless the study knows that they act later."""
        rules = self.plan.study.factors
        later = {name: rules[name].reason for name in factors if name in rules}
        if known := {name: why for name, why in later.items() if why}:
            self.silent[cell.name] = known
            return
        if self.plan.study.models[cell.model].model is not None:
            reason += (
                f"; if it acts after {MANY} steps, say so under factors.{factors[0]}: "
                "{acts: later, reason: …}"
            )
        yield _finding(Kind.INERT, cell, factors, reason)

    def _duplicates(self, cell: Cell, observed: Observation) -> Iterator[Finding]:
        """The first cell before this one that is the same."""
        for other in self.plan.cells[: self.plan.cells.index(cell)]:
            rival = self.seen(other)
            is_baseline = other.is_baseline and other.model == cell.model
            if rival is None or is_baseline or other.name in self.silent:
                continue
            if same := self._same(rival, observed):
                reason = f"{cell.name} is {other.name} under another name; {same}"
                yield _finding(Kind.DUPLICATE, cell, tuple(cell.changes), reason)
                return

    def _inert_parts(self, cell: Cell, observed: Observation) -> Iterator[Finding]:
        """The factors of a cell without which it would be the same."""
        for factor in cell.changes if len(cell.changes) > 1 else ():
            without = self._without(cell, factor)
            if without and (same := self._same(without, observed)):
                reason = f"{factor} is inert in {cell.name}: without it the cell is the same"
                yield from self._inert(cell, (factor,), f"{reason}; {same}")

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

    def _same(self, one: Observation, other: Observation) -> str:
        """The aspects in which two cells are found alike; nothing if one acts otherwise."""
        differs = self.compare.aspects(one, other)
        if acts(differs):
            return ""
        alike = ", ".join(aspect for aspect in Aspect if aspect not in differs)
        unread = "it has other parameters, but no output reads them; " if differs else ""
        return f"{unread}alike: {alike}"

    def audit(self, cell: Cell) -> CellAudit:
        """The aspects that a cell acts on, and its confounds."""
        baseline, observed = self.seen(self.baselines[cell.model]), self.seen(cell)
        if cell.is_baseline or baseline is None or observed is None:
            return CellAudit(cell=cell.name, acts_on=(), confounds=())
        return CellAudit(
            cell=cell.name,
            changes=tuple(cell.changes),
            acts_on=self.compare.aspects(baseline, observed),
            confounds=confounds(baseline, observed),
            later=self.silent.get(cell.name, {}),
        )


def _observation(trial: Trial) -> Observation | str:
    try:
        return observe(trial)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever stops it is a finding
        return mistake(error, lambda: observe(trial))


def _unrepeatable(cell: Cell, observed: Observation) -> Iterator[Finding]:
    """A user's network that is another one each time: every factor would seem to act."""
    if is_user_model(observed.trial.architecture):
        again = probe(observed.trial, World())
        if differs := of_probes(observed.probe, again):
            reason = (
                f"{cell.name}, built twice with one seed, differs in {', '.join(sorted(differs))}: "
                "it draws random numbers outside of torch, NumPy and random, or remembers what was "
                "built before"
            )
            yield _finding(Kind.IMPOSSIBLE, cell, (), reason)


def _finding(kind: Kind, cell: Cell, factors: tuple[str, ...], message: str) -> Finding:
    return Finding(kind=kind, cell=cell.name, factors=factors, place=cell.place, message=message)


def named(cell: Cell) -> str:
    """`pos_embed: none`, as the study spells it."""
    return ", ".join(f"{name}: {level_text(level)}" for name, level in cell.changes.items())

"""A history of the study's claims and planned seeds: before their runs, or after scores were seen.

    runs/claims/STUDY-SETTING.jsonl     a line for each time that claims or seeds were others

Both may be changed at any time. What cannot be done is to change them unnoticed: a claim that was
stated, or whose seeds were planned, after its scores could be seen is exploratory. That counts the
scores that are in the store, whatever the study was called that made them.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ablate.plan.make import Plan
from ablate.plan.trial import canonical
from ablate.store.files import append_line
from ablate.store.store import Store
from ablate.study.cells import deciding
from ablate.study.load import file_from, is_of_another
from ablate.study.schema import Claim

FOLDER = "claims"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A claim as it once stood in the study."""

    hash: str
    says: str
    seen: int
    """Planned seeds with a score in all cells that decide it, when all was first stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The claims and seeds of one time, and how many runs of the study had ended well by then."""

    claims: tuple[Stated, ...]
    finished: int
    seeds: frozenset[int] | None
    """The planned seeds; None where a rule adds them, and in notes of before they were kept."""

    @property
    def hashes(self) -> tuple[str, ...]:
        return tuple(one.hash for one in self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A plan as its notes tell it."""

    seen: tuple[int | None, ...]
    """Per claim: seeds with scores when it and its seeds were first stated; None if unknown."""
    withdrawn: tuple[str, ...]
    """Claims that were made before some run, and are made no more."""
    extended_from: tuple[int, ...] | None
    """The seeds that were planned first, if today's were planned after scores could be seen."""


def register(plan: Plan, store: Store) -> None:
    """Note the claims and seeds of a plan if they are not those noted last. Raises `OSError`."""
    notes = list(_notes(plan, store))
    now = _now(plan, store)
    if notes and (notes[-1].hashes, notes[-1].seeds) == (now.hashes, now.seeds):
        return
    claims = [_first(notes, one, now.seeds) or one for one in now.claims]
    file = _file(plan, store)
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"hash": one.hash, "says": one.says, "seen": one.seen} for one in claims]
    own = {"study": plan.study.name, "file": file_from(plan.study, store.root)}
    seeds = None if now.seeds is None else sorted(now.seeds)
    facts = {"finished": now.finished, "seeds": seeds, "claims": rows}
    append_line(file, {"format": 1, **own, **facts})


def history(plan: Plan, store: Store) -> History:
    """The notes on a plan's study; what nobody noted counts as stated now."""
    notes, now = list(_notes(plan, store)), _now(plan, store)
    known = [_first(notes, one, now.seeds) for one in now.claims]
    gone = {
        one.says
        for before, after in pairwise(notes)
        for one in before.claims
        if after.finished and one.hash not in after.hashes
    }
    today = {claim.says for claim in plan.study.claims}
    return History(
        seen=tuple(
            first.seen if first else one.seen or None
            for first, one in zip(known, now.claims, strict=True)
        ),
        withdrawn=tuple(sorted(gone - today)),
        extended_from=_extended_from(notes, now),
    )


def _first(notes: Sequence[Noted], claim: Stated, seeds: frozenset[int] | None) -> Stated | None:
    """The claim as it was first noted with these seeds."""
    return next(
        (
            one
            for note in notes
            if note.seeds in (seeds, None)
            for one in note.claims
            if one.hash == claim.hash
        ),
        None,
    )


def _extended_from(notes: Sequence[Noted], now: Noted) -> tuple[int, ...] | None:
    """The order of seeds and their groups' names are free: the set is what is planned."""
    planned = [note for note in notes if note.seeds is not None]
    numbers = [note.seeds for note in planned]
    at = numbers.index(now.seeds) if now.seeds in numbers else len(planned)
    finished = (*planned, now)[at].finished
    if not at or not finished or now.seeds is None:
        return None
    return tuple(sorted(planned[0].seeds or ()))


def claim_hash(claim: Claim, plan: Plan) -> str:
    """Of what a claim says and of all that decides it."""
    asked: list[object] = [claim.model_dump(exclude_none=True), plan.margin]
    if plan.adaptive is not None:
        asked.append(plan.adaptive.model_dump())
    return hashlib.sha256(canonical(asked).encode()).hexdigest()[:16]


def _now(plan: Plan, store: Store) -> Noted:
    """The claims and seeds of a plan as if they were first stated now."""
    runs = store.runs(plan).values()
    finished = {(run.trial.cell, run.trial.seed) for run in runs if run.finished}
    return Noted(
        claims=tuple(_stated(claim, plan, finished) for claim in plan.study.claims),
        finished=len(finished),
        seeds=None if plan.adaptive else frozenset(plan.seeds),
    )


def _stated(claim: Claim, plan: Plan, finished: set[tuple[str, int]]) -> Stated:
    names = deciding(claim, plan.cells)
    seen = sum(all((name, seed) in finished for name in names) for seed in plan.seeds)
    return Stated(hash=claim_hash(claim, plan), says=claim.says, seen=seen)


def _notes(plan: Plan, store: Store) -> Iterator[Noted]:
    file = _file(plan, store)
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            note = json.loads(line)
            if _is_of_another(note, plan, store):
                continue
            claims = tuple(
                Stated(hash=r["hash"], says=r["says"], seen=r["seen"]) for r in note["claims"]
            )
            seeds = note.get("seeds")
            planned = None if seeds is None else frozenset(seeds)
            yield Noted(claims=claims, finished=note["finished"], seeds=planned)
        except (ValueError, KeyError, TypeError):
            continue  # a line that was cut off by a crash; the next one says it all again


def _is_of_another(note: dict[str, Any], plan: Plan, store: Store) -> bool:
    """Whether a note is on another study whose notes have the same name."""
    other_name = note.get("study", plan.study.name) != plan.study.name
    return other_name or is_of_another(note.get("file", ""), plan.study, store.root)


def _file(plan: Plan, store: Store) -> Path:
    return store.root / FOLDER / f"{plan.study.name}-{plan.setting_name}.jsonl"

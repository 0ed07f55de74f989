"""A history of the study's claims: stated before their runs, or after scores could be seen.

    runs/claims/STUDY-SETTING.jsonl     a line for each time that the claims were others

A claim may be changed at any time. What cannot be done is to change it unnoticed.
"""

import hashlib
import json
from collections.abc import Iterator
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
    """Seeds with a score in all cells that decide it, when it was first stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The claims of one time, and how many runs of the study had ended well by then."""

    claims: tuple[Stated, ...]
    finished: int


def register(plan: Plan, store: Store) -> None:
    """Note the claims of a plan if they are not those noted last. Raises `OSError`."""
    notes = list(_notes(plan, store))
    hashes = [claim_hash(claim, plan) for claim in plan.study.claims]
    if hashes == [one.hash for one in (notes[-1].claims if notes else ())]:
        return
    known = {one.hash: one for note in notes for one in note.claims}
    finished = {
        (run.trial.cell, run.trial.seed) for run in store.runs(plan).values() if run.finished
    }
    now = [
        known.get(one) or _stated(claim, one, plan, finished)
        for claim, one in zip(plan.study.claims, hashes, strict=True)
    ]
    file = _file(plan, store)
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"hash": one.hash, "says": one.says, "seen": one.seen} for one in now]
    own = {"study": plan.study.name, "file": file_from(plan.study, store.root)}
    append_line(file, {"format": 1, **own, "finished": len(finished), "claims": rows})


def stated(plan: Plan, store: Store) -> tuple[dict[str, Stated], tuple[str, ...]]:
    """Hash → the claims of today as they were first stated; and those withdrawn after a run."""
    notes = list(_notes(plan, store))
    known = {one.hash: one for note in reversed(notes) for one in note.claims}
    gone = {
        one.says
        for before, after in pairwise(notes)
        for one in before.claims
        if after.finished and one not in after.claims
    }
    today = {claim.says for claim in plan.study.claims}
    return known, tuple(sorted(gone - today))


def claim_hash(claim: Claim, plan: Plan) -> str:
    """Of what a claim says and of all that decides it."""
    asked: list[object] = [claim.model_dump(exclude_none=True), plan.margin]
    if plan.adaptive is not None:
        asked.append(plan.adaptive.model_dump())
    return hashlib.sha256(canonical(asked).encode()).hexdigest()[:16]


def _stated(claim: Claim, hash_: str, plan: Plan, finished: set[tuple[str, int]]) -> Stated:
    names = deciding(claim, plan.cells)
    seen = sum(all((name, seed) in finished for name in names) for seed in plan.seeds)
    return Stated(hash=hash_, says=claim.says, seen=seen)


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
            yield Noted(claims=claims, finished=note["finished"])
        except (ValueError, KeyError, TypeError):
            continue  # a line that was cut off by a crash; the next one says it all again


def _is_of_another(note: dict[str, Any], plan: Plan, store: Store) -> bool:
    """Whether a note is on another study whose notes have the same name."""
    other_name = note.get("study", plan.study.name) != plan.study.name
    return other_name or is_of_another(note.get("file", ""), plan.study, store.root)


def _file(plan: Plan, store: Store) -> Path:
    return store.root / FOLDER / f"{plan.study.name}-{plan.setting_name}.jsonl"

"""Provenance of an analysis: the distinct environments of its runs, and the recipe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ablate.analysis.model import Provenance
from ablate.results.frame import Results
from ablate.study.schema import Study


def provenance(
    study: Study, results: Results, seeds: tuple[int, ...], rows: Sequence[Mapping[str, Any]]
) -> Provenance:
    """Every distinct value over the runs, entry by entry."""
    found = [row["environment"] for row in rows if row["environment"]]
    names = _distinct(name for e in found for name in e["fingerprint"])
    return Provenance(
        command=_command(study, results, seeds),
        commits=_distinct(e["commit"] for e in found if e["commit"]),
        packages=_distinct(f"{k} {v}" for e in found for k, v in e["packages"].items()),
        pythons=_distinct(e["python"] for e in found),
        platforms=_distinct(e["platform"] for e in found),
        devices=_distinct(e["device"] for e in found),
        threads=tuple(sorted({e["threads"] for e in found})),
        recipe=dict(results.recipe),
        fingerprint={
            name: _distinct(e["fingerprint"][name] for e in found if name in e["fingerprint"])
            for name in names
        },
    )


def _command(study: Study, results: Results, seeds: tuple[int, ...]) -> str:
    """The command that gives these numbers."""
    words = ["ablate", "run", study.name, "--setting", results.setting]
    if results.adaptive is None and seeds != study.seed_list:
        groups = study.seed_groups.items()
        name = next((name for name, group in groups if group == seeds), None)
        words += ["--seeds", name or ",".join(str(seed) for seed in seeds)]
    return " ".join(words)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))

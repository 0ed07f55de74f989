"""Two analyses, A and B: what changed beyond chance, and in what their contexts differ.

On the same data scores are compared: seed by seed where the one has all seeds of the other, else by
Welch's test. On other data scores mean something else, and contrasts are compared, by Welch's test.
The p-values are two-sided and adjusted over all cells that are compared (Holm).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from ablate.analysis.model import Analysis, CellResult, ClaimResult, Verdict
from ablate.analysis.pairs import pair_of
from ablate.analysis.verdicts import is_clear
from ablate.recipes.schema import Scalar
from ablate.stats import Difference, holm, unpaired_difference

Value = Scalar | tuple[Scalar, ...] | None
Kind = (
    Literal["study", "setting", "seeds", "margin", "recipe", "variant", "level"]
    | Literal["data", "code", "library", "commit", "python", "platform", "device", "threads"]
)
"""Kinds of what was asked, and of what answered."""
DATA_SET = "data set "
"""Prefix of a data set's entry in a fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """B minus A: of scores on the same data, of contrasts on other data."""

    difference: Difference
    p_adjusted: float | None
    """Adjusted over all cells that are compared."""
    clear: bool = False
    """Whether it is told from chance, all comparisons considered."""

    @property
    def is_nothing(self) -> bool:
        """Whether every seed has the very same score in both."""
        d = self.difference
        return isinstance(d, Difference) and d.mean == 0 and not d.sd


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPair:
    """A cell in both, or in one."""

    name: str
    a: CellResult | None
    b: CellResult | None
    shift: Shift | None
    """None where there is nothing to compare."""

    @property
    def either(self) -> CellResult:
        """The cell, whoever has it."""
        found = self.b or self.a
        assert found is not None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPair:
    """A claim and its verdict in each; None where it is not made."""

    says: str
    a: Verdict | None
    b: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextDifference:
    """Something in which the two differ before any score is compared."""

    kind: Kind
    name: str
    """The part of the recipe, the module, the library, …; empty where the kind says it all."""
    a: Value
    b: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """B against A. `format` counts the versions of what `--json` prints."""

    format: int = 1
    a: Analysis
    b: Analysis
    same_data: bool
    """Whether scores are compared; else contrasts are."""
    cells: tuple[CellPair, ...]
    claims: tuple[ClaimPair, ...]
    ordered: int
    """Pairs of cells of one model that both have scores of."""
    same_order: int
    """As many of them as have the same order in both."""
    differences: tuple[ContextDifference, ...]
    code_known: bool
    """Whether both say which code made them; `analysis.json` once did not."""


def compare(a: Analysis, b: Analysis) -> Comparison:
    """B against A, cell by cell."""
    differences = tuple(_differences(a, b))
    same_data = not any(one.kind in ("setting", "data") for one in differences)
    cells = _adjusted([_pair(name, a, b, same_data) for name in _names(a, b)])
    order = list(_order(cells))
    return Comparison(
        a=a,
        b=b,
        same_data=same_data,
        cells=cells,
        claims=tuple(_claims(a, b)),
        ordered=len(order),
        same_order=sum(order),
        differences=differences,
        code_known=bool(a.provenance.fingerprint and b.provenance.fingerprint),
    )


def shared(a: Analysis, b: Analysis) -> tuple[str, ...]:
    """The cells that both have, in the order of B."""
    before = {cell.name for cell in a.cells}
    return tuple(cell.name for cell in b.cells if cell.name in before)


def _names(a: Analysis, b: Analysis) -> tuple[str, ...]:
    """All cells model by model: those of B in its order, each model's with what only A has."""
    every = [*b.cells, *a.cells]
    models = dict.fromkeys(cell.model for cell in every)
    return tuple(
        dict.fromkeys(cell.name for model in models for cell in every if cell.model == model)
    )


def _pair(name: str, a: Analysis, b: Analysis, same_data: bool) -> CellPair:
    before = next((cell for cell in a.cells if cell.name == name), None)
    after = next((cell for cell in b.cells if cell.name == name), None)
    shift = None
    if before and after:
        difference = (_of_scores if same_data else _of_contrasts)(before, after)
        shift = Shift(difference=difference, p_adjusted=None) if difference else None
    return CellPair(name=name, a=before, b=after, shift=shift)


def _of_scores(before: CellResult, after: CellResult) -> Difference | None:
    """Seed by seed where they share seeds."""
    return pair_of(after, before).difference


def _of_contrasts(before: CellResult, after: CellResult) -> Difference | None:
    """Other data or another recipe: nothing is shared."""
    if before.contrast is None or after.contrast is None:
        return None
    old = [one.score for one in before.contrast.pairs]
    new = [one.score for one in after.contrast.pairs]
    found = unpaired_difference(new, old)
    return replace(found, p=None) if before.contrast.has_gaps or after.contrast.has_gaps else found


def _adjusted(pairs: Sequence[CellPair]) -> tuple[CellPair, ...]:
    adjusted = holm([pair.shift.difference.p if pair.shift else None for pair in pairs])
    return tuple(
        replace(
            pair, shift=replace(pair.shift, p_adjusted=p, clear=is_clear(p) and not _lost(pair))
        )
        if pair.shift
        else pair
        for pair, p in zip(pairs, adjusted, strict=True)
    )


def _lost(pair: CellPair) -> bool:
    """Whether either lost runs to itself."""
    return any(cell.lost for cell in (pair.a, pair.b) if cell)


def _order(pairs: Sequence[CellPair]) -> Iterator[bool]:
    """For every two cells of a model whether B has them in the order of A."""
    means = [
        (pair.a.model, pair.a.estimate.mean, pair.b.estimate.mean)
        for pair in pairs
        if pair.a and pair.b
    ]
    known = [(model, x, y) for model, x, y in means if x is not None and y is not None]
    for (model, x, y), (other, v, w) in combinations(known, 2):
        if model == other:
            yield (x > v) == (y > w) and (x < v) == (y < w)


def _claims(a: Analysis, b: Analysis) -> Iterator[ClaimPair]:
    before = {_asked(claim): claim.verdict for claim in a.claims}
    after = {_asked(claim): claim.verdict for claim in b.claims}
    for asked in {**after, **before}:
        yield ClaimPair(says=asked[0], a=before.get(asked), b=after.get(asked))


def _asked(claim: ClaimResult) -> tuple[str, *tuple[object, ...]]:
    """The words of a claim and what it asks: the same words may come to ask something else."""
    steps = tuple((step.higher, step.lower) for step in claim.steps)
    of = (claim.cell, claim.kind, claim.against, claim.expect, claim.at_least, steps)
    return (claim.says, *of)


def _differences(a: Analysis, b: Analysis) -> Iterator[ContextDifference]:
    """In what was asked, then in what answered; a name that one lacks is None there."""
    before, after = _context(a), _context(b)
    for kind in [kind for kind in before if kind in after]:
        old, new = before[kind], after[kind]
        for name in {**old, **new}:
            shared = name in old and name in new
            if old.get(name) != new.get(name) and (shared or kind != "level"):
                yield ContextDifference(kind=kind, name=name, a=old.get(name), b=new.get(name))


def _context(analysis: Analysis) -> dict[Kind, Mapping[str, Value]]:
    """Kind → name → value; without code and data where nobody noted them."""
    where = analysis.provenance
    asked: dict[Kind, Mapping[str, Value]] = {
        "study": {"": analysis.study},
        "setting": {"": analysis.setting},
        "seeds": {"": analysis.seeds},
        "margin": {"": analysis.margin},
        "recipe": where.recipe,
        "variant": _distinct((cell.model, cell.trained_variant) for cell in analysis.cells),
        "level": {
            f"{c.name} {name}": level for c in analysis.cells for name, level in c.levels.items()
        },
    }
    answered: dict[Kind, Mapping[str, Value]] = {
        "library": _distinct(package.split(" ", 1) for package in where.packages),
        "commit": {"": where.commits},
        "python": {"": where.pythons},
        "platform": {"": where.platforms},
        "device": {"": where.devices},
        "threads": {"": where.threads},
    }
    return asked | _code(where.fingerprint) | answered


def _code(fingerprint: Mapping[str, tuple[str, ...]]) -> dict[Kind, Mapping[str, Value]]:
    if not fingerprint:
        return {}
    data = {k.removeprefix(DATA_SET): v for k, v in fingerprint.items() if k.startswith(DATA_SET)}
    return {"data": data, "code": {k: v for k, v in fingerprint.items() if k.endswith(".py")}}


def _distinct(pairs: Iterable[Sequence[str]]) -> dict[str, Value]:
    """Name → its distinct values, such as the versions of a library."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        known = found.get(name, ())
        found[name] = known if value in known else (*known, value)
    return {**found}

"""Two analyses, A and B, beside each other: what changed beyond chance, and what is not alike.

On the same data scores are compared: seed by seed where the one has all seeds of the other, else by
Welch's test. On other data scores mean something else, and contrasts are compared, by Welch's test.
The p-values are two-sided and adjusted over all cells that are compared (Holm).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from ablate.analysis.model import Analysis, CellResult, Verdict
from ablate.analysis.pairs import Pair
from ablate.analysis.verdicts import is_clear
from ablate.recipes.schema import Scalar
from ablate.stats import Difference, holm, unpaired_difference

Value = Scalar | tuple[Scalar, ...] | None
Asked = Literal["study", "setting", "seeds", "margin", "recipe", "variant", "level"]
Made = Literal["data", "code", "library", "commit", "python", "platform", "device", "threads"]
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
class Unlike:
    """Something in which the two differ before any score is looked at."""

    kind: Asked | Made
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
    unlike: tuple[Unlike, ...]
    code_known: bool
    """Whether both say which code made them; `analysis.json` once did not."""


def compare(a: Analysis, b: Analysis) -> Comparison:
    """B against A, cell by cell."""
    unlike = (*asked(a, b), *made(a, b))
    same_data = not any(one.kind in ("setting", "data") for one in unlike)
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
        unlike=unlike,
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
    return Pair(treated=after.by_seed, base=before.by_seed).difference


def _of_contrasts(before: CellResult, after: CellResult) -> Difference | None:
    """Other data or another recipe: nothing is shared."""
    if before.contrast is None or after.contrast is None:
        return None
    old = [one.score for one in before.contrast.pairs]
    new = [one.score for one in after.contrast.pairs]
    return unpaired_difference(new, old)


def _adjusted(pairs: Sequence[CellPair]) -> tuple[CellPair, ...]:
    adjusted = holm([pair.shift.difference.p if pair.shift else None for pair in pairs])
    return tuple(
        replace(pair, shift=replace(pair.shift, p_adjusted=p, clear=is_clear(p)))
        if pair.shift
        else pair
        for pair, p in zip(pairs, adjusted, strict=True)
    )


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
    before = {claim.says: claim.verdict for claim in a.claims}
    after = {claim.says: claim.verdict for claim in b.claims}
    for says in {**after, **before}:
        yield ClaimPair(says=says, a=before.get(says), b=after.get(says))


def asked(a: Analysis, b: Analysis) -> Iterator[Unlike]:
    """Differences in what was asked."""
    yield from _unlike("study", {"": a.study}, {"": b.study})
    yield from _unlike("setting", {"": a.setting}, {"": b.setting})
    yield from _unlike("seeds", {"": a.seeds}, {"": b.seeds})
    yield from _unlike("margin", {"": a.margin}, {"": b.margin})
    yield from _unlike("recipe", a.provenance.recipe, b.provenance.recipe)
    yield from _unlike("variant", _variants(a.cells), _variants(b.cells))
    yield from _levels(a.cells, b.cells)


def _variants(cells: Sequence[CellResult]) -> dict[str, Value]:
    """Model → what was trained for it."""
    models = dict.fromkeys(cell.model for cell in cells)
    return {
        model: tuple(dict.fromkeys(c.trained_variant for c in cells if c.model == model))
        for model in models
    }


def _levels(before: Sequence[CellResult], after: Sequence[CellResult]) -> Iterator[Unlike]:
    """The factors at which a cell of the same name has another level, such as a new baseline."""
    old = {cell.name: cell.levels for cell in before}
    for cell in after:
        levels = old.get(cell.name, {})
        for factor in [name for name in cell.levels if name in levels]:
            name = f"{cell.name} {factor}"
            yield from _unlike("level", {name: levels[factor]}, {name: cell.levels[factor]})


def made(a: Analysis, b: Analysis) -> Iterator[Unlike]:
    """Differences in what answered: data, code, libraries, machines."""
    one, other = a.provenance, b.provenance
    if one.fingerprint and other.fingerprint:
        yield from _unlike("data", _data(one.fingerprint), _data(other.fingerprint))
        yield from _unlike("code", _code(one.fingerprint), _code(other.fingerprint))
    yield from _unlike("library", _versions(one.packages), _versions(other.packages))
    yield from _unlike("commit", {"": one.commits}, {"": other.commits})
    yield from _unlike("python", {"": one.pythons}, {"": other.pythons})
    yield from _unlike("platform", {"": one.platforms}, {"": other.platforms})
    yield from _unlike("device", {"": one.devices}, {"": other.devices})
    yield from _unlike("threads", {"": one.threads}, {"": other.threads})


def _data(fingerprint: Mapping[str, tuple[str, ...]]) -> dict[str, Value]:
    return {
        name.removeprefix(DATA_SET): hashes
        for name, hashes in fingerprint.items()
        if name.startswith(DATA_SET)
    }


def _code(fingerprint: Mapping[str, tuple[str, ...]]) -> dict[str, Value]:
    return {name: hashes for name, hashes in fingerprint.items() if name.endswith(".py")}


def _versions(packages: Sequence[str]) -> dict[str, Value]:
    """`torch 2.11.0`, `torch 2.12.0`, … by name."""
    names = dict.fromkeys(package.partition(" ")[0] for package in packages)
    return {
        name: tuple(p.partition(" ")[2] for p in packages if p.partition(" ")[0] == name)
        for name in names
    }


def _unlike(
    kind: Asked | Made, before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[Unlike]:
    """The names whose value is not the same in both; a name that one lacks is None there."""
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Unlike(kind=kind, name=name, a=before.get(name), b=after.get(name))

"""What `ablate models` and `ablate model` say, as text. Only measuring a model imports torch."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ablate.cli.list import table
from ablate.errors import AblateError, UnknownNameError
from ablate.models.catalog import (
    ARCHITECTURES,
    COMPARISONS,
    Architecture,
    architecture_names,
    describe,
    in_words,
)
from ablate.study.designs import level_text
from ablate.study.source import read_value

if TYPE_CHECKING:
    from ablate.measure.macs import Measured, Row
    from ablate.models.outline import Outlined

WIDTH = 100
ON_THE_LEFT = frozenset({"part", "variant"})
"""The columns of words; numbers stand on the right."""
TIED = "\u00a0×\u00a0"
"""A size stays on one line."""


def models_text() -> str:
    """Every architecture and its variants, by name alone: to measure them all takes seconds."""
    lines, width = ["architectures"], widest(list(ARCHITECTURES))
    for described in map(describe, ARCHITECTURES):
        lines += wrapped(described.title, f"  {described.name:<{width}}  ")
        lines += wrapped(", ".join(described.variants), " " * (width + 4))
    compared = " and ".join(f"{library}:NAME" for library in COMPARISONS)
    hint = (
        "`ablate model NAME` shows what a variant is made of, what it costs, and what can change."
    )
    return "\n".join(
        [*lines, "", f"To compare with: {compared}, any classification network.", hint]
    )


def model_text(name: str, image_size: int | None, changes: Iterable[str]) -> str:
    """The variants of an architecture, or one variant with its parts and toggles."""
    sizes = {} if image_size is None else {"image_size": image_size}
    levels = dict(map(parse_change, changes))
    if name not in architecture_names():
        return variant_text(*find_variant(name), sizes, levels)
    if sizes or levels:
        one = next(iter(describe(name).variants))
        raise AblateError(f"{name} is an architecture; name a variant of it, such as {one}")
    return architecture_text(describe(name))


def parse_change(change: str) -> tuple[str, Any]:
    """`kv_stride=1` → the toggle and its level, spelled as in a study file."""
    toggle, equals, level = change.partition("=")
    if not equals:
        raise AblateError(f"{change!r} sets nothing; write toggle=level, such as drop_path=0.1")
    try:
        return toggle.strip(), read_value(level)
    except ValueError as error:
        raise AblateError(f"{toggle}: {error}") from error


def find_variant(name: str) -> tuple[Architecture, str]:
    """The architecture and the variant that are meant: `cvt-13`, `cvt:cvt-13`, `timm:resnet50`."""
    family, colon, variant = name.partition(":")
    if colon:
        described = describe(family)
        if variant not in described.variants:
            raise UnknownNameError(f"variant of {family}", variant, described.variants)
        return described, variant
    for described in map(describe, ARCHITECTURES):
        if name in described.variants:
            return described, name
    known = [word for one in ARCHITECTURES for word in (one, *describe(one).variants)]
    raise UnknownNameError("model", name, known)


def architecture_text(described: Architecture) -> str:
    """Its variants with what they cost; those of a library are too many to be measured."""
    if described.name in COMPARISONS:
        names = wrapped(", ".join(described.variants), "  ")
        return "\n".join([*wrapped(described.title), "", *names])
    rows = [("variant", "image", "parameters", "MACs (M)")]
    for variant in described.variants:
        whole, _ = measured(described, variant, {})
        side = described.defaults(variant)["image_size"]
        rows.append((variant, square(side), f"{whole.parameters:,}", millions(whole.macs, 1)))
    return "\n".join([*origin(described), "", *numbers(rows)])


def variant_text(
    described: Architecture,
    variant: str,
    sizes: Mapping[str, Any],
    levels: Mapping[str, Any],
) -> str:
    """Its table as a paper prints it, what the changed levels cost, its toggles, whose it is."""
    overrides = {**sizes, **levels}
    whole, rows = measured(described, variant, overrides)
    changed = ", ".join(f"{toggle}={level_text(level)}" for toggle, level in levels.items())
    values = {**described.defaults(variant), **overrides}
    image = f"{values['in_channels']} × {square(values['image_size'])}"
    lines = wrapped(
        f"{variant}{f' with {changed}' if levels else ''}: {whole.parameters:,} parameters, "
        f"{amount(whole.macs)} MACs for an image of {image}, {values['num_classes']} classes"
    )
    if levels:
        plain, _ = measured(described, variant, sizes)
        lines.append(f"against {variant}{same_image(sizes)}: {difference(plain, whole)}")
    lines += ["", *part_lines(rows, whole), "", *toggle_lines(described, variant)]
    return "\n".join([*lines, "", *origin(described)])


def same_image(sizes: Mapping[str, Any]) -> str:
    return "".join(f" at {side} × {side}" for side in sizes.values())


def origin(described: Architecture) -> list[str]:
    """What the architecture is, and in which paper."""
    paper = [] if described.name in COMPARISONS else wrapped(described.paper)
    return [*wrapped(described.title), *paper]


def measured(
    described: Architecture, variant: str, overrides: Mapping[str, Any]
) -> tuple[Measured, tuple[Row, ...]]:
    """The whole and its parts."""
    from ablate.measure.macs import image_shape, measure_parts, sketch, total

    try:
        model = sketch(described.name, variant, overrides)
    except ValueError as error:  # a wrong name or level, or levels that do not go together
        raise AblateError(str(error)) from error
    image = image_shape(described.name, variant, overrides)
    rows = measure_parts(model, image, cast("Outlined", model).outline())
    return total(rows), rows


def part_lines(rows: Sequence[Row], whole: Measured) -> list[str]:
    """The table of the architecture; a column that no part has anything in is left out."""
    head = ("part", "resolution", "tokens", "dim", "blocks", "heads", "parameters", "MACs (M)")
    places = 1 if whole.macs >= 1e9 else 3
    cells = [
        (
            row.part.name,
            square(row.part.side),
            *map(whole_number, (row.part.tokens, row.part.dim, row.part.blocks)),
            whole_number(row.part.num_heads),
            f"{row.parameters:,}",
            millions(row.macs, places),
        )
        for row in rows
    ]
    last = ("total", *[""] * 5, f"{whole.parameters:,}", millions(whole.macs, places))
    columns = [column for column in zip(head, *cells, last, strict=True) if any(column[1:])]
    return numbers(list(zip(*columns, strict=True)))


def toggle_lines(described: Architecture, variant: str) -> list[str]:
    """Each toggle: its value in that variant, what it may be, the paper's table that is about it.

    What makes a comparison the network that it is, library and name, is no toggle.
    """
    fixed = described.variants[variant] if described.name in COMPARISONS else ()
    values: dict[str, Any] = described.defaults(variant)
    rows = [
        (name, level_text(values[name]), in_words(toggle.type), toggle.source)
        for name, toggle in described.toggles.items()
        if name not in fixed
    ]
    rows.insert(0, ("toggle", "default", "levels", "paper"))
    names, defaults, _, sources = zip(*rows, strict=True)
    room = WIDTH - 8 - widest(names) - widest(defaults) - widest(sources)
    return table([line for row in rows for line in fold(row, 2, max(room, 20))])


def fold(row: tuple[str, ...], column: int, room: int) -> list[tuple[str, ...]]:
    """The row as several lines, so that one column is no wider than `room`."""
    before, after = row[:column], row[column + 1 :]
    first, *more = textwrap.wrap(row[column], room, break_on_hyphens=False)
    blank = ("",) * len(before), ("",) * len(after)
    return [(*before, first, *after), *((*blank[0], text, *blank[1]) for text in more)]


def numbers(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """`table`, but with numbers on the right."""
    columns = [
        column if column[0] in ON_THE_LEFT else tuple(cell.rjust(widest(column)) for cell in column)
        for column in zip(*rows, strict=True)
    ]
    return table(list(zip(*columns, strict=True)))


def widest(cells: Sequence[str]) -> int:
    return max(map(len, cells))


def wrapped(text: str, first: str = "") -> list[str]:
    """Lines that fit; those after the first stand below where its text began."""
    tied = text.replace(" × ", TIED)
    below = " " * len(first)
    lines = textwrap.wrap(
        tied, WIDTH, initial_indent=first, subsequent_indent=below, break_on_hyphens=False
    )
    return [line.replace(TIED, " × ") for line in lines]


def square(side: object) -> str:
    return "" if side is None else f"{side} × {side}"


def whole_number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def millions(macs: int, places: int) -> str:
    """`4,566.1`; what rounding would take away is `<0.1`, so that 0.0 means none."""
    least = 10.0**-places
    return f"<{least:g}" if 0 < macs / 1e6 < least / 2 else f"{macs / 1e6:,.{places}f}"


def amount(macs: int) -> str:
    """`4.566 G`, `304.661 M`, `640`."""
    for unit, size in {"G": 1e9, "M": 1e6}.items():
        if macs >= size:
            return f"{macs / size:.3f} {unit}"
    return f"{macs:,}"


def difference(plain: Measured, changed: Measured) -> str:
    """`−436,416 parameters, +2.077 G MACs`, `as many parameters, −640 MACs`."""
    more, dearer = changed.parameters - plain.parameters, changed.macs - plain.macs
    parameters = f"{sign(more)}{abs(more):,}" if more else "as many"
    macs = f"{sign(dearer)}{amount(abs(dearer))}" if dearer else "as many"
    return f"{parameters} parameters, {macs} MACs"


def sign(value: int) -> str:
    return "−" if value < 0 else "+"

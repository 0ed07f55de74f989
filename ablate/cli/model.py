"""`ablate model NAME`: what a variant is made of, what it costs, and what can change.

Only measuring a model imports torch.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ablate.cli._table import table
from ablate.cli.parser import DONE, Parser, positive_int
from ablate.errors import AblateError, UnknownNameError
from ablate.models.catalog import (
    ARCHITECTURES,
    MODEL_LIBRARIES,
    Architecture,
    architecture_names,
    describe,
    in_words,
)
from ablate.study.levels import level_text
from ablate.study.source import read_value

if TYPE_CHECKING:
    from ablate.measure.macs import Measured, Row
    from ablate.models.outline import Outlined

WIDTH = 100
TIED = "\u00a0×\u00a0"
"""A size stays on one line."""
HEAD = ("part", "resolution", "tokens", "dim", "blocks", "heads", "parameters", "MACs (M)")


def add_arguments(command: Parser) -> None:
    add = command.add_argument
    add("name", metavar="NAME", help="a variant, an architecture, torchvision:NAME or timm:NAME")
    add("--image-size", type=positive_int, metavar="N", help="pixels (default: the variant's)")
    change = "toggle=level, as a study file spells it: what differs from the variant"
    add("--set", nargs="+", action="extend", default=[], metavar="TOGGLE=LEVEL", help=change)


def run(options: argparse.Namespace) -> int:
    print(model_text(options.name, options.image_size, options.set))
    return DONE


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
    """The architecture and the variant of a name: `cvt-13`, `cvt:cvt-13`, `timm:resnet50`."""
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
    """Its variants and their costs; those of a library are too many to be measured."""
    if described.name in MODEL_LIBRARIES:
        names = wrapped(", ".join(described.variants), "  ")
        return "\n".join([*wrapped(described.title), "", *names])
    rows = [("variant", "image", "parameters", "MACs (M)")]
    for variant in described.variants:
        whole, _ = measured(described, variant, {})
        side = described.defaults(variant)["image_size"]
        rows.append((variant, square(side), f"{whole.parameters:,}", millions(whole.macs, 1)))
    return "\n".join([*_origin(described), "", *table(rows, right=(1, 2, 3))])


def variant_text(
    described: Architecture, variant: str, sizes: Mapping[str, Any], levels: Mapping[str, Any]
) -> str:
    """Its table as a paper prints it, what the changed levels cost, its toggles, its origin."""
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
        at = "".join(f" at {square(side)}" for side in sizes.values())
        lines.append(f"against {variant}{at}: {difference(plain, whole)}")
    lines += ["", *_part_lines(rows, whole), "", *_toggle_lines(described, variant)]
    return "\n".join([*lines, "", *_origin(described)])


def _origin(described: Architecture) -> list[str]:
    """The architecture in a sentence, and its paper."""
    paper = [] if described.name in MODEL_LIBRARIES else wrapped(described.paper)
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


def _part_lines(rows: Sequence[Row], whole: Measured) -> list[str]:
    """The table of the architecture; a column that no part has anything in is left out."""
    places = 1 if whole.macs >= 1e9 else 3
    cells = [
        (
            row.part.name,
            square(row.part.side),
            *(
                "" if n is None else f"{n:,}"
                for n in (row.part.tokens, row.part.dim, row.part.blocks, row.part.num_heads)
            ),
            f"{row.parameters:,}",
            millions(row.macs, places),
        )
        for row in rows
    ]
    last = ("total", *[""] * 5, f"{whole.parameters:,}", millions(whole.macs, places))
    columns = [column for column in zip(HEAD, *cells, last, strict=True) if any(column[1:])]
    return table(zip(*columns, strict=True), right=range(1, len(columns)))


def _toggle_lines(described: Architecture, variant: str) -> list[str]:
    """Each toggle: its value in that variant, its levels, the paper's table that ablates it.

    Library and name, which say which network it is, are not toggles.
    """
    fixed = described.variants[variant] if described.name in MODEL_LIBRARIES else ()
    values: dict[str, Any] = described.defaults(variant)
    rows = [
        (name, level_text(values[name]), in_words(toggle.type), toggle.source)
        for name, toggle in described.toggles.items()
        if name not in fixed
    ]
    rows.insert(0, ("toggle", "default", "levels", "paper"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = max(20, WIDTH - 8 - (sum(widths) - widths[2]))
    return table(line for row in rows for line in fold(row, 2, room))


def fold(row: tuple[str, ...], column: int, room: int) -> list[tuple[str, ...]]:
    """The row as several lines, so that one column is no wider than `room`."""
    first, *more = textwrap.wrap(row[column], room, break_on_hyphens=False)
    below = [tuple(text if i == column else "" for i in range(len(row))) for text in more]
    return [(*row[:column], first, *row[column + 1 :]), *below]


def wrapped(text: str, first: str = "") -> list[str]:
    """Lines that fit; those after the first stand below where its text began."""
    lines = textwrap.wrap(
        text.replace(" × ", TIED),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
    )
    return [line.replace(TIED, " × ") for line in lines]


def square(side: object) -> str:
    return "" if side is None else f"{side} × {side}"


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
    parameters = _signed(changed.parameters - plain.parameters, "{:,}".format)
    macs = _signed(changed.macs - plain.macs, amount)
    return f"{parameters} parameters, {macs} MACs"


def _signed(more: int, text: Callable[[int], str]) -> str:
    return f"{'−' if more < 0 else '+'}{text(abs(more))}" if more else "as many"

"""How sure a difference is besides its t-interval over seeds: other images, an exact test."""

from __future__ import annotations

from collections.abc import Iterator

from ablate.analysis.model import Analysis, CellResult, Contrast
from ablate.report.blocks import Column, Details, Group, Row, Table, TableCell
from ablate.report.formatting import (
    MISSING,
    count,
    difference_decimals,
    interval,
    p_text,
    share,
    units,
)
from ablate.report.labels import full_label, join_words
from ablate.report.sections.answer import is_clear


def certainty(analysis: Analysis) -> Iterator[Details]:
    """A table for those who open it; nothing where there is nothing but the t-interval."""
    contrasts = [(cell, cell.contrast) for cell in analysis.cells if cell.contrast]
    images = any(contrast.test_set for _, contrast in contrasts)
    exact = any(contrast.p_exact is not None for _, contrast in contrasts)
    if not images and not exact:
        return
    columns = [Column(title="Change", factor=True), _number("Over seeds")]
    columns += [_number("Over test images"), _number("Over both")] if images else []
    columns += [_number("p")] + ([_number("p, exact")] if exact else [])
    rows = tuple(_row(*pair, analysis, images, exact) for pair in contrasts)
    table = Table(
        caption=_caption(analysis, images, exact),
        columns=tuple(columns),
        groups=(Group(rows=rows),),
    )
    yield Details(summary="Other intervals and tests", table=table, file="results.csv")


def fragile(analysis: Analysis) -> str:
    """Clear differences that another test set might not show; nothing if there are none."""
    found = [
        cell
        for cell in analysis.cells
        if is_clear(cell) and cell.contrast and _reaches_zero(cell.contrast)
    ]
    if not found:
        return ""
    images = {cell.contrast.test_set.images for cell in found if cell.contrast.test_set}  # type: ignore[union-attr]
    names = join_words(full_label(cell, analysis) for cell in found)
    return (
        f"Clear on these {count(max(images), 'test image')}, but not beyond doubt on as many "
        f"others: {names}."
    )


def _reaches_zero(contrast: Contrast) -> bool:
    both = contrast.test_set.over_both if contrast.test_set else None
    return both is not None and both[0] <= 0 <= both[1]


def _number(title: str) -> Column:
    return Column(title=title, align="right")


def _row(
    cell: CellResult, contrast: Contrast, analysis: Analysis, images: bool, exact: bool
) -> Row:
    d, found = contrast.difference, contrast.test_set
    places = difference_decimals(d, analysis.metric)
    texts = [full_label(cell, analysis), interval(d.low, d.high, places)]
    if images:
        pairs = (found.over_images, found.over_both) if found else (None, None)
        texts += [interval(*pair, places) if pair else "" for pair in pairs]
    texts.append(p_text(contrast.p_adjusted))
    texts += [p_text(contrast.p_exact)] if exact else []
    return Row(label=texts[0], cells=tuple(TableCell(text=text or MISSING) for text in texts))


def _caption(analysis: Analysis, images: bool, exact: bool) -> str:
    parts = [
        f"{share(analysis.confidence)} intervals of the differences in {units(analysis.metric)}: "
        "over seeds (the table of results)"
    ]
    if images:
        parts.append("over test images, with the networks as they are")
        parts.append("over both, as if seeds and test images were drawn anew")
    tests = "p is that of the paired t-test, adjusted for the others"
    tests += "; exact, that of the sign-flip test by itself" if exact else ""
    return f"{'; '.join(parts)}. Of the tests, {tests}."

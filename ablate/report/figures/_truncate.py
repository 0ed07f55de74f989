"""Words that must fit: shortened so that what was different stays different."""

import textwrap
from collections.abc import Sequence
from itertools import product

HEADS = (0.5, 0.7, 0.3, 0.9, 0.1, 1.0, 0.0)
"""Shares of a shortened label that come from its beginning; the rest is its end."""


def shorten(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def distinct(labels: Sequence[str], fits: Sequence[int]) -> list[str]:
    """Each label as long as it may be, and no two alike that were not: they lose their middle.

    Words are kept whole where they can be. What no ends tell apart is numbered.
    """
    for whole, head in product((True, False), HEADS):
        short = [middle(text, most, head, whole) for text, most in zip(labels, fits, strict=True)]
        if len(set(short)) == len(set(labels)):
            return short
    numbers = {text: f"… {n}" for n, text in enumerate(dict.fromkeys(labels), start=1)}
    return [
        text[: most - len(numbers[text])].rstrip() + numbers[text]
        for text, most in zip(labels, fits, strict=True)
    ]


def middle(text: str, most: int, head: float, whole: bool) -> str:
    """The beginning and the end of a text that is too long, with an ellipsis between them."""
    if len(text) <= most:
        return text
    start = _start(text, round(head * (most - 1)), whole).rstrip(" ,:·")
    end = _start(text[::-1], most - 1 - len(start), whole)[::-1].lstrip()
    return f"{start}…{end}"


def _start(text: str, most: int, whole: bool) -> str:
    """As much of a text as fits; if there is a whole word, no part of one."""
    cut = text[:most]
    if not whole or " " not in cut or text[most : most + 1] in " ,:":
        return cut
    return cut.rpartition(" ")[0]


def folded(labels: Sequence[str], width: int) -> list[str]:
    """The labels in lines of that width, two at most, and no two alike that were not."""
    for most in range(2 * width, width, -1):
        short = distinct(labels, [most] * len(labels))
        folds = [textwrap.wrap(text, width, break_on_hyphens=False) for text in short]
        found = ["\n".join(lines) for lines in folds]
        if max(map(len, folds), default=0) <= 2 and len(set(found)) == len(set(labels)):
            return found
    return distinct(labels, [width] * len(labels))

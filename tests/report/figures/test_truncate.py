"""Words that must fit, and still tell what they told."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ablate.report.figures._truncate import distinct, folded, shorten

LABELS = st.lists(st.text("ab ,…1", min_size=1, max_size=70).map(str.strip), min_size=1, max_size=9)
LABELS = LABELS.map(lambda labels: [" ".join(text.split()) or "a" for text in labels])


@pytest.mark.parametrize(
    ("text", "most", "short"), [("abc", 3, "abc"), ("abcdef", 4, "abc…"), ("ab cdef", 4, "ab…")]
)
def test_shorten(text, most, short):
    assert shorten(text, most) == short


@given(LABELS, st.integers(8, 40))
@example(["a" * 50 + str(n) + "a" * 50 for n in range(9)], 10)
def test_what_differed_still_differs_and_fits(labels, most):
    short = distinct(labels, [most] * len(labels))
    assert all(len(text) <= most for text in short)
    assert len(set(short)) == len(set(labels))


@given(LABELS, st.integers(8, 30))
def test_folded_lines_fit_and_still_differ(labels, width):
    found = folded(labels, width)
    assert all(len(line) <= width for text in found for line in text.split("\n"))
    assert all(text.count("\n") <= 1 for text in found)
    assert len(set(found)) == len(set(labels))


def test_what_fits_stays_and_the_rest_loses_its_middle_between_words():
    labels = ["baseline", "Distillation: hard", "Distillation: hard, Token: ✓, Teacher: deit-b"]
    assert distinct(labels, [50] * 3) == labels
    assert distinct(labels, [30] * 3) == [
        "baseline",
        "Distillation: hard",
        "Distillation…Teacher: deit-b",
    ]
    assert folded(labels, 19)[1:] == ["Distillation: hard", "Distillation…✓,\nTeacher: deit-b"]


def test_labels_that_differ_in_the_middle_are_numbered():
    labels = [f"{'a' * 30}{n}{'b' * 30}" for n in (1, 2)]
    assert distinct(labels, [12] * 2) == ["aaaaaaaaa… 1", "aaaaaaaaa… 2"]

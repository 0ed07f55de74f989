import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.report.clean import clean, line, without_paths
from tests.report.examples import full, hostile


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("one\ntwo\r\n\tthree", "one two three"),
        ("  spaces   within ", "spaces within"),
        ("\x1b[31mred\x00\x07", "[31mred"),
        ("abc\u202edef\u2066", "abcdef"),
        ("soft\u00adhyphen \ufeff", "softhyphen"),
        ("\ud800 lone surrogate", "lone surrogate"),
        ("naïve 漢字 ✓ 👩\u200d🔬 می\u200cخواهم", "naïve 漢字 ✓ 👩\u200d🔬 می\u200cخواهم"),
        ("", ""),
    ],
)
def test_line(text, cleaned):
    assert line(text) == cleaned


@given(st.text())
def test_a_line_is_one_line_that_can_be_written_and_cleaned_again(text):
    cleaned = line(text)
    assert len(cleaned.splitlines()) <= 1
    assert line(cleaned) == cleaned
    cleaned.encode()


def test_every_text_is_cleaned_and_nothing_else_changes():
    assert clean(full()) == full()
    found = clean(hostile())
    assert "\x1b" not in repr(found)
    assert "\\x1b" not in repr(found)
    assert "\\u202e" not in repr(found)
    assert found.cells[0].estimate == hostile().cells[0].estimate


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no such file: '/home/jane/data/x.npz'", "no such file: '…/x.npz'"),
        ("/a/b", "…/b"),
        ("in /home/jane doe/a b/c.py, line 3", "in …/c.py, line 3"),
        (r"at C:\Users\jane\x.py: bad", "at …/x.py: bad"),
        (r"\\server\share\x", "…/x"),
        ("--runs /scratch/me/runs/", "--runs …/runs"),
        ("/tmp", "/tmp"),
        ("loss/val is NaN, 1/2/3", "loss/val is NaN, 1/2/3"),
        ("1,077 / 360 / 360 images", "1,077 / 360 / 360 images"),
        ("see https://arxiv.org/abs/2103.15808", "see https://arxiv.org/abs/2103.15808"),
        ("studies/pos_embedding.yaml:3", "studies/pos_embedding.yaml:3"),
        ("../runs/a", "../runs/a"),
    ],
)
def test_without_paths(text, left):
    assert without_paths(text) == left

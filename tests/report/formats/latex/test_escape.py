import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.report.formats.latex.escape import GREEK, MATH, WORDS, code, escape, prose, value
from tests.report import examples
from tests.report.formats.latex.compiling import complaints_about, needs_pdflatex

COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")
"""A control word, or a backslash and one character."""
TIMES = r"\usepackage[T1]{fontenc}\usepackage{mathptmx}\renewcommand{\ttdefault}{pcr}"
"""The other encoding of letters, in fonts that every installation has."""


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("50 % of $5 & #1", r"50 \% of {\upshape\char36}5 \& \#1"),
        ("a_b ^ ~", r"a\_b \textasciicircum{} \textasciitilde{}"),
        ("\\input{x}", r"\ensuremath{\backslash}input\ensuremath{\{}x\ensuremath{\}}"),
        ("--setting ''", "-{}-setting '{}'"),
        ("[1] *", "{[}1] {*}"),
        ("−20.4 ± 1, 8×8 ≥ ≤ →", r"\ensuremath{-}20.4 \ensuremath{\pm} 1, 8\ensuremath{\times}8 "
         r"\ensuremath{\ge} \ensuremath{\le} \ensuremath{\to}"),
        ("✓ ✗ … – —", r"\ding{51} \ding{55} \ldots{} -- ---"),
        ("“a” ‘b’ \"c\"", "``a'' `b' ''c''"),
        ("é Ü ñ ç ő ł ß ı", r"\'{e} \"{U} \~{n} \c{c} \H{o} \l{} \ss{} \i{}"),
        ("α Δ", r"\ensuremath{\alpha} \ensuremath{\Delta}"),
        ("ﬁ ＄ ² ½", r"fi {\upshape\char36} \ensuremath{^2} 1\ensuremath{/}2"),
        ("中 한 😀", "{[}U+4E2D] {[}U+D55C] {[}U+1F600]"),
        ("e\u0301 a\u200db \ud800", "e ab {[}U+D800]"),
        ("a\nb\x1b", "a b"),
    ],
)  # fmt: skip
def test_escape(text, escaped):
    assert escape(text) == escaped


@given(st.text(st.characters() | st.sampled_from([*WORDS, *MATH, *"\\{}[]%&"])))
def test_no_text_is_a_command(text):
    """Without the commands that are ours, nothing is left that TeX reads as more than a letter."""
    found = escape(text)
    assert found.isascii()
    assert found.isprintable() or not found
    depth = 0
    for character in COMMAND.sub("", found):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    words = set(re.findall(r"\\[A-Za-z]+", found))
    ours = " ".join([*WORDS.values(), *MATH.values(), r"\ensuremath \u \v \H \r \c \d \b"])
    assert words <= set(re.findall(r"\\[A-Za-z]+", ours))
    left = re.sub(r"\\ensuremath\{[^}]*\}", "", found)
    assert not set(COMMAND.sub("", left)) & set('#$%&_^"<>|')


@given(st.text(), st.text())
def test_words_are_escaped_one_by_one(one, two):
    assert escape(f"{one} {two}") == f"{escape(one)} {escape(two)}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("−20.4", r"\ensuremath{-20.4}"),
        ("+0.4", r"\ensuremath{+0.4}"),
        ("97.9", r"\ensuremath{97.9}"),
        ("[−24.0, −18.8]", r"\ensuremath{[-24.0, -18.8]}"),
        ("< 0.001", r"\ensuremath{< 0.001}"),
        ("p = 0.012", r"\ensuremath{p = 0.012}"),
        ("1,797", r"\ensuremath{1{,}797}"),
        ("5", "5"),
        ("201 k", "201~k"),
        ("1e-05", "1e-05"),
        ("–", "--"),
        ("supported", "supported"),
        ("$5", r"{\upshape\char36}5"),
    ],
)
def test_value(text, written):
    assert value(text) == written


def test_prose_keeps_numbers_together_and_breaks_names():
    assert prose("p < 0.001") == r"p~\ensuremath{<}~0.001"
    assert prose("pos_embed=every_stage") == (
        r"pos\_\allowbreak{}embed=\allowbreak{}every\_\allowbreak{}stage"
    )
    assert prose("4/5 of 1,077") == "4/5 of 1,077"
    assert prose("x" * 25) == rf"{'x' * 12}\allowbreak{{}}{'x' * 12}\allowbreak{{}}x"
    assert code("a b") == r"\texttt{a b}"


@needs_pdflatex
@pytest.mark.parametrize("encoding", ["", TIMES])
def test_every_character_compiles(encoding, tmp_path):
    """In every shape of type that a report uses, first in a line and within it."""
    known = "".join([*WORDS, *MATH, *GREEK]) + "中한😀\ud800e\u0301" + examples.NASTY
    letters = "".join(map(chr, range(0x20, 0x250))) + "ếǘǖṩ" + known
    lines = [escape(f"{c}a{c}{c}") for c in letters]
    table = "\\\\\n".join(lines[-80:])
    text = "\n\n".join(
        [
            *lines,
            *(f"\\textbf{{\\boldmath {line}}}" for line in lines),
            *(f"\\textit{{{line}}}" for line in lines),
            *(code(f"{c}a{c}{c}") for c in letters),
            f"\\begin{{tabular}}{{l}}{table}\\\\\\end{{tabular}}",
            f"\\section*{{{escape(letters[-80:])}}}",
        ]
    )
    found = complaints_about(f"\\raggedright {text}", tmp_path, encoding)
    assert [line for line in found if "Overfull" not in line] == []


@needs_pdflatex
def test_the_check_can_fail(tmp_path):
    with pytest.raises(AssertionError, match="Undefined control sequence"):
        complaints_about(r"\nonsense", tmp_path)
    found = complaints_about(rf"\mbox{{{'x ' * 200}}} \ref{{nothing}}", tmp_path)
    assert any("Overfull" in line for line in found)
    assert any("undefined" in line for line in found)

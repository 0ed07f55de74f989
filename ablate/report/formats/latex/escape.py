"""Text as plain LaTeX prints it: ASCII in, whatever alphabet came.

What pdflatex has no letter for is told by its number, `[U+4E2D]`, so that nothing stops a compile
and nothing disappears. Works with every encoding of fonts; symbols need `pifont`.
"""

import re
import unicodedata

from ablate.report.formats.html import bound

BREAK = "\u200b"
"""A place where a line may end. Clean text has none of its own."""
UNBROKEN = "\u00a0"
LONG = 24
"""A word of more characters may be broken anywhere it must."""
PIECE = 12
RUNS = re.compile(r"-+|'+|,+|.", re.DOTALL)
"""Characters that TeX would make one of when they meet."""
BREAKABLE = re.compile(r"(?<=[^\s\d])[_/=,:+](?=[^\W\d])")
NUMBER = re.compile(r"(p )?[\d.,+−<>=±\[\] /]*\d[\d.,\[\] /]*")
MARKS = {"\u0301": "'", "\u0300": "`", "\u0302": "^", "\u0308": '"', "\u0303": "~", "\u0304": "="}
MARKS |= {"\u0307": ".", "\u0306": "u", "\u030c": "v", "\u030b": "H", "\u030a": "r"}
MARKS |= {"\u0327": "c", "\u0323": "d", "\u0331": "b"}
"""Combining marks and the accents that every font encoding has."""
WORDS = {
    "$": r"{\upshape\char36}",  # the italic one is a pound, and others want one more font
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    '"': "''",
    "`": r"\`{}",
    "[": "{[}",  # after the end of a row it would be read as a length
    "*": "{*}",
    UNBROKEN: "~",
    BREAK: r"\allowbreak{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "€": "EUR",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "✓": r"\ding{51}",
    "✔": r"\ding{52}",
    "✗": r"\ding{55}",
    "✘": r"\ding{56}",
}
MATH = {
    "\\": r"\backslash",
    "{": r"\{",
    "}": r"\}",
    "<": "<",
    ">": ">",
    "|": "|",
    "•": r"\bullet",
    "·": r"\cdot",
    "−": "-",
    "±": r"\pm",
    "×": r"\times",
    "÷": r"\div",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "≈": r"\approx",
    "∞": r"\infty",
    "→": r"\to",
    "←": r"\gets",
    "↑": r"\uparrow",
    "↓": r"\downarrow",
    "√": r"\surd",
    "∑": r"\sum",
    "∈": r"\in",
    "°": r"^\circ",
    "²": "^2",
    "³": "^3",
    "⁄": "/",
    "µ": r"\mu",
    "«": r"\ll",
    "»": r"\gg",
}
"""Characters that some font or encoding lacks, and mathematics has."""
GREEK = "αβγδεζηθικλμνξπρστυφχψω"
SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
MATH |= zip(
    GREEK, (f"\\{name}" for name in f"{SMALL} upsilon phi chi psi omega".split()), strict=True
)
CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
MATH |= zip("ΓΔΘΛΞΠΣΥΦΨΩ", (f"\\{name}" for name in CAPITALS.split()), strict=True)


def prose(text: str) -> str:
    """The text for a paragraph: numbers stay with their units, long names may be broken."""
    text = BREAKABLE.sub(lambda match: match[0] + BREAK, bound(text))
    return escape(" ".join(_broken(word) for word in text.split(" ")))


def _broken(word: str) -> str:
    if max(map(len, word.split(BREAK))) <= LONG:
        return word
    pieces = (word[start : start + PIECE] for start in range(0, len(word), PIECE))
    return BREAK.join(pieces)


def code(text: str) -> str:
    """The text in the type of code."""
    return rf"\texttt{{{prose(text)}}}"


def value(text: str) -> str:
    r"""A number as it stands in a sentence or a table: `\ensuremath{-20.4}`, `201~k`."""
    if text.isdecimal() or not NUMBER.fullmatch(text):
        return escape(text.replace(" ", UNBROKEN))
    text = text.replace("−", "-").replace("±", r"\pm ")
    text = re.sub(r"(?<=\d),(?=\d)", "{,}", text)
    return rf"\ensuremath{{{text}}}"


def escape(text: str) -> str:
    """The text as it is within a line."""
    return "".join("{}".join(map(_printed, run)) for run in RUNS.findall(text))


def _printed(character: str) -> str:
    """The LaTeX that prints the character, or its number if nothing can."""
    found = _known(character)
    if found is None:
        found = _composed(unicodedata.normalize("NFKD", character))
    return f"{{[}}U+{ord(character):04X}]" if found is None else found


def _known(character: str) -> str | None:
    if character in WORDS:
        return WORDS[character]
    if character in MATH:
        return rf"\ensuremath{{{MATH[character]}}}"
    if character.isascii() and character.isprintable():
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc") else None


def _composed(characters: str) -> str | None:
    """A letter with its accents, `ﬁ` as two letters; None if a part of it is unknown."""
    whole = ""
    for character in characters:
        part = _known(character)
        if part is None:
            return None
        accent = MARKS.get(character)
        whole = rf"\{accent}{{{whole}}}" if accent and whole else whole + part
    return whole or None

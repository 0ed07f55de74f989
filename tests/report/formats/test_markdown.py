import html as standard
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ablate.report import write_report
from ablate.report.blocks import Table
from ablate.report.clean import line as cleaned
from ablate.report.formats.markdown import BRACKETS, code, escape, line, markdown
from tests.report import examples

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""As GitHub reads it, as far as a table, a strike and CommonMark with HTML go."""


def rendered(text):
    return GITHUB.render(text)


def plain(text):
    """What a reader sees of rendered Markdown."""
    return standard.unescape(re.sub(r"<(?!/?(?:script|b)\b)[^>]*>", "", rendered(text))).strip()


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("deit_s[pos_embed=none]", "deit_s[pos_embed=none]"),
        ("_a_ b_c", r"\_a\_ b_c"),
        ("*a* `b` ~c~ |d| $e$ #f \\", r"\*a\* \`b\` \~c\~ \|d\| \$e\$ \#f \\"),
        ("[a](b)", r"[a\](b)"),
        ("[a][b] [c]: d", r"[a\][b] [c\]: d"),
        ("p < 0.001, > 0.99", "p < 0.001, > 0.99"),
        ("<b> </b> <!-- <?x", r"\<b> \</b> \<!-- \<?x"),
        ("a & b &amp; &#65;", r"a & b \&amp; \&\#65;"),
        ("−19.9 [−21.0, −18.9]", "−19.9 [−21.0, −18.9]"),
        ("http://evil.example www.evil.example", "http:&#47;/evil.example www&#46;evil.example"),
        ("thanks @someone", "thanks <span>@</span>someone"),
    ],
)
def test_escape(text, escaped):
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("- a", r"\- a"),
        ("+ a", r"\+ a"),
        ("+0.4 points", "+0.4 points"),
        ("---", r"\---"),
        ("===", r"\==="),
        ("> a", r"\> a"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("12) a", r"12\) a"),
        ("1.5 a", "1.5 a"),
        ("[a] b", r"\[a] b"),
        ("−0.4 points", "−0.4 points"),
    ],
)
def test_the_start_of_a_line(text, escaped):
    assert line(text) == escaped


@given(st.text(st.sampled_from("ab01 *_`[]()<>#+-.!|~$&\\=:/@\"'{}^;"), max_size=20))
def test_what_is_written_is_what_is_read(text):
    text = cleaned(text)
    if not text:
        return
    seen = rendered(line(text)).removeprefix("<p>").strip().removesuffix("</p>")
    seen = seen.replace("<span>@</span>", "@")
    assert standard.unescape(seen) == text


@given(st.text(st.sampled_from("ab []()!\\`<>_"), max_size=20))
def test_a_link_keeps_its_words(text):
    text = cleaned(text)
    if not text:
        return
    found = rendered(f"[{escape(text, BRACKETS)}](https://a.example)")
    inside = found.removeprefix('<p><a href="https://a.example">').removesuffix("</a></p>\n")
    assert standard.unescape(inside) == text


@given(st.text(st.sampled_from("ab `|\\<>*_[]&"), min_size=1, max_size=12))
def test_code_in_a_table_keeps_its_words(text):
    text = cleaned(text)
    if not text:
        return
    table = rendered(f"| x | y |\n| :-- | --: |\n| {code(text)} | z |\n")
    (cell,) = re.findall(r"<code>(.*?)</code>", table)
    assert standard.unescape(cell) == text
    assert table.count("<td") == 2


def test_code_of_nothing_is_nothing():
    assert code("") == ""


@pytest.mark.parametrize("name", examples.ALL)
def test_tables_are_tables(name):
    found = rendered(markdown(examples.report(name)))
    cells = len(examples.ALL[name]().cells)
    runs = len(examples.ALL[name]().runs)
    tables = examples.report(name).blocks
    others = [one for one in tables if isinstance(one, Table)][1:]
    rows = sum(1 + sum(len(group.rows) for group in one.groups) for one in others)
    assert found.count("<table>") == 2 + len(others)
    assert found.count("<tr>") == cells + runs + 2 + rows


def test_hostile_text_stays_text():
    page = rendered(markdown(examples.report("hostile")))
    assert "<script" not in page
    assert "href" not in page
    assert "<em>a</em>" not in page


def test_figures_lie_beside_it(tmp_path):
    path = write_report(examples.full(), "markdown", tmp_path)
    text = path.read_text()
    sources = re.findall(r'src="([^"]*)"', text)
    assert sources == [
        "figures/contrasts.svg",
        "figures/contrasts-near.svg",
        "figures/seeds-deit-s-321351.svg",
        "figures/seeds-cvt-13-6756fe.svg",
        "figures/tradeoffs-parameters.svg",
        "figures/curves-deit-s-321351.svg",
        "figures/curves-cvt-13-6756fe.svg",
    ]
    for source in sources:
        assert (tmp_path / source).read_text().startswith("<?xml")
        assert 'fill="#ffffff"' in (tmp_path / source).read_text()


def test_every_figure_is_told_in_words():
    text = markdown(examples.report("full"))
    alts = re.findall(r'alt="([^"]*)"', text)
    assert len(alts) == 7
    assert alts[0].startswith("Forest plot. DeiT-S · none: −19.9 [−21.0, −18.9];")


def test_numbers_in_a_table_are_not_broken():
    text = markdown(examples.report("full"))
    assert "| 97.9\u00a0±\u00a00.3\u00a0(5) |" in text


def test_the_whole_is_readable_as_it_is():
    text = markdown(examples.report("full"))
    assert "−19.9 points [−21.0, −18.9] over 5 seeds, p < 0.001." in text
    assert plain("**a** b") == "a b"

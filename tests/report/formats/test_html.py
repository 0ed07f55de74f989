from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from ablate.report import build_report
from ablate.report.formats.html import bound, html, templates
from tests.report import examples

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Tags with their attributes, texts, and whether every tag is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags: list = []
        self.open: list = []
        self.texts: list = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@cache
def page(name):
    return html(examples.report(name))


@pytest.mark.parametrize("name", examples.ALL)
def test_it_is_well_formed_and_needs_nothing_from_outside(name):
    found = Page(page(name))
    for tag in ("script", "link", "img", "iframe", "object"):
        assert not found.named(tag)
    for _, attrs in found.tags:
        for key, value in attrs.items():
            assert not key.startswith("on")
            if key in ("href", "src", "xlink:href"):
                assert value.startswith(("#", "https://arxiv.org/abs/"))
    assert "@import" not in page(name)
    assert "url(h" not in page(name)


@pytest.mark.parametrize("name", examples.ALL)
def test_it_can_be_read_aloud(name):
    found = Page(page(name))
    assert found.named("html") == [{"lang": "en"}]
    assert len(found.named("h1")) == 1
    assert len(found.named("caption")) == len(found.named("table"))
    assert all(attrs.get("scope") for attrs in found.named("th"))
    ids = [attrs["id"] for _, attrs in found.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in found.tags:
        if attrs.get("role") == "img":
            assert attrs["aria-label"]
        if "aria-labelledby" in attrs:
            assert attrs["aria-labelledby"] in ids


def test_no_two_elements_share_an_id():
    """The table of other intervals once had the id of the table of runs."""
    analysis = examples.full()
    cells = tuple(
        replace(cell, contrast=cell.contrast and replace(cell.contrast, p_exact=0.03))
        for cell in analysis.cells
    )
    found = Page(html(build_report(replace(analysis, cells=cells))))
    ids = [attrs["id"] for _, attrs in found.tags if "id" in attrs]
    assert len(found.named("details")) == 2
    assert len(ids) == len(set(ids))


def test_a_verdict_is_a_word_not_only_a_color():
    assert "Supported" in " ".join(Page(page("full")).texts)
    assert "Undecided" in " ".join(Page(page("holes")).texts)


def test_it_fits_a_phone():
    """Wide things stay in their own box: the only ones are tables and figures."""
    found = Page(page("full"))
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in found.named(
        "meta"
    )
    boxes = [attrs for attrs in found.named("div") if attrs.get("class") == "scroll"]
    assert len(boxes) == len(found.named("table"))
    assert all(box["tabindex"] == "0" for box in boxes)
    for cell in found.named("td"):
        assert cell["data-label"]
    for picture in found.named("svg"):
        assert "width" not in picture
    css = page("full")
    for rule in (".scroll { overflow-x: auto; }", "overflow-wrap: anywhere;"):
        assert rule in css
    assert ".panel svg { display: block; width: 100%; height: auto; }" in css


def test_it_is_dark_where_the_reader_is_and_light_on_paper():
    css = page("full")
    dark = css.index("@media (prefers-color-scheme: dark)")
    printed = css.index("@media print")
    names = {
        line.partition(":")[0].strip() for line in css[dark:printed].splitlines() if "  --" in line
    }
    assert names >= {"--page", "--ink", "--muted", "--line", "--band", "--series-1", "--series-6"}
    for name in names:
        assert f"{name}:" in css[printed:]
    assert "details::details-content" in css[printed:]


def test_every_color_of_a_figure_is_defined():
    text = page("full")
    used = {part.partition(")")[0] for part in text.split("var(")[1:]}
    assert used
    for name in used:
        assert f"{name}:" in text


def test_user_text_is_escaped_everywhere():
    text = page("hostile")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not Page(text).named("a")


def test_a_paper_with_an_identifier_is_linked():
    assert Page(page("full")).named("a") == [{"href": "https://arxiv.org/abs/2103.15808"}]


def test_a_misspelled_block_is_an_error():
    with pytest.raises(Exception, match="undefined"):
        templates().from_string("{{ nothing }}").render()


@pytest.mark.parametrize(
    ("text", "unbroken"),
    [
        ("so p < 0.001.", "so p~<~0.001."),
        ("−21.4 points [−24.0, −18.8] over 5 seeds", "−21.4~points [−24.0,~−18.8] over 5 seeds"),
        ("with 95 % intervals", "with 95~% intervals"),
        ("cvt_13[pos_embed=a, b]", "cvt_13[pos_embed=a, b]"),
        ("a margin of ±1 point", "a margin of ±1~point"),
    ],
)
def test_numbers_stay_with_their_units(text, unbroken):
    assert bound(text) == unbroken.replace("~", "\u00a0")

"""What a notebook shows of a report: little, without a script, in any theme."""

import re

import pytest
from rich.console import Console

from ablate.report import summary
from ablate.report.formats.notebook import StudyReport
from tests.report import examples
from tests.report.formats.test_html import Page


def shown(name):
    return StudyReport(examples.ALL[name]())._repr_html_()


@pytest.mark.parametrize("name", examples.ALL)
def test_it_is_one_well_formed_part_of_a_page(name):
    found = Page(shown(name))
    assert found.tags[0] == ("div", {"class": "ablate"})
    for tag in ("html", "body", "head", "script", "link", "img", "svg", "a"):
        assert not found.named(tag)
    assert not any(key.startswith("on") for _, attrs in found.tags for key in attrs)


def test_answer_verdicts_notes_and_table_and_no_more():
    text = " ".join(Page(shown("full")).texts)
    for part in ("Both claims are supported", "Supported", "in place of", "−19.9 [", "Table 5"):
        assert part in text
    for part in ("Provenance", "Every run", "Figure", "paired by seed, with 95 % intervals"):
        assert part not in text


def test_every_rule_is_its_own():
    style = re.search(r"<style>(.*?)</style>", shown("full"), re.DOTALL)[1]
    style = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", style, flags=re.DOTALL)
    selectors = [part.strip() for part in re.findall(r"([^{}]+)\{", style)]
    assert len(selectors) > 20
    for selector in selectors:
        for one in re.split(r",(?![^(]*\))", selector):
            assert one.strip().startswith(".ablate.ablate")
    assert "prefers-color-scheme" not in style  # a notebook's theme is not the system's
    assert "color: #" not in style.replace("color: #ffffff", "")


def test_two_reports_of_a_notebook_share_no_names():
    ids = [
        attrs["id"]
        for n in ("full", "factors")
        for _, attrs in Page(shown(n)).tags
        if "id" in attrs
    ]
    assert ids == ["ablate-pos_embedding·digits-4", "ablate-pos_embedding·digits-3"]


def test_as_text_it_is_what_the_terminal_says():
    report = StudyReport(examples.full())
    console = Console(width=110, color_system=None)
    with console.capture() as shown:
        console.print(summary(examples.report("full")))
    said = [line.rstrip() for line in shown.get().splitlines()]
    assert str(report) == repr(report) == "\n".join(said).rstrip("\n")


def test_as_markdown_it_has_no_figures():
    text = StudyReport(examples.full())._repr_markdown_()
    assert "**Both claims are supported" in text
    assert "**Table 1.**" in text
    assert "<img" not in text
    assert "Provenance" not in text


def test_what_users_write_cannot_break_it():
    assert not Page(shown("hostile")).named("script")
    assert "\x1b" not in repr(StudyReport(examples.hostile()))

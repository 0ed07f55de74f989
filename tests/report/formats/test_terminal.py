import pytest
from rich.console import Console

from ablate.report import summary
from tests.report import examples
from tests.report.formats.reading import firm


def shown(name, width, **options):
    console = Console(width=width, **options)
    with console.capture() as shown:
        console.print(summary(examples.report(name)))
    return shown.get()


@pytest.mark.parametrize("name", examples.ALL)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_it_fits(name, width):
    assert max(len(line.rstrip()) for line in shown(name, width).splitlines()) <= width


@pytest.mark.parametrize("name", examples.ALL)
@pytest.mark.parametrize("width", [80, 120])
def test_numbers_are_whole(name, width):
    report, text = examples.report(name), shown(name, width)
    assert [number for number in firm(report) if number not in text] == []


def test_there_is_more_where_there_is_room():
    assert "Size" not in shown("full", 80)
    assert "Size" in shown("full", 120)


def test_verdicts_are_words_and_colors():
    assert "Supported  DeiT-S loses" in shown("full", 120)
    colors = {"color_system": "standard", "force_terminal": True}
    assert "\x1b[32mSupported" in shown("full", 120, **colors)
    assert "\x1b[33mUndecided" in shown("holes", 120, **colors)


def test_what_to_keep_in_mind_comes_before_the_table():
    text = shown("holes", 120)
    assert text.index("Missing: deit_s[pos_embed=none]") < text.index("Model ")


def test_user_text_is_neither_markup_nor_a_command_to_the_terminal():
    text = shown("hostile", 200, color_system=None)
    assert "\x1b" not in text
    assert "`c`[d](javascript:x)" in text

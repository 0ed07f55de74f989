"""A comparison in words, and what it may not say."""

import json
from dataclasses import replace

import pytest
from rich.console import Console

from ablate.analysis.compare import compare
from ablate.report.formats.html import html
from ablate.report.formats.markdown import markdown
from ablate.report.formats.terminal import Summary
from ablate.report.sections.comparison import (
    answer,
    build_comparison,
    comparison_json,
    folder_name,
)
from tests.report import examples, golden
from tests.report.examples import CELLS, GAINS, LOSES, PROVENANCE, analysis_of, cvt, deit, images
from tests.report.formats.reading import READERS, cells, firm, told
from tests.report.formats.test_html import Page

BEFORE = replace(PROVENANCE, fingerprint={"models/vit.py": ("a1",), "data set digits": ("d1",)})
AFTER = replace(
    BEFORE,
    commits=("9be0d11",),
    fingerprint={"models/vit.py": ("a2",), "models/new.py": ("b",), "data set digits": ("d1",)},
)
WORSE = deit("none", images(250, 252, 249, 251, 255))


def study(*wanted, provenance=BEFORE, **changes):
    claims = (LOSES, GAINS)
    return analysis_of(wanted or CELLS, claims=claims, provenance=provenance, **changes)


def code():
    """Before and after a change of code."""
    return compare(study(), study(CELLS[0], WORSE, *CELLS[2:], provenance=AFTER))


def settings():
    """Two settings, of which the second turns a contrast and lacks a cell."""
    wanted = (
        deit("learned", images(300, 303, 296, 301, 299), trained="deit-16px"),
        deit("none", images(320, 324, 321, 322, 319), trained="deit-16px"),
        cvt("none", images(310, 304, 306, 305, 313), trained="cvt-16px"),
        cvt("every_stage", images(312, 307, 305, 309, 310), trained="cvt-16px"),
    )
    recipe = {**PROVENANCE.recipe, "epochs": 25, "mixup": 0.2}
    b = study(*wanted, setting="digits_shifted", provenance=replace(BEFORE, recipe=recipe))
    return compare(study(), b)


def seeds():
    """Other seeds of a model on the same data."""
    late = cvt("none", images(None, None, None, None, None, 354, 353, 356))
    return compare(study(), study(*CELLS[:2], late, *CELLS[3:]))


ALL = {make.__name__: make for make in (code, settings, seeds)}


def test_the_whole_is_as_it_was_accepted():
    golden.check(markdown(build_comparison(settings())), "compare-settings.md")


@pytest.mark.parametrize("format", ["html", "markdown"])
@pytest.mark.parametrize("name", ALL)
def test_every_format_tells_it_all(name, format):  # noqa: A002
    report = build_comparison(ALL[name]())
    reader = READERS[format](report)
    assert [text for text in told(report) if not reader.says(text)] == []
    assert [row[-len(texts) :] for row, texts in pairs(reader, report)] == cells(report)


def pairs(reader, report):
    return zip(reader.rows(), cells(report), strict=True)


@pytest.mark.parametrize("width", [80, 130])
@pytest.mark.parametrize("name", ALL)
def test_a_terminal_shows_what_fits(name, width):
    report = build_comparison(ALL[name]())
    console = Console(width=width, color_system=None)
    with console.capture() as shown:
        console.print(Summary(report.blocks))
    assert max(len(line.rstrip()) for line in shown.get().splitlines()) <= width
    assert [text for text in firm(report) if text not in shown.get()] == []


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_well_formed(name):
    found = Page(html(build_comparison(ALL[name]())))
    assert not found.named("script")


def test_what_changed_comes_first():
    assert answer(code()) == (
        "1 of 6 scores changed beyond chance: DeiT-S · Position embedding: none (−8.1 points). "
        "Every verdict is the same."
    )


def test_a_contrast_that_turns_and_another_verdict_are_told():
    assert answer(settings()) == (
        "1 of 2 contrasts changed beyond chance: DeiT-S · Position embedding: none (+25.9 points). "
        "Contrasts that changed sign: DeiT-S · Position embedding: none. "
        "2 of 2 verdicts changed: “DeiT-S loses accuracy without its position "
        "embedding” (supported in A, refuted in B); “CvT-13 gains nothing from a position "
        "embedding in every stage” (supported in A, undecided in B)."
    )


def test_nothing_changed():
    assert answer(compare(study(), study(provenance=AFTER))) == (
        "Nothing changed: 6 scores compared, the same seed by seed. Every verdict is the same."
    )


def test_nothing_beyond_chance():
    near = deit("learned", images(353, 352, 352, 354, 350))
    assert answer(compare(study(), study(near, *CELLS[1:]))).startswith(
        "Nothing changed beyond chance: 6 scores compared."
    )


def test_one_seed_tells_nothing():
    a = examples.one_seed()
    b = analysis_of((deit("learned", images(350)), deit("none", images(281))))
    assert answer(compare(a, b)) == (
        "Nothing can be told from chance: that takes two seeds on both sides, and a spread."
    )


def test_signs_of_contrasts_that_are_not_clear_do_not_turn():
    up = cvt("every_stage", images(354, 353, 356, 354, 352))
    down = cvt("every_stage", images(356, 355, 356, 357, 353))
    a, b = (study(*CELLS[:3], one, *CELLS[4:]) for one in (up, down))
    assert "sign" not in answer(compare(a, b))


def test_many_changes_are_counted_and_some_named():
    wanted = [
        replace(cell, scores=tuple(s - 20 - i for i, s in enumerate(cell.scores))) for cell in CELLS
    ]
    text = answer(compare(study(), study(*wanted)))
    assert text.startswith("6 of 6 scores changed beyond chance: ")
    assert "; and 2 more." in text


def test_missing_and_stale_runs_are_told_of_each_side():
    text = markdown(build_comparison(compare(examples.full(), examples.holes())))
    assert "seeds 0–4, 30 runs." in text
    assert (
        "seeds 0–4, 30 runs, 12 of them without a score, "
        "1 made by code, data or libraries that have changed since." in text
    )


def test_code_that_was_not_noted_is_said_to_be_unknown():
    text = markdown(build_comparison(compare(examples.full(), examples.full())))
    assert "- Code: not recorded on both sides." in text


def test_what_users_write_cannot_break_it():
    a, b = examples.hostile(), replace(examples.hostile(), setting="<b>|x")
    report = build_comparison(compare(a, b))
    page = html(report)
    assert not Page(page).named("script")
    assert not Page(page).named("b") or "<b>|x" not in page
    assert "\x1b" not in page
    assert "<script>" not in markdown(report).replace("\\<script>", "")


@pytest.mark.parametrize(
    ("name", "setting", "path"),
    [
        ("pos_embedding", "digits_shifted", "pos_embedding/compare-digits-digits_shifted"),
        ("pos_embedding", "digits", "pos_embedding/compare-digits"),
        ("../..", "../x", "__../compare-digits-.._x"),
        ("/etc", "a b", "_etc/compare-digits-a_b"),
        ("..", "..", "_/compare-digits-.."),
    ],
)
def test_the_folder_cannot_be_elsewhere(name, setting, path):
    found = folder_name(compare(study(), study(study=name, setting=setting)))
    assert found.as_posix() == path


def test_json_has_the_answer_and_every_number_but_no_curves():
    found = json.loads(comparison_json(settings()))
    assert found["answer"] == answer(settings())
    assert found["a"] == {
        "study": "pos_embedding",
        "setting": "digits",
        "metric": found["a"]["metric"],
        "margin": 1.0,
        "confidence": 0.95,
        "seeds": [0, 1, 2, 3, 4],
    }
    pair = found["cells"][1]
    assert pair["name"] == "deit_s[pos_embed=none]"
    assert pair["shift"]["difference"]["others"] == 5
    assert pair["a"]["scores"][0]["score"] == pytest.approx(77.777, abs=1e-3)
    assert "curve" not in pair["a"]
    assert {"kind": "recipe", "name": "epochs", "a": 20, "b": 25} in found["differences"]

"""The list of all reports, made of what each of them left."""

from __future__ import annotations

from dataclasses import replace

from ablate.report import write_all, write_index
from ablate.report.index import Summary, index
from tests.report import examples

ONE = Summary(
    study="a",
    setting="digits",
    title="Positions",
    question="Are they needed?",
    paper="CvT",
    table="Table 5",
    answer="The claim is supported.",
    runs=30,
    seeds=5,
)


def test_papers_in_order_and_our_own_questions_last():
    own = replace(ONE, study="b", paper="", table="", question="")
    other = replace(ONE, study="c", paper="ALiBi", title="Slopes")
    text = index([own, ONE, other])
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## ALiBi",
        "## CvT",
        "## Our own questions",
    ]
    assert (
        "- **[Positions](a/digits/report.md)** (Table 5, at digits, 5 seeds)  \n"
        "  *Are they needed?*  \n"
        "  The claim is supported.\n"
    ) in text
    assert "- **[Positions](b/digits/report.md)** (at digits, 5 seeds)  \n  The claim" in text


def test_what_users_write_cannot_break_the_page():
    text = index([replace(ONE, title="[x](y) <b>", answer="# a | b")])
    assert "[\\[x](" not in text
    assert "<b>" not in text.replace("\\<b>", "")
    assert "\n  \\# a \\| b\n" in text


def test_every_report_in_the_folder_is_listed_once(tmp_path):
    analysis = examples.full()
    for name in ("one", "two"):
        write_all(replace(analysis, study=name), tmp_path / name / "digits")
    for _ in range(2):
        text = write_index(tmp_path).read_text(encoding="utf-8")
    assert text.count("/digits/report.md)") == 2
    assert "(one/digits/report.md)" in text


def test_an_empty_folder_has_an_index_too(tmp_path):
    assert write_index(tmp_path).read_text(encoding="utf-8").startswith("# Reports")

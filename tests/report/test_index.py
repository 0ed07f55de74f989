"""The list of all reports, made of what each of them left."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ablate.analysis.model import Verdict
from ablate.report import write_all, write_index
from ablate.report.index import Summary, by_paper, index, index_page
from tests.report import examples
from tests.report.examples import NASTY
from tests.report.formats.test_html import Page

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
    text = index(by_paper([own, ONE, other]))
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


def test_the_list_says_how_many_claims_came_out_how():
    two = replace(ONE, verdicts={Verdict.UNDECIDED: 1, Verdict.SUPPORTED: 2})
    one = replace(ONE, study="b", verdicts={Verdict.REFUTED: 1})
    uncounted = replace(ONE, study="c")
    text = index(by_paper([two, one, uncounted]))
    assert "\n\n2 of 3 reports judge 4 claims: 2 supported, 1 refuted and 1 undecided.\n\n" in text
    assert "(Table 5, at digits, 5 seeds; 2 supported, 1 undecided)" in text
    assert "(Table 5, at digits, 5 seeds; 1 refuted)" in text
    assert "judge" not in index(by_paper([uncounted]))
    assert "1 report judges 1 claim: 1 refuted." in page(one)


def test_what_users_write_cannot_break_the_page():
    text = index(by_paper([replace(ONE, title="[x](y) <b>", answer="# a | b")]))
    assert "[\\[x](" not in text
    assert "<b>" not in text.replace("\\<b>", "")
    assert "\n  \\# a \\| b\n" in text


def page(*summaries, reports=Path("nowhere")):
    return index_page(by_paper(list(summaries)), reports)


def test_the_page_says_what_the_list_says_and_counts_the_verdicts():
    counted = replace(ONE, verdicts={Verdict.UNDECIDED: 1, Verdict.SUPPORTED: 2})
    own = replace(ONE, study="b", paper="", table="", title="Ours", seeds=1, question="")
    found = Page(page(counted, own))
    texts = [" ".join(text.split()) for text in found.texts if text.strip()]
    start = texts.index("CvT")
    assert texts[start:] == [
        *("CvT", "Positions", "Are they needed?", "The claim is supported."),
        *("✓", "2 supported", "?", "1 undecided", "Table 5", "at digits", "5 seeds", "30 runs"),
        *("Our own questions", "Ours", "The claim is supported."),
        *("at digits", "1 seed", "30 runs"),
    ]


def test_the_page_needs_nothing_from_outside():
    found = Page(page(ONE))
    for tag in ("script", "link", "img", "iframe", "object"):
        assert not found.named(tag)
    assert [attrs["href"] for attrs in found.named("a")] == ["a/digits/report.md"]
    assert "@import" not in page(ONE)
    assert "url(" not in page(ONE)


def test_links_lead_to_pages_where_there_are_any(tmp_path):
    write_all(examples.full(), tmp_path / "pos_embedding" / "digits")
    write_index(tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="pos_embedding/digits/index.html"' in text
    assert "2 supported" in text


def test_what_users_write_cannot_break_the_other_page_either():
    texts: dict[str, Any] = dict.fromkeys(
        ("title", "question", "paper", "table", "answer", "setting"), NASTY
    )
    found = Page(page(replace(ONE, study="javascript:alert(1)//", **texts)))
    assert not found.named("script")
    (link,) = found.named("a")
    assert link["href"].startswith("javascript%3Aalert%281%29%2F%2F/%3Cscript%3E")
    assert sum("alert(1)" in text for text in found.texts) == 6


def test_a_summary_of_before_verdicts_were_counted_is_listed(tmp_path):
    write_all(examples.full(), tmp_path / "a" / "digits")
    file = tmp_path / "a" / "digits" / "summary.json"
    old = json.loads(file.read_text(encoding="utf-8"))
    assert old.pop("verdicts") == {"supported": 2}
    file.write_text(json.dumps(old), encoding="utf-8")
    assert "(pos_embedding/digits/report.md)" in write_index(tmp_path).read_text(encoding="utf-8")
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Position embeddings in DeiT and CvT" in text
    assert 'class="badge"' not in text


def test_every_report_in_the_folder_is_listed_once(tmp_path):
    analysis = examples.full()
    for name in ("one", "two"):
        write_all(replace(analysis, study=name), tmp_path / name / "digits")
    for _ in range(2):
        text = write_index(tmp_path).read_text(encoding="utf-8")
    assert text.count("/digits/report.md)") == 2
    assert "(one/digits/report.md)" in text


def test_an_empty_folder_has_both_too(tmp_path):
    assert write_index(tmp_path).read_text(encoding="utf-8").startswith("# Reports")
    assert "No report lies here yet" in (tmp_path / "index.html").read_text(encoding="utf-8")

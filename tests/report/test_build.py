from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from ablate.report import build_report
from ablate.report.blocks import Facts, Heading, Paragraph, Report, Table, numbered
from ablate.report.build import source
from ablate.study.schema import Paper
from tests.report import examples


def kinds(name):
    return [block.kind for block in build_report(examples.ALL[name]()).blocks]


def facts(analysis):
    found = [block for block in build_report(analysis).blocks if isinstance(block, Facts)]
    return {fact.name: fact.values for fact in found[0].items}


def test_the_answer_then_the_table_then_the_figures_then_where_it_comes_from():
    assert kinds("full") == [
        *("paragraph", "paragraph", "heading", "verdicts", "paragraph", "heading", "notes"),
        *("heading", "table", *["figure"] * 4),
        *("heading", "facts", "details"),
    ]
    report = build_report(examples.full())
    headings = [block.text for block in report.blocks if isinstance(block, Heading)]
    assert headings == ["Verdicts", "To keep in mind", "Results", "Provenance"]
    assert report.blocks[0].lead
    assert report.name == "pos_embedding · digits"


def test_what_a_study_does_not_have_is_not_announced():
    assert kinds("plain") == [
        *("paragraph", "paragraph", "heading", "table", "figure", "figure", "figure"),
        *("heading", "facts", "details"),
    ]
    report = build_report(examples.plain())
    assert report.source is None
    assert report.question == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "full",
            "Claims are judged by one-sided paired t-tests at 5 %, adjusted for 2 claims (Holm)."
            " The study sets its margin at 1 point: smaller differences do not matter.",
        ),
        (
            "losses",
            "Claims are judged by one-sided paired t-tests at 5 %."
            " The study sets its margin at 0.02 nats: smaller differences do not matter.",
        ),
    ],
)
def test_how_claims_are_judged(name, words):
    blocks = build_report(examples.ALL[name]()).blocks
    assert words in [block.text for block in blocks if isinstance(block, Paragraph)]


def test_where_the_numbers_come_from():
    assert facts(examples.full()) == {
        "Setting": ("8×8 handwritten digits of scikit-learn, 1,077 / 360 / 360 images",),
        "Recipe": (
            "epochs 20, batch size 64, lr 0.002, warmup epochs 2, weight decay 0.05,"
            " label smoothing 0.1, shift 1",
        ),
        "Seeds": ("0, 1, 2, 3, 4",),
        "Command": ("ablate run pos_embedding --setting digits",),
        "Commit": ("4f2a91c",),
        "Packages": (
            "Python 3.11.7, torch 2.11.0, torchvision 0.26.0, lightning 2.6.1, scikit-learn 1.9.0",
        ),
        "Device": ("CPU",),
        "Threads per run": ("1",),
        "Platform": ("Linux x86_64",),
    }


def test_the_command_tells_no_folder():
    where = replace(examples.PROVENANCE, command="ablate run /home/me/a.yaml --runs /big/disk/x")
    analysis = replace(examples.full(), provenance=where)
    assert facts(analysis)["Command"] == ("ablate run …/a.yaml --runs …/x",)


@pytest.mark.parametrize(
    ("arxiv", "url"),
    [
        ("2103.15808", "https://arxiv.org/abs/2103.15808"),
        ("2103.15808v2", "https://arxiv.org/abs/2103.15808v2"),
        ("cs.CV/0123456", "https://arxiv.org/abs/cs.CV/0123456"),
        ("cs/0123456", "https://arxiv.org/abs/cs/0123456"),
        ("../../x", ""),
        ('2103.15808" onclick="x', ""),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_only_an_identifier_becomes_a_link(arxiv, url):
    assert source(Paper(title="T", arxiv=arxiv)).url == url


def test_the_source_in_words():
    assert source(examples.PAPER).text == (
        "CvT: Introducing Convolutions to Vision Transformers, Table 5 (arXiv 2103.15808)"
    )
    assert source(Paper(title="T")).text == "T"


def test_tables_and_figures_are_counted_each_for_itself():
    blocks = numbered(build_report(examples.full()).blocks)
    counted = [number for block, number in blocks if block.kind == "figure"]
    assert counted == [1, 2, 3, 4]
    assert [number for block, number in blocks if isinstance(block, Table)] == [1]


@pytest.mark.parametrize("name", examples.ALL)
def test_a_report_can_be_written_to_json_and_read_back(name):
    report = build_report(examples.ALL[name]())
    adapter = TypeAdapter(Report)
    assert adapter.validate_json(adapter.dump_json(report)) == report

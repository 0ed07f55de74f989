import pytest
from pydantic import TypeAdapter

from ablate.analysis.model import Analysis
from ablate.report import build_report
from ablate.report.blocks import Heading, Table, numbered
from tests.report import examples


def kinds(name):
    return [block.kind for block in build_report(examples.ALL[name]()).blocks]


def test_the_answer_then_the_table_then_the_figures_then_where_it_comes_from():
    assert kinds("full") == [
        *("paragraph", "paragraph", "heading", "verdicts", "paragraph", "heading", "notes"),
        *("heading", "table", *["figure"] * 4),
        *("heading", "facts", "details"),
    ]
    report = build_report(examples.full())
    headings = [block.text for block in report.blocks if isinstance(block, Heading)]
    assert headings == ["Verdicts", "Caveats", "Results", "Provenance"]
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


def test_tables_and_figures_are_counted_each_for_itself():
    blocks = numbered(build_report(examples.full()).blocks)
    counted = [number for block, number in blocks if block.kind == "figure"]
    assert counted == [1, 2, 3, 4]
    assert [number for block, number in blocks if isinstance(block, Table)] == [1]


@pytest.mark.parametrize("name", examples.ALL)
def test_a_report_is_a_function_of_the_analysis_alone(name):
    """So analysis.json, which can be read back, holds the whole report."""
    analysis = examples.ALL[name]()
    adapter = TypeAdapter(Analysis)
    again = adapter.validate_json(adapter.dump_json(analysis))
    assert build_report(again) == build_report(analysis)
